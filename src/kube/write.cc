#include "kube/api.h"
#include "kube/uri.h"

namespace kube {
namespace {

constexpr std::string_view jsonType = "application/json";

std::string managed(std::string path) {
  return path + "?fieldManager=" + percentEncode(fieldManager);
}

std::string contentType(Patch type) {
  switch (type) {
    case Patch::json:
      return "application/json-patch+json";
    case Patch::merge:
      return "application/merge-patch+json";
    case Patch::strategicMerge:
      return "application/strategic-merge-patch+json";
    case Patch::apply:
      return "application/apply-patch+yaml";  // JSON is YAML; Kubernetes 1.20 to 1.3x take no other name for
                                              // it
  }
  return {};
}

}  // namespace

Write create(const Resource& resource, std::string_view ns, json::Value object) {
  return {"POST", managed(resource.path(ns)), std::string(jsonType), std::move(object)};
}

Write patch(const Resource& resource, std::string_view ns, std::string_view name, Patch type,
            json::Value body) {
  return {"PATCH", managed(resource.path(ns, name)), contentType(type), std::move(body)};
}

Write replace(const Resource& resource, std::string_view ns, std::string_view name, json::Value object) {
  return {"PUT", managed(resource.path(ns, name)), std::string(jsonType), std::move(object)};
}

Write remove(const Resource& resource, std::string_view ns, std::string_view name, json::Value options) {
  return {"DELETE", resource.path(ns, name), std::string(jsonType), std::move(options)};
}

}  // namespace kube
