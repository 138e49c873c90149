#pragma once

#include <string>
#include <string_view>

#include "json/value.h"

namespace ui {

/// The start of every document that a command prints: {"apiVersion": "istio-ca/v1", "kind": kind}.
json::Value document(std::string_view kind);

/// -o json (indented) or -o yaml, with a final newline.
std::string renderJson(const json::Value& value);
std::string renderYaml(const json::Value& value);

}  // namespace ui
