#include "kube/access_review.h"

namespace kube {
namespace {

const Resource reviews{"authorization.k8s.io", "v1", "selfsubjectaccessreviews"};

Write review(const Permission& permission) {
  json::Value attributes = json::Value::object({{"verb", permission.verb},
                                                {"group", permission.resource.group},
                                                {"version", permission.resource.version},
                                                {"resource", permission.resource.plural}});
  if (!permission.ns.empty()) attributes.set("namespace", permission.ns);
  if (!permission.sub.empty()) attributes.set("subresource", permission.sub);
  if (!permission.name.empty()) attributes.set("name", permission.name);
  json::Value spec = json::Value::object({{"resourceAttributes", std::move(attributes)}});
  return create(reviews, {},
                json::Value::object({{"apiVersion", "authorization.k8s.io/v1"},
                                     {"kind", "SelfSubjectAccessReview"},
                                     {"spec", std::move(spec)}}));
}

base::Result<bool> verdict(const base::Result<json::Value>& answer) {
  if (!answer) return base::fail(answer.error());
  const auto allowed = (*answer)["status"]["allowed"].boolean();
  if (!allowed)
    return base::fail({base::Kind::failed,
                       "the API server's access review does not say whether it is allowed",
                       std::string((*answer)["status"]["evaluationError"].text())});
  return *allowed;
}

}  // namespace

std::vector<base::Result<bool>> allowed(Api& api, const std::vector<Permission>& permissions) {
  std::vector<Write> writes;
  writes.reserve(permissions.size());
  for (const Permission& permission : permissions) writes.push_back(review(permission));
  std::vector<base::Result<bool>> verdicts;
  verdicts.reserve(permissions.size());
  for (const auto& answer : api.writeAll(writes)) verdicts.push_back(verdict(answer));
  return verdicts;
}

base::Result<bool> allowed(Api& api, std::string_view verb, const Resource& resource, std::string_view ns,
                           std::string_view sub) {
  const Permission permission{std::string(verb), resource, std::string(ns), std::string(sub)};
  return allowed(api, std::vector{permission}).front();
}

}  // namespace kube
