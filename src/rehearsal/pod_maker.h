#pragma once

#include <string>

#include "rehearsal/program.h"
#include "rehearsal/scheduler.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// What a controller wants to make a pod of.
struct PodPlan {
  json::Value podTemplate;  // spec.template of its owner
  std::string ns;
  std::string name;          // or:
  std::string generateName;  // with five characters after it
  json::Value owners;        // metadata.ownerReferences
  json::Object labels{};     // besides those of the template
  std::string node{};        // "": whichever comes next
};

/// Makes pods for the controllers: admitted (injected), with the API server's defaults and on a node.
class PodMaker {
 public:
  PodMaker(Store& store, Programs& programs, Scheduler& scheduler)
      : store_(store), programs_(programs), scheduler_(scheduler) {}

  /// Errors: the namespace is gone or going, no istiod answers for the injection, a pod of that name exists.
  base::Status make(PodPlan plan);
  /// One of spec.template of an object of that kind, named after it.
  base::Status makeFor(std::string_view apiVersion, std::string_view kind, const json::Value& owner);

 private:
  Store& store_;
  Programs& programs_;
  Scheduler& scheduler_;
};

/// What the API server fills in where a pod is created, but for its node and its proxy: the fields that are
/// not set, and the status of a pod that is not started yet.
void setPodDefaults(json::Value& pod);
/// The service account, if the namespace has none of that name yet.
void ensureServiceAccount(Store& store, const std::string& ns, const std::string& name);

}  // namespace rehearsal
