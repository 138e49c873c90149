#include "doctor/manifest.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "doctor/needs.h"

namespace doctor {

namespace {

struct RoleKind {
  std::string_view name, about;
  std::vector<std::string_view> commands;
  bool ownCa = true;  // may run without --ca
};

const std::vector<RoleKind>& roles() {
  static const std::vector<RoleKind> table{
      {"istio-ca-viewer", "verify: reads what every proxy holds, and no secret", {"verify"}},
      {"istio-ca-auditor",
       "status, plan, doctor and journal too: reads the CA secrets, and so their keys",
       {"verify", "status", "plan", "doctor", "journal"}},
      {"istio-ca-job", "rotate --ca DIR, as manifests/job.yaml runs it in the cluster", {"rotate"}, false},
      {"istio-ca-operator", "everything", commandsWithNeeds()},
  };
  return table;
}

template <class List>
std::string quoted(const List& list) {
  std::vector<std::string> words;
  for (const auto word : list) words.push_back(word.empty() ? "\"\"" : std::string(word));
  return "[" + base::join(words, ", ") + "]";
}

bool within(const std::vector<std::string_view>& some, const std::vector<std::string_view>& all) {
  return std::all_of(some.begin(), some.end(),
                     [&](auto word) { return std::find(all.begin(), all.end(), word) != all.end(); });
}

bool granted(const Need& need, const RoleKind& role) {
  if (need.only == Only::ownCa && !role.ownCa) return false;
  return std::any_of(role.commands.begin(), role.commands.end(),
                     [&](auto command) { return concerns(need, command); });
}

/// Another row of the role allows all of this one, so that a rule of its own would be idle.
bool covered(const Need& need, const RoleKind& role) {
  return std::any_of(needs().begin(), needs().end(), [&](const Need& other) {
    return &other != &need && granted(other, role) && other.group == need.group &&
           (other.everywhere || !need.everywhere) && within(need.verbs, other.verbs) &&
           within(need.resources, other.resources) &&
           (other.names.empty() || (!need.names.empty() && within(need.names, other.names)));
  });
}

std::string rule(const Need& need) {
  auto text = "  # " + std::string(need.purpose) + "\n  - apiGroups: " + quoted(std::vector{need.group}) +
              "\n    resources: " + quoted(need.resources) + "\n";
  if (!need.names.empty()) text += "    resourceNames: " + quoted(need.names) + "\n";
  return text + "    verbs: " + quoted(need.verbs) + "\n";
}

std::string role(const RoleKind& kind, bool everywhere) {
  std::string rules;
  for (const auto& need : needs()) {
    if (need.everywhere == everywhere && granted(need, kind) && !covered(need, kind)) rules += rule(need);
  }
  if (rules.empty()) return {};
  std::string text = "---\napiVersion: rbac.authorization.k8s.io/v1\n";
  text +=
      everywhere ? "kind: ClusterRole\nmetadata:\n" : "kind: Role\nmetadata:\n  namespace: istio-system\n";
  return text + "  name: " + std::string(kind.name) + "\nrules:\n" + rules;
}

}  // namespace

std::string rbacManifest() {
  std::string text =
      "# The least that each command of kubectl istio-ca needs, made of the table in src/doctor/needs.cc (a "
      "unit test "
      "holds\n# both together). Bind a ClusterRole and the Role of the same name to whoever runs the "
      "commands:\n"
      "#   kubectl create clusterrolebinding NAME --clusterrole=istio-ca-operator --user=WHO\n"
      "#   kubectl create rolebinding NAME -n istio-system --role=istio-ca-operator --user=WHO\n"
      "# Where istiod runs in another namespace, or its revision's mesh config is not named istio, change "
      "those "
      "names.\n";
  for (const auto& kind : roles()) {
    text += "# " + std::string(kind.name) + ": " + std::string(kind.about) + "\n";
    text += role(kind, true) + role(kind, false);
  }
  return text;
}

}  // namespace doctor
