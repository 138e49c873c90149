#include "doctor/needs.h"

#include <algorithm>

#include "base/text.h"

namespace doctor {

namespace {

using Commands = std::vector<std::string_view>;

Commands operator+(Commands left, const Commands& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

}  // namespace

const std::vector<Need>& needs() {
  static const Commands look{"status", "plan", "doctor"};
  static const Commands change{"rotate",        "enable-multi-root", "add-root",
                               "switch-signer", "remove-old-root",   "rollback"};
  static const Commands whole = look + change + Commands{"restart", "finish"};
  static const Commands settings{"rotate", "enable-multi-root"};
  static const Commands writesCa{"rotate", "add-root", "switch-signer", "remove-old-root", "rollback"};
  const std::string_view sail = "sailoperator.io", admission = "admissionregistration.k8s.io";
  static const std::vector<Need> table{
      {{"get", "list"}, "", {"pods"}, true, {}, "find the proxies", Commands{"verify"} + whole},
      // A WebSocket is opened by a GET; newer API servers ask for create as well, as with POST.
      {{"get", "create"},
       "",
       {"pods/portforward"},
       true,
       {},
       "read what each Envoy holds and each istiod serves",
       Commands{"verify"} + whole},
      {{"list"}, "", {"namespaces"}, true, {}, "know which namespaces are meshed", whole},
      {{"list"},
       "",
       {"configmaps"},
       true,
       {"istio-ca-root-cert"},
       "read what roots namespaces are given",
       whole},
      {{"list"}, "apps", {"deployments"}, true, {}, "find istiod, and how workloads roll out", whole},
      {{"list"},
       admission,
       {"mutatingwebhookconfigurations", "validatingwebhookconfigurations"},
       true,
       {},
       "read what roots the API server verifies istiod by",
       whole},
      {{"list"},
       sail,
       {"istios", "istiorevisions"},
       true,
       {},
       "know whether an operator installed Istio",
       whole},
      {{"list"}, "networking.istio.io", {"workloadentries"}, true, {}, "find machines in the mesh", whole},
      {{"get", "list"},
       "",
       {"secrets"},
       false,
       {},
       "read the CA secrets, their backups and whether there are other clusters",
       whole},
      {{"get"},
       "",
       {"configmaps"},
       false,
       {},
       "read the mesh config, and the journal of rotations",
       whole + Commands{"journal"}},
      {{"list"}, "apps", {"statefulsets", "daemonsets"}, true, {}, "see how workloads roll out", {"doctor"}},
      {{"list"},
       "policy",
       {"poddisruptionbudgets"},
       true,
       {},
       "find disruption budgets that are shut",
       {"doctor"}},
      {{"list"},
       "autoscaling",
       {"horizontalpodautoscalers"},
       false,
       {},
       "see what scales istiod",
       {"doctor"}},

      {{"get", "create"},
       "",
       {"pods/exec"},
       true,
       {},
       "read the roots that are mounted, and Envoys that a port-forward does not reach",
       change,
       Only::always,
       true},
      {{"patch"},
       "",
       {"pods"},
       true,
       {},
       "have kubelets refresh a volume at once",
       change,
       Only::always,
       true},
      {{"create"},
       "",
       {"serviceaccounts/token"},
       false,
       {"default"},
       "ask each istiod what it signs with",
       change,
       Only::always,
       true},
      {{"create"},
       "coordination.k8s.io",
       {"leases"},
       false,
       {},
       "keep two rotations apart",
       change + Commands{"restart", "finish"}},
      {{"get", "update"},
       "coordination.k8s.io",
       {"leases"},
       false,
       {"istio-ca-rotation"},
       "keep two rotations apart",
       change + Commands{"restart", "finish"}},
      {{"create"}, "", {"configmaps"}, false, {}, "keep a journal", change + Commands{"restart", "finish"}},
      {{"update", "patch"},
       "",
       {"configmaps"},
       false,
       {"istio-ca-rotation-journal"},
       "keep a journal",
       change + Commands{"restart", "finish"}},
      {{"create"}, "", {"secrets"}, false, {}, "back the old CA up, and create cacerts", writesCa},
      {{"patch"}, "", {"secrets"}, false, {"cacerts"}, "write the CA", writesCa},
      {{"patch"}, "apps", {"deployments"}, false, {}, "restart istiod", change + Commands{"restart"}},
      {{"patch"}, sail, {"istios"}, true, {}, "switch multi-root on", settings, Only::sail},
      {{"patch"},
       "",
       {"configmaps"},
       false,
       {"istio"},
       "switch multi-root on in the mesh config",
       settings,
       Only::plain},
      {{"patch"},
       "apps",
       {"deployments", "statefulsets", "daemonsets"},
       true,
       {},
       "restart workloads",
       settings + Commands{"restart"},
       Only::restarts},
      {{"get"},
       "",
       {"namespaces"},
       true,
       {"kube-system"},
       "know the CA that was made for this cluster",
       {"rotate"},
       Only::ownCa},
      {{"delete"}, "", {"secrets"}, false, {}, "remove the key of the old CA when asked to", {"finish"}},
  };
  return table;
}

std::vector<Ask> asksOf(const Need& need, const trust::Observation& mesh) {
  std::vector<std::string> names;
  for (const auto name : need.names) names.emplace_back(name);
  if (need.only == Only::plain && !mesh.installation.meshConfigs.empty()) {
    names.clear();  // a revision's mesh config has a name of its own
    for (const auto& config : mesh.installation.meshConfigs) names.push_back(config.name);
  }
  if (names.empty()) names.emplace_back();
  std::vector<Ask> asks;
  for (const auto resource : need.resources) {
    const auto slash = resource.find('/');
    const std::string plural(resource.substr(0, slash));
    const std::string sub(slash == std::string_view::npos ? "" : resource.substr(slash + 1));
    for (const auto verb : need.verbs) {
      for (const auto& name : names) {
        asks.push_back({&need, std::string(verb), std::string(need.group), plural, sub,
                        need.everywhere ? "" : mesh.installation.ns, name});
      }
    }
  }
  return asks;
}

std::string describe(const Ask& ask) {
  std::string text = ask.verb + " " + ask.resource;
  if (!ask.sub.empty()) text += "/" + ask.sub;
  if (!ask.group.empty()) text += "." + ask.group;
  if (!ask.name.empty()) text += " \"" + ask.name + "\"";
  return text + (ask.ns.empty() ? " in the whole cluster" : " in namespace " + ask.ns);
}

bool concerns(const Need& need, std::string_view command) {
  return std::find(need.commands.begin(), need.commands.end(), command) != need.commands.end();
}

std::vector<std::string_view> commandsWithNeeds() {
  std::vector<std::string_view> all;
  for (const auto& need : needs()) {
    for (const auto command : need.commands) {
      if (std::find(all.begin(), all.end(), command) == all.end()) all.push_back(command);
    }
  }
  return all;
}

}  // namespace doctor
