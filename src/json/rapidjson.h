#pragma once

// The one includer of RapidJSON. The macros decide the layout and behaviour of its templates: set here and
// nowhere else, or two translation units disagree about the same functions (ODR).

#include <stdexcept>

namespace json {

/// RapidJSON was used wrongly: a bug of ours, never a property of the input.
struct AssertError : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace json

#define RAPIDJSON_ASSERT(condition) ((condition) ? void() : throw json::AssertError(#condition))
#define RAPIDJSON_HAS_STDSTRING 1

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
