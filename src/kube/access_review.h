#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kube/api.h"

namespace kube {

/// Something that RBAC allows or not. An empty namespace asks for the whole cluster.
struct Permission {
  std::string verb;
  Resource resource;
  std::string ns{}, sub{}, name{};
};

/// Asks the API server what we may do (authorization.k8s.io/v1 SelfSubjectAccessReview), all at once, in the
/// same order. An error means that it could not be asked, never that it is not allowed.
std::vector<base::Result<bool>> allowed(Api& api, const std::vector<Permission>& permissions);
base::Result<bool> allowed(Api& api, std::string_view verb, const Resource& resource, std::string_view ns,
                           std::string_view sub = {});

}  // namespace kube
