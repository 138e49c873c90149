#include "ui/output.h"

#include "json/yaml.h"

namespace ui {

json::Value document(std::string_view kind) {
  return json::Value::object({{"apiVersion", "istio-ca/v1"}, {"kind", kind}});
}

std::string renderJson(const json::Value& value) {
  return json::dumpPretty(value) + "\n";
}

std::string renderYaml(const json::Value& value) {
  return json::dumpYaml(value);
}

}  // namespace ui
