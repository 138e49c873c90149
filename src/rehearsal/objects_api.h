#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "rehearsal/api_answer.h"
#include "rehearsal/api_request.h"
#include "rehearsal/kinds.h"
#include "rehearsal/object_texts.h"
#include "rehearsal/simulation.h"
#include "rehearsal/store.h"
#include "rehearsal/watch.h"

namespace rehearsal {

/// A pod as it is to be stored; an error refuses it.
using AdmitPod = std::function<base::Result<json::Value>(json::Value pod)>;

/// What can be done with the objects of a kind: the generic part of an API server (apiserver:
/// pkg/registry/generic/registry/store.go, pkg/endpoints/handlers).
class ObjectsApi {
 public:
  /// `changed` is called when watches have something to say.
  ObjectsApi(Simulation& simulation, Store& store, std::function<void()> changed);

  Granted<ApiAnswer> handle(const ApiRequest& request, const ApiKind& kind);
  void admitPods(AdmitPod admit) { admitPod_ = std::move(admit); }

 private:
  Granted<ApiAnswer> get(const ApiRequest& request, const ApiKind& kind);
  Granted<ApiAnswer> list(const ApiRequest& request, const ApiKind& kind);
  Granted<ApiAnswer> watch(const ApiRequest& request, const ApiKind& kind);
  Granted<ApiAnswer> create(const ApiRequest& request, const ApiKind& kind);
  Granted<ApiAnswer> write(const ApiRequest& request, const ApiKind& kind);
  Granted<ApiAnswer> remove(const ApiRequest& request, const ApiKind& kind);
  Granted<ApiAnswer> removeAll(const ApiRequest& request, const ApiKind& kind);

  /// The object that a PUT or PATCH means; `live` is what is there, or null.
  Granted<json::Value> wanted(const ApiRequest& request, const ApiKind& kind, const json::Value* live);
  Granted<json::Value> patched(const ApiRequest& request, const ApiKind& kind, const json::Value& object);
  Granted<json::Value> store(const ApiRequest& request, const ApiKind& kind, const Object& live,
                             json::Value object);
  Granted<json::Value> add(const ApiRequest& request, const ApiKind& kind, json::Value object);
  /// What is filled in and changed before a new object is judged.
  Granted<json::Value> prepared(const ApiKind& kind, json::Value object);
  std::shared_ptr<Watch> open(Watch::Query query, const ApiRequest& request, const ApiKind& kind);

  Simulation& simulation_;
  Store& store_;
  AdmitPod admitPod_;
  // These live as long as we do; the store's listeners, which cannot be taken back, look whether they do.
  std::shared_ptr<ObjectTexts> texts_;
  std::shared_ptr<std::vector<std::weak_ptr<Watch>>> watches_;
};

}  // namespace rehearsal
