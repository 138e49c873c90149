#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "json/value.h"

namespace kube {

/// kubectl's flags that choose and change the access; empty or unset means "as the kubeconfig says".
struct AccessFlags {
  std::string kubeconfig{}, context{}, cluster{}, user{}, server{}, tlsServerName{}, as{}, asUid{};
  std::vector<std::string> asGroups{};
  std::string certificateAuthority{}, clientCertificate{}, clientKey{};
  base::Secret token{};
  bool insecureSkipTlsVerify = false;
  base::Millis requestTimeout{0};
};

/// client.authentication.k8s.io: a program that prints credentials.
struct ExecPlugin {
  std::string apiVersion, command;  // a relative command with a slash is already joined to its file's folder
  std::vector<std::string> args{};
  std::map<std::string, std::string> env{};
  std::string installHint{}, interactiveMode{};
  bool provideClusterInfo = false;
};

/// What the kubeconfig and the flags come to: everything needed to talk to one cluster, files already read.
struct ClusterAccess {
  std::string origin{};  // which files or "in-cluster", for messages
  std::string context{}, namespaceName = "default";
  std::string server{}, tlsServerName{}, proxyUrl{};
  std::optional<std::string> caPem{};
  bool insecureSkipTlsVerify = false;
  bool disableCompression = false;
  std::string clientCertificatePem{};
  base::Secret clientKeyPem{};
  base::Secret token{};
  std::string tokenFile{};  // re-read for each request; wins over token
  std::string username{};
  base::Secret password{};
  std::optional<ExecPlugin> exec{};
  json::Value clusterInfo{};  // spec.cluster of KUBERNETES_EXEC_INFO
  std::string impersonateUser{}, impersonateUid{};
  std::vector<std::string> impersonateGroups{};
  std::vector<std::pair<std::string, std::string>> impersonateExtra{};
  base::Millis requestTimeout{0};
};

/// The environment that decides where access comes from, as a value for tests.
struct Environment {
  std::optional<std::string> kubeconfig{};  // $KUBECONFIG: a colon-separated list
  std::string home{};
  std::string serviceHost{}, servicePort{};  // $KUBERNETES_SERVICE_HOST and _PORT
  std::string serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";
};
Environment systemEnvironment();

/// Loads and merges the kubeconfig files as kubectl does (client-go tools/clientcmd/loader.go: --kubeconfig
/// alone; else the $KUBECONFIG list, missing files skipped, first file wins by key; else ~/.kube/config; else
/// in-cluster), then the flags. Relative paths are relative to their own file; *-data wins over the file.
/// Errors: Kind::usage, naming the file, the context and what the file has instead.
base::Result<ClusterAccess> loadAccess(const AccessFlags& flags, const Environment& environment);

}  // namespace kube
