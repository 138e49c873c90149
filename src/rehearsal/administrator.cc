#include "rehearsal/administrator.h"

#include "json/yaml.h"
#include "rehearsal/pod_maker.h"
#include "rehearsal/tokens.h"

namespace rehearsal {

namespace {

constexpr const char* account = "rehearsal";
constexpr const char* accountNamespace = "kube-system";
constexpr base::Seconds tokenLife = std::chrono::hours(24 * 365);

constexpr std::string_view role = R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cluster-admin}
rules:
- {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}
- {nonResourceURLs: ["*"], verbs: ["*"]}
)";
constexpr std::string_view binding = R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: rehearsal}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
- {kind: ServiceAccount, name: rehearsal, namespace: kube-system}
)";

}  // namespace

base::Status createAdministrator(Store& store) {
  ensureServiceAccount(store, accountNamespace, account);
  for (const auto& [plural, text] : {std::pair{"clusterroles", role}, {"clusterrolebindings", binding}}) {
    TRY_ASSIGN(const auto object, json::parseYaml(text));
    const Key key{"rbac.authorization.k8s.io", plural, "", std::string(object["metadata"]["name"].text())};
    TRY_ASSIGN([[maybe_unused]] const auto made, store.create(key, object, "kube-apiserver"));
  }
  return {};
}

base::Result<std::string> withToken(const std::string& kubeconfig, base::Time now) {
  TRY_ASSIGN(auto config, json::parseYaml(kubeconfig));
  const auto token = makeToken(
      {accountNamespace, account, {"https://kubernetes.default.svc.cluster.local"}, now, now + tokenLife});
  auto user = config["users"].items().front();
  user.set("user", json::Value::object({{"token", token}}));
  config.set("users", json::Array{user});
  return json::dumpYaml(config);
}

}  // namespace rehearsal
