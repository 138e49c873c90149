#include "kube/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "kube/entries.h"
#include "kube/fields.h"
#include "kube/in_cluster.h"

namespace kube {
namespace {

std::vector<std::string> namesOf(const std::vector<KubeconfigEntry>& entries) {
  std::vector<std::string> names;
  for (const KubeconfigEntry& entry : entries) names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::string listed(std::vector<std::string> names) {
  constexpr std::size_t most = 10;
  if (names.empty()) return "none";
  const std::size_t more = names.size() > most ? names.size() - most : 0;
  names.resize(names.size() - more);
  return base::join(names, ", ") + (more > 0 ? fmt::format(" and {} more", more) : "");
}

std::string filesOf(const Kubeconfig& config) {
  return config.files.empty() ? "the kubeconfig" : base::join(config.files, ", ");
}

/// `what` is "cluster", "user" or "context".
base::Result<const KubeconfigEntry*> require(const std::vector<KubeconfigEntry>& entries,
                                             std::string_view what, const std::string& name,
                                             std::string_view from, const Kubeconfig& config) {
  if (const KubeconfigEntry* entry = find(entries, name)) return entry;
  const std::vector<std::string> names = namesOf(entries);
  std::string hint;
  if (const auto close = base::didYouMean(name, names)) hint = fmt::format("did you mean \"{}\"? ", *close);
  hint += fmt::format("{}s there: {}", what, listed(names));
  return base::fail({base::Kind::usage, fmt::format("no {} \"{}\" in {}", what, name, filesOf(config)),
                     std::string(from), std::move(hint)});
}

/// The context that applies; null if none is needed.
base::Result<const KubeconfigEntry*> chooseContext(const Kubeconfig& config, const AccessFlags& flags) {
  if (!flags.context.empty())
    return require(config.contexts, "context", flags.context, "--context names it", config);
  if (!config.currentContext.empty())
    return require(config.contexts, "context", config.currentContext, "current-context names it", config);
  if (!flags.server.empty() || !flags.cluster.empty()) return nullptr;
  return base::fail({base::Kind::usage, fmt::format("{} has no current-context", filesOf(config)), "",
                     "choose one with --context: " + listed(namesOf(config.contexts))});
}

/// The entry that a flag names, else the one that the context names, else null.
base::Result<const KubeconfigEntry*> chooseEntry(const std::vector<KubeconfigEntry>& entries,
                                                 std::string_view what, const std::string& flag,
                                                 const KubeconfigEntry* context, const Kubeconfig& config) {
  if (!flag.empty()) return require(entries, what, flag, fmt::format("--{} names it", what), config);
  if (context == nullptr) return nullptr;
  Fields fields(*context, "context");
  const std::string name = fields.text(what);
  TRY(fields.status());
  if (name.empty()) return nullptr;
  return require(entries, what, name, fmt::format("context \"{}\" names it", context->name), config);
}

base::Error noConfiguration(const Environment& environment) {
  std::string looked = environment.home.empty() ? "~/.kube/config" : environment.home + "/.kube/config";
  if (environment.kubeconfig && !environment.kubeconfig->empty()) looked = *environment.kubeconfig;
  return {base::Kind::usage, "there is no kubeconfig", fmt::format("nothing in {}, and not in a pod", looked),
          "name one with --kubeconfig or $KUBECONFIG"};
}

std::string valueOf(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? std::string() : std::string(value);
}

base::Result<ClusterAccess> fromKubeconfig(const Kubeconfig& config, const AccessFlags& flags) {
  ClusterAccess access;
  access.origin = config.files.empty() ? "the command line" : base::join(config.files, ", ");
  access.requestTimeout = flags.requestTimeout;
  TRY_ASSIGN(const KubeconfigEntry* context, chooseContext(config, flags));
  if (context != nullptr) {
    Fields fields(*context, "context");
    access.context = context->name;
    if (const std::string ns = fields.text("namespace"); !ns.empty()) access.namespaceName = ns;
    TRY(fields.status());
  }
  TRY_ASSIGN(const KubeconfigEntry* cluster,
             chooseEntry(config.clusters, "cluster", flags.cluster, context, config));
  if (cluster == nullptr && flags.server.empty())
    return base::fail({base::Kind::usage,
                       fmt::format("context \"{}\" in {} names no cluster", access.context, filesOf(config)),
                       "", "name one with --cluster: " + listed(namesOf(config.clusters))});
  TRY_ASSIGN(const KubeconfigEntry* user, chooseEntry(config.users, "user", flags.user, context, config));
  TRY(applyCluster(access, cluster, flags));
  TRY(applyUser(access, user, flags));
  TRY(finish(access));
  return access;
}

}  // namespace

Environment systemEnvironment() {
  Environment environment;
  if (const char* list = std::getenv("KUBECONFIG")) environment.kubeconfig = list;
  environment.home = valueOf("HOME");
  environment.serviceHost = valueOf("KUBERNETES_SERVICE_HOST");
  environment.servicePort = valueOf("KUBERNETES_SERVICE_PORT");
  return environment;
}

base::Result<ClusterAccess> loadAccess(const AccessFlags& flags, const Environment& environment) {
  TRY_ASSIGN(const Kubeconfig config, loadKubeconfig(flags.kubeconfig, environment));
  const bool chosen =
      !flags.server.empty() || !flags.context.empty() || !flags.cluster.empty() || !flags.user.empty();
  if (!config.empty() || chosen) return fromKubeconfig(config, flags);
  if (flags.kubeconfig.empty() && inClusterPossible(environment)) return inCluster(flags, environment);
  if (!flags.kubeconfig.empty())
    return base::fail({base::Kind::usage, flags.kubeconfig + " holds no cluster, user or context"});
  return base::fail(noConfiguration(environment));
}

}  // namespace kube
