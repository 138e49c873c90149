#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trust/observation.h"

namespace doctor {

/// When something is needed at all.
enum class Only {
  always,
  sail,      // an Istio resource is changed
  plain,     // istiod's Deployment and the mesh config are
  restarts,  // workloads are restarted
  ownCa,     // without --ca
};

/// Something that commands need to be allowed, as a row of the one table: what `doctor` asks the API server
/// about, and what manifests/rbac.yaml is made of.
struct Need {
  std::vector<std::string_view> verbs;
  std::string_view group;                   // "" for core
  std::vector<std::string_view> resources;  // "pods/portforward" with its subresource
  bool everywhere = true;                   // in all namespaces, or cluster-wide; else in istiod's alone
  std::vector<std::string_view> names;      // none: all
  std::string_view purpose;                 // "find the proxies"
  std::vector<std::string_view> commands;
  Only only = Only::always;
  bool optional = false;  // the commands do without, at a price
};
const std::vector<Need>& needs();

/// One question to the API server.
struct Ask {
  const Need* need;
  std::string verb, group, resource, sub, ns, name;
};
/// Each verb, resource and name of a row, on this mesh: a revision's mesh config has a name of its own.
std::vector<Ask> asksOf(const Need& need, const trust::Observation& mesh);
/// "patch secrets \"cacerts\" in namespace istio-system", "list pods in all namespaces".
std::string describe(const Ask& ask);

/// A command and whether a row speaks of it.
bool concerns(const Need& need, std::string_view command);
/// The commands that the table speaks of, each once.
std::vector<std::string_view> commandsWithNeeds();

}  // namespace doctor
