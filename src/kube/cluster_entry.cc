#include <fmt/format.h>

#include "base/file.h"
#include "kube/entries.h"
#include "kube/fields.h"

namespace kube {
namespace {

constexpr std::string_view execExtension = "client.authentication.k8s.io/exec";

/// What a cluster's entry holds for credential plugins (KEP-541): given to them as spec.cluster.config.
json::Value execConfig(const Fields& fields) {
  for (const json::Value& extension : fields.value("extensions").items())
    if (extension["name"].text() == execExtension) return extension["extension"];
  return {};
}

base::Status checkCa(const ClusterAccess& access, std::string_view where) {
  if (!access.caPem || access.caPem->find("-----BEGIN ") != std::string::npos) return {};
  return base::fail(
      {base::Kind::usage, fmt::format("the certificate authority of {} holds no certificate", where)});
}

}  // namespace

base::Status applyTrustFlags(ClusterAccess& access, const AccessFlags& flags) {
  if (!flags.certificateAuthority.empty()) {
    if (flags.insecureSkipTlsVerify)
      return base::fail(
          {base::Kind::usage, "--insecure-skip-tls-verify and --certificate-authority exclude each other"});
    TRY_ASSIGN(access.caPem, base::readFile(flags.certificateAuthority));
    access.insecureSkipTlsVerify = false;
    TRY(checkCa(access, "--certificate-authority"));
  }
  if (flags.insecureSkipTlsVerify) {
    access.caPem.reset();
    access.insecureSkipTlsVerify = true;
  }
  return {};
}

base::Status applyCluster(ClusterAccess& access, const KubeconfigEntry* entry, const AccessFlags& flags) {
  if (entry != nullptr) {
    Fields fields(*entry, "cluster");
    access.server = fields.text("server");
    access.tlsServerName = fields.text("tls-server-name");
    access.proxyUrl = fields.text("proxy-url");
    access.insecureSkipTlsVerify = fields.flag("insecure-skip-tls-verify");
    access.disableCompression = fields.flag("disable-compression");
    if (json::Value config = execConfig(fields); !config.isNull())
      access.clusterInfo.set("config", std::move(config));
    if (flags.certificateAuthority.empty() && !flags.insecureSkipTlsVerify) {
      const base::Secret ca = fields.dataOrFile("certificate-authority");
      TRY(fields.status());
      if (!ca.empty()) access.caPem = std::string(ca.reveal());
      if (access.caPem && access.insecureSkipTlsVerify)
        return base::fail(
            fields.error("it has both a certificate authority and insecure-skip-tls-verify",
                         "take one of them out: with the second one, nobody checks who the server is"));
      TRY(checkCa(access, fmt::format("cluster \"{}\" in {}", entry->name, entry->file)));
    }
    TRY(fields.status());
    if (access.server.empty() && flags.server.empty()) return base::fail(fields.error("it has no server"));
  }
  if (!flags.server.empty()) access.server = flags.server;
  if (!flags.server.empty() || !flags.tlsServerName.empty()) access.tlsServerName = flags.tlsServerName;
  return applyTrustFlags(access, flags);
}

}  // namespace kube
