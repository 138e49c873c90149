#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "json/value.h"
#include "kube/access.h"

namespace kube {

/// What a credential plugin printed.
struct ExecCredential {
  base::Secret token{};
  std::string clientCertificatePem{};
  base::Secret clientKeyPem{};
  std::optional<base::Time> expires{};
};

/// Whether the plugin gets our standard input, by its interactiveMode; Kind::usage if it needs a terminal and
/// there is none (client-go plugin/pkg/client/auth/exec).
base::Result<bool> interactive(const ExecPlugin& plugin, bool stdinIsTerminal);

/// The value of KUBERNETES_EXEC_INFO: an ExecCredential with spec.interactive and, if the plugin asks for it,
/// spec.cluster.
std::string execInfo(const ExecPlugin& plugin, bool interactive, const json::Value& clusterInfo);

/// Reads the ExecCredential that a plugin printed: of the version that was asked for, with a token or a
/// certificate and its key. The errors never quote what was printed.
base::Result<ExecCredential> parseExecCredential(std::string_view printed, const ExecPlugin& plugin);

/// Runs the plugin once. Fails with Kind::forbidden (no credential), or as base::run does when interrupted.
base::Result<ExecCredential> runPlugin(const ExecPlugin& plugin, const json::Value& clusterInfo);

}  // namespace kube
