#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "json/value.h"
#include "json/yaml.h"

namespace support {

/// A file below tests/data.
inline std::string data(const std::string& name) {
  auto bytes = base::readFile(std::string(ICA_TEST_DATA) + "/" + name);
  EXPECT_TRUE(bytes) << name;
  return bytes.value_or("");
}

inline json::Value jsonData(const std::string& name) {
  auto value = json::parse(data(name));
  EXPECT_TRUE(value) << name;
  return value.value_or(json::Value());
}

/// A document written as YAML, for tests that are read.
inline json::Value yaml(std::string_view text) {
  auto value = json::parseYaml(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(json::Value());
}

}  // namespace support
