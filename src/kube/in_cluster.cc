#include "kube/in_cluster.h"

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "kube/entries.h"

namespace kube {

bool inClusterPossible(const Environment& environment) {
  std::error_code error;
  return !environment.serviceHost.empty() && !environment.servicePort.empty() &&
         std::filesystem::is_regular_file(environment.serviceAccountDirectory + "/token", error);
}

base::Result<ClusterAccess> inCluster(const AccessFlags& flags, const Environment& environment) {
  const std::string& directory = environment.serviceAccountDirectory;
  const bool ipv6 = environment.serviceHost.find(':') != std::string::npos;
  ClusterAccess access;
  access.origin = "in-cluster";
  access.requestTimeout = flags.requestTimeout;
  access.server = "https://" + (ipv6 ? "[" + environment.serviceHost + "]" : environment.serviceHost) + ":" +
                  environment.servicePort;
  access.tlsServerName = flags.tlsServerName;
  if (flags.certificateAuthority.empty() && !flags.insecureSkipTlsVerify) {
    TRY_ASSIGN(access.caPem, base::readFile(directory + "/ca.crt"));
  }
  TRY(applyTrustFlags(access, flags));
  if (flags.token.empty())
    access.tokenFile = directory + "/token";
  else
    access.token = flags.token;
  if (const auto ns = base::readFile(directory + "/namespace"); ns && !base::trim(*ns).empty())
    access.namespaceName = std::string(base::trim(*ns));
  TRY(applyImpersonationFlags(access, flags));
  TRY(finish(access));
  return access;
}

}  // namespace kube
