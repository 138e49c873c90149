#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "kube/entries.h"
#include "kube/fields.h"

namespace kube {
namespace {

base::Result<ExecPlugin> readExec(const Fields& user, const KubeconfigEntry& entry) {
  const KubeconfigEntry exec{entry.name, user.value("exec"), entry.file};
  Fields fields(exec, "exec plugin of user");
  ExecPlugin plugin;
  plugin.apiVersion = fields.text("apiVersion");
  plugin.command = fields.text("command");
  plugin.installHint = fields.text("installHint");
  plugin.interactiveMode = fields.text("interactiveMode");
  plugin.provideClusterInfo = fields.flag("provideClusterInfo");
  TRY(fields.status());
  if (plugin.command.empty()) return base::fail(fields.error("it has no command"));
  if (plugin.command.find('/') != std::string::npos) plugin.command = resolvePath(entry.file, plugin.command);
  if (plugin.apiVersion != "client.authentication.k8s.io/v1" &&
      plugin.apiVersion != "client.authentication.k8s.io/v1beta1")
    return base::fail(
        fields.error(fmt::format("its apiVersion is \"{}\"", plugin.apiVersion),
                     "client.authentication.k8s.io/v1 and /v1beta1 exist: update the plugin and its entry"));
  if (plugin.interactiveMode.empty() && plugin.apiVersion.ends_with("/v1beta1"))
    plugin.interactiveMode = "IfAvailable";
  constexpr std::string_view modes[] = {"IfAvailable", "Always", "Never"};
  if (std::find(std::begin(modes), std::end(modes), plugin.interactiveMode) == std::end(modes))
    return base::fail(fields.error("its interactiveMode is none of IfAvailable, Always and Never"));
  for (const json::Value& arg : fields.value("args").items()) {
    if (!arg.isString()) return base::fail(fields.error("one of its args is not a string"));
    plugin.args.emplace_back(arg.text());
  }
  for (const json::Value& variable : fields.value("env").items()) {
    if (variable["name"].text().empty()) return base::fail(fields.error("one of its env has no name"));
    plugin.env[std::string(variable["name"].text())] = std::string(variable["value"].text());
  }
  return plugin;
}

base::Error legacyProvider(const Fields& fields) {
  const std::string_view name = fields.value("auth-provider")["name"].text();
  std::string hint = "replace it by a credential plugin (exec), or pass a token with --token";
  if (name == "gcp")
    hint = "install gke-gcloud-auth-plugin and run `gcloud container clusters get-credentials` again";
  else if (name == "azure")
    hint = "install kubelogin and run `kubelogin convert-kubeconfig`";
  else if (name == "oidc")
    hint = "use the exec plugin kubectl-oidc_login instead, or pass a token with --token";
  return fields.error(fmt::format("it uses the legacy auth-provider \"{}\"", name), std::move(hint));
}

void readImpersonation(ClusterAccess& access, Fields& fields) {
  access.impersonateUser = fields.text("as");
  access.impersonateUid = fields.text("as-uid");
  for (const json::Value& group : fields.value("as-groups").items())
    access.impersonateGroups.emplace_back(group.text());
  for (const auto& [key, values] : fields.value("as-user-extra").members())
    for (const json::Value& value : values.items())
      access.impersonateExtra.emplace_back(key, std::string(value.text()));
}

base::Status readUser(ClusterAccess& access, const KubeconfigEntry& entry, const AccessFlags& flags) {
  Fields fields(entry, "user");
  const bool otherCredential = !flags.token.empty() || !flags.clientCertificate.empty();
  if (fields.has("auth-provider") && !otherCredential) return base::fail(legacyProvider(fields));
  if (flags.token.empty()) {
    access.token = base::Secret(fields.text("token"));
    access.tokenFile = fields.path("tokenFile");
    access.username = fields.text("username");
    access.password = base::Secret(fields.text("password"));
    if (!access.username.empty() && !access.token.empty())
      return base::fail(fields.error("it has both a token and a username", "take one of them out"));
  }
  if (flags.clientCertificate.empty())
    access.clientCertificatePem = std::string(fields.dataOrFile("client-certificate").reveal());
  if (flags.clientKey.empty()) access.clientKeyPem = fields.dataOrFile("client-key");
  readImpersonation(access, fields);
  if (fields.has("exec") && flags.token.empty()) {
    TRY_ASSIGN(access.exec, readExec(fields, entry));
  }
  TRY(fields.status());
  if (!access.clientCertificatePem.empty() && access.clientKeyPem.empty() && flags.clientKey.empty())
    return base::fail(fields.error("it has a client certificate but no client-key or client-key-data"));
  return {};
}

}  // namespace

base::Status applyImpersonationFlags(ClusterAccess& access, const AccessFlags& flags) {
  if (!flags.as.empty()) access.impersonateUser = flags.as;
  if (!flags.asUid.empty()) access.impersonateUid = flags.asUid;
  if (!flags.asGroups.empty()) access.impersonateGroups = flags.asGroups;
  const bool more =
      !access.impersonateUid.empty() || !access.impersonateGroups.empty() || !access.impersonateExtra.empty();
  if (access.impersonateUser.empty() && more)
    return base::fail(
        {base::Kind::usage, "impersonation of a uid, groups or extra needs a user too", "", "add --as USER"});
  return {};
}

base::Status applyUser(ClusterAccess& access, const KubeconfigEntry* entry, const AccessFlags& flags) {
  if (entry != nullptr) TRY(readUser(access, *entry, flags));
  if (!flags.token.empty()) access.token = flags.token;
  if (!flags.clientCertificate.empty()) {
    TRY_ASSIGN(access.clientCertificatePem, base::readFile(flags.clientCertificate));
  }
  if (!flags.clientKey.empty()) {
    TRY_ASSIGN(access.clientKeyPem, base::readSecretFile(flags.clientKey));
  }
  if (access.clientCertificatePem.empty() != access.clientKeyPem.empty())
    return base::fail({base::Kind::usage, "a client certificate needs its key, and a key its certificate", "",
                       "give --client-certificate and --client-key together"});
  return applyImpersonationFlags(access, flags);
}

}  // namespace kube
