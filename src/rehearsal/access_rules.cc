#include "rehearsal/access_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "rehearsal/selectors.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr std::string_view rbac = "rbac.authorization.k8s.io";
constexpr std::string_view masters = "system:masters";

bool in(const User& user, std::string_view group) {
  return std::find(user.groups.begin(), user.groups.end(), group) != user.groups.end();
}

bool holds(const Value& list, std::string_view wanted) {
  const auto& items = list.items();
  return std::any_of(items.begin(), items.end(),
                     [&](const Value& each) { return each.text() == "*" || each.text() == wanted; });
}

bool isSubject(const Value& subject, const User& user, std::string_view ns) {
  const std::string_view kind = subject["kind"].text(), name = subject["name"].text();
  if (kind == "User") return user.name == name;
  if (kind == "Group") return in(user, name);
  const std::string_view own = subject["namespace"].text();
  return kind == "ServiceAccount" &&
         user.name == fmt::format("system:serviceaccount:{}:{}", own.empty() ? ns : own, name);
}

/// Calls `visit` with each rule that a binding of the list gives the user; `ns` is where they are.
template <class Visit>
void visitRules(const Store& store, const User& user, std::string_view plural, std::string_view ns,
                Visit visit) {
  for (const Value* binding : store.list(rbac, plural, ns)) {
    const auto& subjects = (*binding)["subjects"].items();
    if (std::none_of(subjects.begin(), subjects.end(),
                     [&](const Value& subject) { return isSubject(subject, user, ns); }))
      continue;
    const Value& ref = (*binding)["roleRef"];
    const bool inCluster = ref["kind"].text() == "ClusterRole";
    const Value* role =
        store.find({std::string(rbac), inCluster ? "clusterroles" : "roles",
                    inCluster ? std::string() : std::string(ns), std::string(ref["name"].text())});
    if (role == nullptr) continue;
    for (const Value& rule : (*role)["rules"].items()) visit(rule);
  }
}

template <class Visit>
void visitAll(const Store& store, const User& user, const std::string& ns, Visit visit) {
  visitRules(store, user, "clusterrolebindings", "", visit);
  if (!ns.empty()) visitRules(store, user, "rolebindings", ns, visit);
}

bool covers(const Value& rule, const Attributes& wanted) {
  if (!holds(rule["verbs"], wanted.verb)) return false;
  if (!wanted.path.empty()) {
    const auto& urls = rule["nonResourceURLs"].items();
    return std::any_of(urls.begin(), urls.end(), [&](const Value& url) {
      const std::string_view text = url.text();
      return text == wanted.path ||
             (text.ends_with('*') && wanted.path.starts_with(text.substr(0, text.size() - 1)));
    });
  }
  const std::string resource = wanted.sub.empty() ? wanted.resource : wanted.resource + "/" + wanted.sub;
  const bool named = rule["resourceNames"].items().empty() || holds(rule["resourceNames"], wanted.name);
  return named && holds(rule["apiGroups"], wanted.group) &&
         (holds(rule["resources"], resource) ||
          (!wanted.sub.empty() && holds(rule["resources"], "*/" + wanted.sub)));
}

/// What system:discovery, system:public-info-viewer and system:basic-user give
/// (plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go).
bool isCommon(const User& user, const Attributes& wanted) {
  if (wanted.path == "/version" || wanted.path == "/healthz" || wanted.path == "/readyz" ||
      wanted.path == "/livez")
    return true;
  if (!in(user, "system:authenticated")) return false;
  if (!wanted.path.empty())
    return wanted.path == "/api" || wanted.path.starts_with("/api/") || wanted.path.starts_with("/apis") ||
           wanted.path.starts_with("/openapi");
  return wanted.resource.starts_with("selfsubject");
}

/// Who lists the one object of a name asks for that object
/// (k8s.io/apiserver/pkg/endpoints/request/requestinfo.go, NewRequestInfo).
std::string wantedName(const ApiRequest& request) {
  const bool ofMany = request.verb == "list" || request.verb == "watch" || request.verb == "deletecollection";
  if (!request.name.empty() || !ofMany) return request.name;
  const auto selector = Selector::parse("", request.parameter("fieldSelector"));
  return selector ? selector->name() : std::string();
}

}  // namespace

Attributes attributesOf(const ApiRequest& request) {
  if (!request.ofResource) {
    std::string verb = request.http.method;
    std::transform(verb.begin(), verb.end(), verb.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    return {.verb = verb, .path = request.path};
  }
  const bool isNamespace = request.plural == "namespaces" && request.group.empty();
  return {
      request.verb,       request.group, request.plural, request.sub, isNamespace ? request.name : request.ns,
      wantedName(request)};
}

bool isAllowed(const Store& store, const User& user, const Attributes& wanted) {
  if (in(user, masters) || isCommon(user, wanted)) return true;
  bool allowed = false;
  visitAll(store, user, wanted.ns, [&](const Value& rule) { allowed = allowed || covers(rule, wanted); });
  return allowed;
}

std::string whyNotAllowed(const User& user, const Attributes& wanted) {
  if (!wanted.path.empty())
    return fmt::format("User \"{}\" cannot {} path \"{}\"", user.name, wanted.verb, wanted.path);
  const std::string resource = wanted.sub.empty() ? wanted.resource : wanted.resource + "/" + wanted.sub;
  return fmt::format(
      "User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {}", user.name, wanted.verb, resource,
      wanted.group,
      wanted.ns.empty() ? "at the cluster scope" : fmt::format("in the namespace \"{}\"", wanted.ns));
}

json::Array rulesFor(const Store& store, const User& user, const std::string& ns) {
  json::Array rules;
  const auto list = [](const char* text) { return Value::array({text}); };
  if (in(user, masters))
    rules.push_back(
        Value::object({{"verbs", list("*")}, {"apiGroups", list("*")}, {"resources", list("*")}}));
  visitAll(store, user, ns, [&](const Value& rule) { rules.push_back(rule); });
  return rules;
}

}  // namespace rehearsal
