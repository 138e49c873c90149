#include "rehearsal/scale.h"

#include "base/text.h"

namespace rehearsal {

using json::Value;

Value scaleOf(const Value& object) {
  const Value& from = object["metadata"];
  Value metadata = Value::object();
  for (const char* name : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"})
    metadata.set(name, from[name]);
  std::vector<std::string> labels;
  for (const auto& [name, value] : object["spec"]["selector"]["matchLabels"].members())
    labels.push_back(name + "=" + std::string(value.text()));
  return Value::object(
      {{"kind", "Scale"},
       {"apiVersion", "autoscaling/v1"},
       {"metadata", std::move(metadata)},
       {"spec", Value::object({{"replicas", object["spec"]["replicas"]}})},
       {"status", Value::object({{"replicas", object["status"]["replicas"].integer().value_or(0)},
                                 {"selector", base::join(labels, ",")}})}});
}

Granted<Value> scaled(const Value& object, const Value& scale) {
  const auto replicas = scale["spec"]["replicas"].integer();
  if (!replicas || *replicas < 0)
    return refuse({422, "Invalid",
                   "Scale.autoscaling is invalid: spec.replicas: Invalid value: must be greater "
                   "than or equal to 0"});
  Value out = object;
  out.at("spec").set("replicas", *replicas);
  if (const Value& version = scale["metadata"]["resourceVersion"]; !version.isNull())
    out.at("metadata").set("resourceVersion", version);
  return out;
}

}  // namespace rehearsal
