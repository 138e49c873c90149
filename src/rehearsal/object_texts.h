#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "json/value.h"

namespace rehearsal {

/// Stored objects as JSON, kept for the next list: most of a mesh's pods are as they were.
class ObjectTexts {
 public:
  /// Valid until the next call.
  const std::string& of(const json::Value& object);
  /// It is no more.
  void forget(const json::Value& object);

 private:
  struct Text {
    std::string version, json;
  };
  std::unordered_map<std::string, Text> byUid_;
};

}  // namespace rehearsal
