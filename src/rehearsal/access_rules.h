#pragma once

#include <string>

#include "json/value.h"
#include "rehearsal/api_request.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// What somebody wants to do.
struct Attributes {
  std::string verb;
  std::string group{}, resource{}, sub{}, ns{}, name{};
  std::string path{};  // of what is no resource
};

Attributes attributesOf(const ApiRequest& request);

/// RBAC by the roles and bindings in the store: system:masters may do everything, and everybody who is known
/// may discover and review their own access (kubernetes: plugin/pkg/auth/authorizer/rbac).
bool isAllowed(const Store& store, const User& user, const Attributes& attributes);
/// `User "x" cannot get resource "secrets" in API group "" in the namespace "istio-system"`.
std::string whyNotAllowed(const User& user, const Attributes& attributes);
/// The rules that apply to the user in the namespace, as a SelfSubjectRulesReview lists them.
json::Array rulesFor(const Store& store, const User& user, const std::string& ns);

}  // namespace rehearsal
