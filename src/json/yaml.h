#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace json {

/// One YAML document (a kubeconfig, a mesh config) as JSON: plain scalars become booleans, numbers or null as
/// YAML 1.2's core schema reads them, quoted ones stay strings. Aliases are expanded within bounds; nothing
/// deeper than 64 levels; duplicate keys are refused. Errors: Kind::usage, with line and column.
base::Result<Value> parseYaml(std::string_view text);

/// Block style, keys in their order, strings quoted where YAML would read them as something else; multi-line
/// strings as literal blocks. Ends with a newline.
std::string dumpYaml(const Value& value);

}  // namespace json
