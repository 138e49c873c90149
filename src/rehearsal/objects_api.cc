#include "rehearsal/objects_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "rehearsal/garbage_collector.h"
#include "rehearsal/managed_fields.h"
#include "rehearsal/objects.h"
#include "rehearsal/patch.h"
#include "rehearsal/pod_maker.h"
#include "rehearsal/scale.h"
#include "rehearsal/validation.h"
#include "rehearsal/views.h"

namespace rehearsal {
namespace {

using json::Value;

std::optional<std::int64_t> wholeNumber(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Key keyOf(const Value& object, const ApiRequest& request) {
  Key key = request.key();
  key.ns = std::string(object["metadata"]["namespace"].text());
  key.name = std::string(object["metadata"]["name"].text());
  return key;
}

/// Where a list went on, as its client gives it back.
std::string makeContinue(std::int64_t version, const Value& last) {
  return base::base64Encode(json::dump(Value::object({{"v", "meta.k8s.io/v1"},
                                                      {"rv", version},
                                                      {"ns", last["metadata"]["namespace"]},
                                                      {"start", last["metadata"]["name"]}})));
}

struct Start {
  std::string ns, name;
};

Granted<Start> readContinue(std::string_view token) {
  const auto text = base::base64Decode(token);
  const auto value = json::parse(text.value_or(""));
  if (!value || (*value)["v"].text() != "meta.k8s.io/v1")
    return refuse(badRequest("continue key is not valid: illegal base64 data"));
  return Start{std::string((*value)["ns"].text()), std::string((*value)["start"].text())};
}

bool isDryRun(const ApiRequest& request) {
  return request.parameter("dryRun") == "All";
}

bool isApply(const ApiRequest& request) {
  return request.verb == "patch" &&
         request.http.header("Content-Type").starts_with("application/apply-patch");
}

/// The object belongs where the request says (apiserver: handlers/rest.go, scope.go).
base::Status belongs(const ApiRequest& request, Value& object, bool named) {
  Value& metadata = object.at("metadata");
  const std::string_view name = metadata["name"].text(), ns = metadata["namespace"].text();
  if (!ns.empty() && ns != request.ns)
    return base::fail({base::Kind::usage,
                       "the namespace of the provided object does not match the namespace "
                       "sent on the request"});
  if (named && !name.empty() && name != request.name)
    return base::fail(
        {base::Kind::usage, fmt::format("the name of the object ({}) does not match the name on the URL ({})",
                                        name, request.name)});
  if (!request.ns.empty()) metadata.set("namespace", request.ns);
  if (named) metadata.set("name", request.name);
  return {};
}

Granted<Value> ofKind(const ApiKind& kind, Value object) {
  if (!object.isObject())
    return refuse(badRequest("the object provided is unrecognized (must be of type " + kind.kind + ")"));
  const std::string_view what = object["kind"].text(), version = object["apiVersion"].text();
  if ((what.empty() || what == kind.kind) && (version.empty() || version == kind.apiVersion())) return object;
  return refuse(
      badRequest(fmt::format("{} in version \"{}\" cannot be handled as a {}", what, version, kind.kind)));
}

/// What a deletion that is done answers with.
Value success(const Key& key, const Value& object) {
  Value details =
      Value::object({{"name", key.name}, {"kind", key.plural}, {"uid", object["metadata"]["uid"]}});
  if (!key.group.empty()) details.set("group", key.group);
  return Value::object({{"kind", "Status"},
                        {"apiVersion", "v1"},
                        {"metadata", Value::object()},
                        {"status", "Success"},
                        {"details", std::move(details)}});
}

/// "Foreground" or "Orphan", else empty: what belongs to it goes after it.
std::string_view propagationOf(const ApiRequest& request, const Value& options) {
  const std::string_view asked = options["propagationPolicy"].text();
  const std::string_view policy = asked.empty() ? request.parameter("propagationPolicy") : asked;
  if (options["orphanDependents"].boolean() == true) return "Orphan";
  return policy == "Foreground" || policy == "Orphan" ? policy : std::string_view();
}

int graceOf(const Value& object, const ApiRequest& request, const Value& options) {
  if (const auto asked = options["gracePeriodSeconds"].integer()) return static_cast<int>(*asked);
  if (const auto asked = wholeNumber(request.parameter("gracePeriodSeconds")))
    return static_cast<int>(*asked);
  return static_cast<int>(object["spec"]["terminationGracePeriodSeconds"].integer().value_or(30));
}

}  // namespace

ObjectsApi::ObjectsApi(Simulation& simulation, Store& store, std::function<void()> changed)
    : simulation_(simulation),
      store_(store),
      texts_(std::make_shared<ObjectTexts>()),
      watches_(std::make_shared<std::vector<std::weak_ptr<Watch>>>()) {
  store_.listen([weak = std::weak_ptr(texts_)](const Change& change) {
    const auto texts = weak.lock();
    if (texts && change.kind == Change::Kind::removed) texts->forget(*change.object);
  });
  store_.listen([weak = std::weak_ptr(watches_), changed = std::move(changed)](const Change& change) {
    const auto watches = weak.lock();
    if (!watches || watches->empty()) return;
    std::erase_if(*watches, [](const auto& watch) { return watch.expired(); });
    for (const auto& each : *watches)
      if (const auto watch = each.lock()) watch->tell(change);
    changed();
  });
}

Granted<ApiAnswer> ObjectsApi::handle(const ApiRequest& request, const ApiKind& kind) {
  if (kind.namespaced && request.ns.empty() && !request.name.empty()) return refuse(noSuchPath());
  if (!request.sub.empty() && request.sub != "status" && request.sub != "scale") return refuse(noSuchPath());
  if (request.sub == "status" && !kind.hasStatus) return refuse(noSuchPath());
  if (request.sub == "scale" && !kind.scales) return refuse(noSuchPath());
  if (request.verb == "get") return get(request, kind);
  if (request.verb == "list") return list(request, kind);
  if (request.verb == "watch") return watch(request, kind);
  if (request.verb == "create" && request.name.empty()) return create(request, kind);
  if ((request.verb == "update" || request.verb == "patch") && !request.name.empty())
    return write(request, kind);
  if (request.verb == "delete" && request.sub.empty()) return remove(request, kind);
  if (request.verb == "deletecollection") return removeAll(request, kind);
  return refuse(methodNotAllowed());
}

Granted<ApiAnswer> ObjectsApi::get(const ApiRequest& request, const ApiKind& kind) {
  const Value* object = store_.find(request.key());
  if (object == nullptr) return refuse(notFound(request.key()));
  if (request.sub == "scale") return answerOf(scaleOf(*object));
  return answerOf(View(request, kind, store_, simulation_).one(*object));
}

Granted<ApiAnswer> ObjectsApi::list(const ApiRequest& request, const ApiKind& kind) {
  GRANT_ASSIGN(const Selector selector,
               Selector::parse(request.parameter("labelSelector"), request.parameter("fieldSelector")));
  const std::size_t limit = static_cast<std::size_t>(wholeNumber(request.parameter("limit")).value_or(0));
  auto all = store_.list(kind.group, kind.plural, request.ns);
  if (const auto token = request.parameter("continue"); !token.empty()) {
    GRANT_ASSIGN(const Start start, readContinue(token));
    std::erase_if(all, [&](const Value* object) {
      const Value& metadata = (*object)["metadata"];
      return std::pair(metadata["namespace"].text(), metadata["name"].text()) <=
             std::pair(std::string_view(start.ns), std::string_view(start.name));
    });
  }
  if (!selector.empty()) std::erase_if(all, [&](const Value* object) { return !selector.matches(*object); });
  Value metadata = Value::object({{"resourceVersion", std::to_string(store_.version())}});
  if (limit > 0 && all.size() > limit) {
    metadata.set("continue", makeContinue(store_.version(), *all[limit - 1]));
    if (selector.empty()) metadata.set("remainingItemCount", static_cast<std::int64_t>(all.size() - limit));
    all.resize(limit);
  }
  ApiAnswer answer;
  answer.body = View(request, kind, store_, simulation_).list(all, metadata, *texts_);
  return answer;
}

Granted<ApiAnswer> ObjectsApi::watch(const ApiRequest& request, const ApiKind& kind) {
  GRANT_ASSIGN(Selector selector,
               Selector::parse(request.parameter("labelSelector"), request.parameter("fieldSelector")));
  if (!request.name.empty()) {
    GRANT_ASSIGN(selector, Selector::parse("", "metadata.name=" + request.name));
  }
  const View view(request, kind, store_, simulation_);
  Watch::Query query{kind.group,
                     kind.plural,
                     request.ns,
                     std::move(selector),
                     request.isSet("allowWatchBookmarks"),
                     [view](const Value& object, bool first) { return view.one(object, first); }};
  ApiAnswer answer;
  answer.watch = open(std::move(query), request, kind);
  return answer;
}

std::shared_ptr<Watch> ObjectsApi::open(Watch::Query query, const ApiRequest& request, const ApiKind& kind) {
  const auto watch = std::make_shared<Watch>(std::move(query));
  const std::string_view from = request.parameter("resourceVersion");
  const bool wantsState = request.isSet("sendInitialEvents") || from.empty() || from == "0";
  if (wantsState) {
    watch->begin(store_.list(kind.group, kind.plural, request.ns), store_.version(),
                 request.isSet("sendInitialEvents") && request.isSet("allowWatchBookmarks"));
  } else {
    const auto version = wholeNumber(from);
    const auto missed = version ? store_.since(*version) : std::nullopt;
    if (!missed) {
      watch->fail(gone(fmt::format("too old resource version: {} ({})", from, store_.version())).status());
      return watch;
    }
    for (const Change& change : *missed) watch->tell(change);
  }
  watch->bookmark(store_.version(), Value::object({{"kind", kind.kind}, {"apiVersion", kind.apiVersion()}}));
  watches_->push_back(watch);
  return watch;
}

Granted<Value> ObjectsApi::prepared(const ApiKind& kind, Value object) {
  setDefaults(kind, object);
  if (kind.hasStatus && !kind.custom) object.erase("status");
  if (kind.kind == "Namespace") object.set("status", Value::object({{"phase", "Active"}}));
  if (kind.kind == "Deployment") setDeploymentDefaults(object);
  if (kind.kind != "Pod") return object;
  setPodDefaults(object);
  if (!admitPod_) return object;
  auto admitted = admitPod_(std::move(object));
  if (!admitted) return refuse(internal(base::describe(admitted.error())));
  return std::move(*admitted);
}

Granted<Value> ObjectsApi::add(const ApiRequest& request, const ApiKind& kind, Value object) {
  const Value* ns = kind.namespaced ? store_.find({"", "namespaces", "", request.ns}) : nullptr;
  if (kind.namespaced && ns == nullptr) return refuse(notFound({"", "namespaces", "", request.ns}));
  Key key{kind.group, kind.plural, request.ns, std::string(object["metadata"]["name"].text())};
  const std::string stem(object["metadata"]["generateName"].text());
  if (key.name.empty() && stem.empty())
    return refuse(invalid(
        key, kind.kind,
        {{"FieldValueRequired", "Required value: name or generateName is required", "metadata.name"}}));
  if (ns != nullptr && terminating(*ns))
    return refuse(forbidden(
        key, fmt::format("unable to create new content in namespace {} because it is being terminated",
                         request.ns)));
  if (store_.find(key) != nullptr) return refuse(alreadyExists(key));
  GRANT_ASSIGN(object, prepared(kind, std::move(object)));
  Key named = key;
  if (named.name.empty()) named.name = stem + "x";
  GRANT_ASSIGN(object, validated(kind, named, nullptr, std::move(object)));
  if (isDryRun(request)) {
    if (key.name.empty()) object.at("metadata").set("name", named.name);
    object.at("metadata").set("creationTimestamp", base::formatTime(simulation_.now()));
    return object;
  }
  auto created = store_.create(key, std::move(object), isApply(request) ? std::string() : request.manager());
  if (!created) return refuse(refusalOf(key, created.error()));
  return **created;
}

Granted<ApiAnswer> ObjectsApi::create(const ApiRequest& request, const ApiKind& kind) {
  GRANT_ASSIGN(Value object, request.body());
  GRANT_ASSIGN(object, ofKind(kind, std::move(object)));
  if (const auto status = belongs(request, object, false); !status)
    return refuse(badRequest(status.error().message));
  if (!object["metadata"]["resourceVersion"].text().empty())
    return refuse(badRequest("resourceVersion should not be set on objects to be created"));
  GRANT_ASSIGN(const Value created, add(request, kind, std::move(object)));
  return answerOf(View(request, kind, store_, simulation_).one(created), 201);
}

Granted<Value> ObjectsApi::patched(const ApiRequest& request, const ApiKind& kind, const Value& object) {
  std::string type(request.http.header("Content-Type"));
  type = type.substr(0, type.find(';'));
  GRANT_ASSIGN(const Value patch, request.body());
  if (type == "application/json-patch+json") return jsonPatch(object, patch);
  if (type == "application/merge-patch+json") {
    if (!patch.isObject()) return refuse(badRequest("error decoding patch: it is not an object"));
    return mergePatch(object, patch);
  }
  if (type == "application/strategic-merge-patch+json" && !kind.custom)
    return strategicMergePatch(object, patch);
  return refuse(unsupportedMediaType(
      kind.custom ? "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
                  : "application/json-patch+json, application/merge-patch+json, "
                    "application/strategic-merge-patch+json, application/apply-patch+yaml"));
}

Granted<Value> ObjectsApi::wanted(const ApiRequest& request, const ApiKind& kind, const Value* live) {
  const bool ofScale = request.sub == "scale";
  if (isApply(request)) {
    GRANT_ASSIGN(Value config, request.body());
    GRANT_ASSIGN(config, ofKind(kind, std::move(config)));
    if (!config["metadata"]["managedFields"].isNull())
      return refuse(badRequest("metadata.managedFields must be nil"));
    if (request.parameter("fieldManager").empty())
      return refuse(
          badRequest("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is "
                     "required for apply patch"));
    if (const auto status = belongs(request, config, true); !status)
      return refuse(badRequest(status.error().message));
    config.set("apiVersion", kind.apiVersion());
    config.set("kind", kind.kind);
    return applyPatch(request.key(), live, config,
                      {request.manager(), base::formatTime(simulation_.now()), request.isSet("force")});
  }
  if (live == nullptr) return refuse(notFound(request.key()));
  const Value current = ofScale ? scaleOf(*live) : *live;
  if (request.verb == "patch") {
    GRANT_ASSIGN(Value object, patched(request, kind, current));
    return ofScale ? scaled(*live, object) : Granted<Value>(std::move(object));
  }
  GRANT_ASSIGN(Value object, request.body());
  if (ofScale) return scaled(*live, object);
  return ofKind(kind, std::move(object));
}

Granted<ApiAnswer> ObjectsApi::write(const ApiRequest& request, const ApiKind& kind) {
  const Object live = store_.get(request.key());
  const bool exists = live != nullptr;
  GRANT_ASSIGN(Value object, wanted(request, kind, live.get()));
  if (const auto status = belongs(request, object, true); !status)
    return refuse(badRequest(status.error().message));
  if (!exists) {
    GRANT_ASSIGN(const Value created, add(request, kind, std::move(object)));
    return answerOf(View(request, kind, store_, simulation_).one(created), 201);
  }
  GRANT_ASSIGN(const Value stored, store(request, kind, live, std::move(object)));
  if (request.sub == "scale") return answerOf(scaleOf(stored));
  return answerOf(View(request, kind, store_, simulation_).one(stored));
}

Granted<Value> ObjectsApi::store(const ApiRequest& request, const ApiKind& kind, const Object& live,
                                 Value object) {
  const Key key = request.key();
  const auto uid = object["metadata"]["uid"].text();
  if (!uid.empty() && uid != (*live)["metadata"]["uid"].text())
    return refuse(
        conflict(key, fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: {}", uid,
                                  (*live)["metadata"]["uid"].text())));
  setDefaults(kind, object);
  const bool status = request.sub == "status";
  const auto version = object["metadata"]["resourceVersion"].text();
  if (!version.empty() && version != (*live)["metadata"]["resourceVersion"].text())
    return refuse(conflict(key,
                           "the object has been modified; please apply your changes to the latest version "
                           "and try again"));
  if (!status) {
    GRANT_ASSIGN(object, validated(kind, key, live.get(), std::move(object)));
  }
  if (isDryRun(request)) return object;
  auto stored =
      store_.update(key, std::move(object), isApply(request) ? std::string() : request.manager(), status);
  if (!stored) return refuse(refusalOf(key, stored.error()));
  return **stored;
}

Granted<ApiAnswer> ObjectsApi::remove(const ApiRequest& request, const ApiKind& kind) {
  const Key key = request.key();
  const Object live = store_.get(key);
  if (!live) return refuse(notFound(key));
  GRANT_ASSIGN(const Value options, request.body());
  const Value& wants = options["preconditions"];
  const bool dry = isDryRun(request) || !options["dryRun"].items().empty();
  if (dry) return answerOf(kind.kind == "Pod" ? *live : success(key, *live));
  const int grace = kind.kind == "Pod" ? graceOf(*live, request, options) : 0;
  if (const auto policy = propagationOf(request, options); !policy.empty())
    waitForDependents(store_, key, policy == "Orphan" ? orphaning : foreground);
  auto removed = store_.remove(
      key, {std::string(wants["uid"].text()), std::string(wants["resourceVersion"].text())}, grace);
  if (!removed) return refuse(refusalOf(key, removed.error()));
  const bool remains = store_.find(key) != nullptr;
  return answerOf(remains || kind.kind == "Pod" ? **removed : success(key, **removed));
}

Granted<ApiAnswer> ObjectsApi::removeAll(const ApiRequest& request, const ApiKind& kind) {
  GRANT_ASSIGN(const Selector selector,
               Selector::parse(request.parameter("labelSelector"), request.parameter("fieldSelector")));
  GRANT_ASSIGN(const Value options, request.body());
  std::vector<Key> keys;
  std::vector<const Value*> objects = store_.list(kind.group, kind.plural, request.ns);
  std::erase_if(objects, [&](const Value* object) { return !selector.matches(*object); });
  for (const Value* object : objects) keys.push_back(keyOf(*object, request));
  ApiAnswer answer;
  const Value metadata = Value::object({{"resourceVersion", std::to_string(store_.version())}});
  answer.body = View(request, kind, store_, simulation_).list(objects, metadata, *texts_);
  for (const Key& key : keys) {
    const Object object = store_.get(key);
    if (!object || isDryRun(request)) continue;
    static_cast<void>(store_.remove(key, {}, kind.kind == "Pod" ? graceOf(*object, request, options) : 0));
  }
  return answer;
}

}  // namespace rehearsal
