#include "rehearsal/discovery.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "rehearsal/kinds.h"
#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr std::string_view gitVersion = "v1.34.4";

Value verbs(std::initializer_list<const char*> list) {
  Value out = Value::array();
  for (const char* each : list) out.push(each);
  return out;
}

/// A subresource, or a resource that is asked and not kept.
struct Virtual {
  std::string group, version, name, kind;
  bool namespaced;
  std::vector<const char*> verbs;
  std::string ofGroup{}, ofVersion{};  // of the kind, where it is another
};

std::vector<Virtual> virtuals(const std::vector<ApiKind>& kinds) {
  std::vector<Virtual> all{
      {"", "v1", "pods/eviction", "Eviction", true, {"create"}, "policy", "v1"},
      {"", "v1", "pods/exec", "PodExecOptions", true, {"create", "get"}},
      {"", "v1", "pods/log", "Pod", true, {"get"}},
      {"", "v1", "pods/portforward", "PodPortForwardOptions", true, {"create", "get"}},
      {"", "v1", "serviceaccounts/token", "TokenRequest", true, {"create"}, "authentication.k8s.io", "v1"},
      {"authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", false, {"create"}},
      {"authentication.k8s.io", "v1", "tokenreviews", "TokenReview", false, {"create"}},
      {"authorization.k8s.io",
       "v1",
       "selfsubjectaccessreviews",
       "SelfSubjectAccessReview",
       false,
       {"create"}},
      {"authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", false, {"create"}},
  };
  for (const ApiKind& kind : kinds) {
    if (kind.hasStatus)
      all.push_back({kind.group,
                     kind.version,
                     kind.plural + "/status",
                     kind.kind,
                     kind.namespaced,
                     {"get", "patch", "update"}});
    if (kind.scales)
      all.push_back({kind.group,
                     kind.version,
                     kind.plural + "/scale",
                     "Scale",
                     kind.namespaced,
                     {"get", "patch", "update"},
                     "autoscaling",
                     "v1"});
  }
  return all;
}

Value verbsOf(const Virtual& each) {
  Value out = Value::array();
  for (const char* verb : each.verbs) out.push(verb);
  return out;
}

Value kindVerbs() {
  return verbs({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"});
}

/// Groups with their versions, in the order in which they first occur.
std::vector<std::pair<std::string, std::vector<std::string>>> groupsOf(const std::vector<ApiKind>& kinds,
                                                                       const std::vector<Virtual>& others) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  const auto add = [&](const std::string& group, const std::string& version) {
    auto at =
        std::find_if(groups.begin(), groups.end(), [&](const auto& each) { return each.first == group; });
    if (at == groups.end()) at = groups.insert(at, {group, {}});
    if (std::find(at->second.begin(), at->second.end(), version) == at->second.end())
      at->second.push_back(version);
  };
  for (const ApiKind& kind : kinds) add(kind.group, kind.version);
  for (const Virtual& each : others) add(each.group, each.version);
  return groups;
}

Value versionEntry(const std::string& group, const std::string& version) {
  return Value::object({{"groupVersion", group + "/" + version}, {"version", version}});
}

Value groupEntry(const std::string& group, const std::vector<std::string>& versions) {
  Value list = Value::array();
  for (const std::string& version : versions) list.push(versionEntry(group, version));
  return Value::object({{"name", group},
                        {"versions", std::move(list)},
                        {"preferredVersion", versionEntry(group, versions.front())}});
}

Value resourceList(const std::string& group, const std::string& version, const std::vector<ApiKind>& kinds,
                   const std::vector<Virtual>& others) {
  Value resources = Value::array();
  for (const ApiKind& kind : kinds) {
    if (kind.group != group || kind.version != version) continue;
    Value entry = Value::object({{"name", kind.plural},
                                 {"singularName", kind.singular},
                                 {"namespaced", kind.namespaced},
                                 {"kind", kind.kind},
                                 {"verbs", kindVerbs()}});
    if (!kind.shortNames.empty()) entry.set("shortNames", arrayOf(kind.shortNames));
    if (!kind.categories.empty()) entry.set("categories", arrayOf(kind.categories));
    resources.push(std::move(entry));
  }
  for (const Virtual& each : others) {
    if (each.group != group || each.version != version) continue;
    Value entry = Value::object({{"name", each.name},
                                 {"singularName", ""},
                                 {"namespaced", each.namespaced},
                                 {"kind", each.kind},
                                 {"verbs", verbsOf(each)}});
    if (!each.ofGroup.empty()) {
      entry.set("group", each.ofGroup);
      entry.set("version", each.ofVersion);
    }
    resources.push(std::move(entry));
  }
  return Value::object({{"kind", "APIResourceList"},
                        {"apiVersion", "v1"},
                        {"groupVersion", group.empty() ? version : group + "/" + version},
                        {"resources", std::move(resources)}});
}

Value aggregatedVersion(const std::string& group, const std::string& version,
                        const std::vector<ApiKind>& kinds, const std::vector<Virtual>& others) {
  Value resources = Value::array();
  const auto kindOf = [](const std::string& g, const std::string& v, const std::string& k) {
    return Value::object({{"group", g}, {"version", v}, {"kind", k}});
  };
  const auto scope = [](bool namespaced) { return namespaced ? "Namespaced" : "Cluster"; };
  const auto subresources = [&](const std::string& plural) {
    Value list = Value::array();
    for (const Virtual& each : others) {
      if (each.group != group || each.version != version || !each.name.starts_with(plural + "/")) continue;
      list.push(Value::object(
          {{"subresource", each.name.substr(plural.size() + 1)},
           {"responseKind", kindOf(each.ofGroup.empty() ? each.group : each.ofGroup,
                                   each.ofVersion.empty() ? each.version : each.ofVersion, each.kind)},
           {"verbs", verbsOf(each)}}));
    }
    return list;
  };
  for (const ApiKind& kind : kinds) {
    if (kind.group != group || kind.version != version) continue;
    Value entry = Value::object({{"resource", kind.plural},
                                 {"responseKind", kindOf(group, version, kind.kind)},
                                 {"scope", scope(kind.namespaced)},
                                 {"singularResource", kind.singular},
                                 {"verbs", kindVerbs()}});
    if (!kind.shortNames.empty()) entry.set("shortNames", arrayOf(kind.shortNames));
    if (!kind.categories.empty()) entry.set("categories", arrayOf(kind.categories));
    if (Value list = subresources(kind.plural); !list.items().empty())
      entry.set("subresources", std::move(list));
    resources.push(std::move(entry));
  }
  for (const Virtual& each : others) {
    if (each.group != group || each.version != version || each.name.find('/') != std::string::npos) continue;
    resources.push(Value::object({{"resource", each.name},
                                  {"responseKind", kindOf(group, version, each.kind)},
                                  {"scope", scope(each.namespaced)},
                                  {"singularResource", ""},
                                  {"verbs", verbsOf(each)}}));
  }
  return Value::object({{"version", version}, {"resources", std::move(resources)}, {"freshness", "Current"}});
}

/// `core`: that of /api, else that of /apis.
ApiAnswer aggregated(bool core, const std::vector<ApiKind>& kinds, const std::vector<Virtual>& others) {
  Value items = Value::array();
  for (const auto& [group, versions] : groupsOf(kinds, others)) {
    if (group.empty() != core) continue;
    Value list = Value::array();
    for (const std::string& version : versions) list.push(aggregatedVersion(group, version, kinds, others));
    Value metadata = Value::object({{"creationTimestamp", nullptr}});
    if (!group.empty()) metadata.set("name", group);
    items.push(Value::object({{"metadata", std::move(metadata)}, {"versions", std::move(list)}}));
  }
  ApiAnswer answer = answerOf(Value::object({{"kind", "APIGroupDiscoveryList"},
                                             {"apiVersion", "apidiscovery.k8s.io/v2"},
                                             {"metadata", Value::object()},
                                             {"items", std::move(items)}}));
  answer.type = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  return answer;
}

Value versionInfo() {
  return Value::object({{"major", "1"},
                        {"minor", "34"},
                        {"gitVersion", gitVersion},
                        {"gitCommit", ""},
                        {"gitTreeState", "clean"},
                        {"buildDate", "1970-01-01T00:00:00Z"},
                        {"goVersion", ""},
                        {"compiler", ""},
                        {"platform", "rehearsal"}});
}

std::string pathOf(const std::string& group, const std::string& version) {
  return group.empty() ? "api/" + version : "apis/" + group + "/" + version;
}

/// The document of one group and version: for each kind, that a patch takes fieldValidation.
Value openApi(const std::string& group, const std::string& version, const std::vector<ApiKind>& kinds) {
  const Value parameter = Value::object(
      {{"name", "fieldValidation"}, {"in", "query"}, {"schema", Value::object({{"type", "string"}})}});
  Value paths = Value::object();
  for (const ApiKind& kind : kinds) {
    if (kind.group != group || kind.version != version) continue;
    const Value of = Value::object({{"group", group}, {"version", version}, {"kind", kind.kind}});
    const Value patch =
        Value::object({{"parameters", Value::array({parameter})},
                       {"responses", Value::object({{"200", Value::object({{"description", "OK"}})}})},
                       {"x-kubernetes-action", "patch"},
                       {"x-kubernetes-group-version-kind", of}});
    const std::string ns = kind.namespaced ? "/namespaces/{namespace}" : "";
    paths.set("/" + pathOf(group, version) + ns + "/" + kind.plural + "/{name}",
              Value::object({{"patch", patch}}));
  }
  return Value::object({{"openapi", "3.0.0"},
                        {"info", Value::object({{"title", "Kubernetes"}, {"version", gitVersion}})},
                        {"paths", std::move(paths)},
                        {"components", Value::object({{"schemas", Value::object()}})}});
}

std::optional<Value> openApiAt(const std::string& path, const std::vector<ApiKind>& kinds) {
  std::map<std::string, std::pair<std::string, std::string>> documents;
  for (const ApiKind& kind : kinds) documents[pathOf(kind.group, kind.version)] = {kind.group, kind.version};
  if (path == "/openapi/v3") {
    Value paths = Value::object();
    for (const auto& [name, of] : documents)
      paths.set(name, Value::object({{"serverRelativeURL", "/openapi/v3/" + name + "?hash=1"}}));
    return Value::object({{"paths", std::move(paths)}});
  }
  constexpr std::string_view prefix = "/openapi/v3/";
  if (!path.starts_with(prefix)) return std::nullopt;
  const auto found = documents.find(path.substr(prefix.size()));
  if (found == documents.end()) return std::nullopt;
  return openApi(found->second.first, found->second.second, kinds);
}

}  // namespace

std::optional<ApiAnswer> discover(const ApiRequest& request, const Store& store) {
  const std::string& path = request.path;
  if (request.http.method != "GET" || request.ofResource) return std::nullopt;
  if (path == "/version") return answerOf(versionInfo());
  if (path == "/readyz" || path == "/healthz" || path == "/livez") {
    ApiAnswer answer;
    answer.body = "ok";
    answer.type = "text/plain; charset=utf-8";
    return answer;
  }
  const auto kinds = allKinds(store);
  const auto others = virtuals(kinds);
  const bool wantsAll =
      request.http.header("Accept").find("as=APIGroupDiscoveryList") != std::string_view::npos &&
      request.http.header("Accept").find("v=v2;") != std::string_view::npos;
  if ((path == "/api" || path == "/apis") && wantsAll) return aggregated(path == "/api", kinds, others);
  if (path == "/api") {
    const Value address =
        Value::object({{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", request.http.header("Host")}});
    return answerOf(Value::object({{"kind", "APIVersions"},
                                   {"versions", Value::array({"v1"})},
                                   {"serverAddressByClientCIDRs", Value::array({address})}}));
  }
  if (auto document = openApiAt(path, kinds)) return answerOf(*document);
  if (path == "/api/v1") return answerOf(resourceList("", "v1", kinds, others));

  Value groups = Value::array();
  for (const auto& [group, versions] : groupsOf(kinds, others)) {
    if (group.empty()) continue;
    Value entry = groupEntry(group, versions);
    if (path == "/apis/" + group) {
      entry.set("kind", "APIGroup");
      entry.set("apiVersion", "v1");
      return answerOf(entry);
    }
    for (const std::string& version : versions)
      if (path == "/apis/" + group + "/" + version)
        return answerOf(resourceList(group, version, kinds, others));
    groups.push(std::move(entry));
  }
  if (path != "/apis") return std::nullopt;
  return answerOf(
      Value::object({{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}}));
}

}  // namespace rehearsal
