#include "rehearsal/revisions.h"

#include <algorithm>

#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;

Key keyOfRevision(const std::string& ns, const std::string& name) {
  return {"apps", "controllerrevisions", ns, name};
}

}  // namespace

base::Result<std::string> presentRevision(Store& store, const Owned& owned, std::string_view kind,
                                          const Value& owner) {
  const auto& podTemplate = owner["spec"]["template"];
  const auto& metadata = owner["metadata"];
  const auto name = std::string(metadata["name"].text()) + "-" + templateHash(podTemplate);
  std::int64_t last = 0, present = 0;
  for (const auto& revision : owned.by(uidOf(owner), "controllerrevisions")) {
    const auto number = (*revision)["revision"].integer().value_or(0);
    last = std::max(last, number);
    if ((*revision)["metadata"]["name"].text() == name) present = number;
  }
  if (present > 0 && present == last) return name;
  const auto key = keyOfRevision(std::string(metadata["namespace"].text()), name);
  if (present > 0) {  // back to a template from before
    auto revision = *store.get(key);
    revision.set("revision", last + 1);
    TRY(store.update(key, std::move(revision), "kube-controller-manager"));
    return name;
  }
  TRY(store.create(
      key,
      Value::object({{"apiVersion", "apps/v1"},
                     {"kind", "ControllerRevision"},
                     {"metadata", Value::object({{"name", name},
                                                 {"namespace", key.ns},
                                                 {"labels", podTemplate["metadata"]["labels"]},
                                                 {"ownerReferences", controlledBy("apps/v1", kind, owner)}})},
                     {"data", Value::object({{"spec", Value::object({{"template", podTemplate}})}})},
                     {"revision", last + 1}}),
      "kube-controller-manager"));
  return name;
}

Value templateIn(const Store& store, const std::string& ns, const std::string& revision) {
  const auto* found = store.find(keyOfRevision(ns, revision));
  return found == nullptr ? Value() : (*found)["data"]["spec"]["template"];
}

}  // namespace rehearsal
