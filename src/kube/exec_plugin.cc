#include "kube/exec_plugin.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/process.h"
#include "base/text.h"

namespace kube {
namespace {

constexpr base::Millis longest =
    std::chrono::minutes{5};  // a plugin may open a browser for a person to log in

base::Error failure(const ExecPlugin& plugin, std::string reason, std::string hint = {}) {
  return {base::Kind::forbidden, fmt::format("the credential plugin {} gave no credential", plugin.command),
          std::move(reason), std::move(hint)};
}

}  // namespace

base::Result<bool> interactive(const ExecPlugin& plugin, bool stdinIsTerminal) {
  if (plugin.interactiveMode == "Never") return false;
  if (plugin.interactiveMode == "Always" && !stdinIsTerminal)
    return base::fail(
        {base::Kind::usage,
         fmt::format("the credential plugin {} needs a terminal on standard input", plugin.command),
         "its interactiveMode is Always", "run this on a terminal"});
  return stdinIsTerminal;
}

std::string execInfo(const ExecPlugin& plugin, bool interactive, const json::Value& clusterInfo) {
  json::Value spec = json::Value::object({{"interactive", interactive}});
  if (plugin.provideClusterInfo) spec.set("cluster", clusterInfo);
  return json::dump(json::Value::object(
      {{"kind", "ExecCredential"}, {"apiVersion", plugin.apiVersion}, {"spec", std::move(spec)}}));
}

base::Result<ExecCredential> parseExecCredential(std::string_view printed, const ExecPlugin& plugin) {
  const auto parsed = json::parse(printed, {.bytes = std::size_t{4} << 20});
  if (!parsed) return base::fail(failure(plugin, "it did not print JSON"));
  const json::Value& printedObject = *parsed;
  if (printedObject["kind"].text() != "ExecCredential")
    return base::fail(failure(plugin, "it did not print an ExecCredential"));
  if (const auto version = printedObject["apiVersion"].text(); version != plugin.apiVersion)
    return base::fail(failure(plugin, fmt::format("it printed apiVersion \"{}\", the kubeconfig says {}",
                                                  version, plugin.apiVersion)));
  const json::Value& status = printedObject["status"];
  ExecCredential credential;
  credential.token = base::Secret(std::string(status["token"].text()));
  credential.clientCertificatePem = std::string(status["clientCertificateData"].text());
  credential.clientKeyPem = base::Secret(std::string(status["clientKeyData"].text()));
  if (credential.clientCertificatePem.empty() != credential.clientKeyPem.empty())
    return base::fail(failure(plugin, "it printed only one of a client certificate and its key"));
  if (credential.token.empty() && credential.clientKeyPem.empty())
    return base::fail(failure(plugin, "its status holds neither a token nor a client certificate"));
  if (const json::Value& expires = status["expirationTimestamp"]; !expires.isNull()) {
    const auto time = base::parseTime(expires.text());
    if (!time) return base::fail(failure(plugin, "its expirationTimestamp is not a time"));
    credential.expires = *time;
  }
  return credential;
}

base::Result<ExecCredential> runPlugin(const ExecPlugin& plugin, const json::Value& clusterInfo) {
  TRY_ASSIGN(const bool onTerminal, interactive(plugin, isatty(STDIN_FILENO) == 1));
  base::Command command;
  command.argv = {plugin.command};
  command.argv.insert(command.argv.end(), plugin.args.begin(), plugin.args.end());
  command.extraEnv = plugin.env;
  command.extraEnv["KUBERNETES_EXEC_INFO"] = execInfo(plugin, onTerminal, clusterInfo);
  command.inheritStdin = onTerminal;
  const auto output = base::run(command, longest);
  if (!output) {
    if (output.error().kind == base::Kind::interrupted) return base::fail(output.error());
    return base::fail(failure(plugin, base::describe(output.error()), plugin.installHint));
  }
  if (output->exitStatus != 0)
    return base::fail(failure(plugin, fmt::format("it ended with exit code {}", output->exitStatus),
                              "run it by hand to see why, or log in again"));
  return parseExecCredential(output->out.reveal(), plugin);
}

}  // namespace kube
