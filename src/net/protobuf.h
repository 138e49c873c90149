#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace net {

// As much of protobuf's wire format as a small message needs (protobuf.dev/programming-guides/encoding).

void appendText(std::string& message, std::uint32_t field, std::string_view text);
void appendNumber(std::string& message, std::uint32_t field, std::uint64_t number);

/// The values of a (repeated) field of strings, messages or bytes, in their order; other fields are skipped.
/// They point into `message`. Kind::failed if it is no whole message, or the field is of another wire type.
base::Result<std::vector<std::string_view>> textsOf(std::string_view message, std::uint32_t field);
/// The last value of a field of integers or booleans; nullopt if it is not there. The same errors.
base::Result<std::optional<std::uint64_t>> numberOf(std::string_view message, std::uint32_t field);

/// One field as it was written: a number (integer, boolean, enum), or bytes (text, message), which point into
/// the message.
struct WireField {
  std::uint32_t number = 0;
  std::variant<std::uint64_t, std::string_view> value{};
};
/// All of them, in their order. Kind::failed if it is no whole message, or has a field of fixed size
/// (floating point), which nobody here asks for.
base::Result<std::vector<WireField>> fieldsOf(std::string_view message);

}  // namespace net
