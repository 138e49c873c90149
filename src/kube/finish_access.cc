#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "kube/entries.h"

namespace kube {
namespace {

bool mentionsTls(const ClusterAccess& access) {
  return access.caPem.has_value() || access.insecureSkipTlsVerify || !access.clientCertificatePem.empty();
}

base::Status normalizeServer(ClusterAccess& access) {
  std::string& server = access.server;
  if (server.find("://") == std::string::npos)
    server = (mentionsTls(access) ? "https://" : "http://") + server;
  server = server.substr(0, server.find_first_of("?#"));
  while (server.ends_with('/')) server.pop_back();
  const std::string_view scheme = std::string_view(server).substr(0, server.find("://"));
  const bool known = scheme == "https" || scheme == "http";
  const std::size_t host = scheme.size() + 3;
  if (!known || server.size() <= host || server[host] == '/')
    return base::fail({base::Kind::usage, fmt::format("\"{}\" is not the address of a server", server),
                       "it must look like https://HOST:PORT",
                       "check --server, or the server in " + access.origin});
  return {};
}

void dropCredentials(ClusterAccess& access) {
  access.token = {};
  access.tokenFile.clear();
  access.username.clear();
  access.password = {};
  access.clientCertificatePem.clear();
  access.clientKeyPem = {};
  access.exec.reset();
}

base::Status checkProxy(const ClusterAccess& access) {
  if (access.proxyUrl.empty()) return {};
  for (const std::string_view scheme : {"http://", "https://", "socks5://"})
    if (access.proxyUrl.starts_with(scheme) && access.proxyUrl.size() > scheme.size()) return {};
  // Not quoted: it may hold a password.
  return base::fail({base::Kind::usage, fmt::format("the proxy-url in {} cannot be used", access.origin),
                     "it must begin with http://, https:// or socks5://"});
}

/// spec.cluster of an ExecCredential (client-go pkg/apis/clientauthentication/v1).
void describeCluster(ClusterAccess& access) {
  json::Value config = access.clusterInfo["config"];
  json::Value info = json::Value::object({{"server", access.server}});
  if (!access.tlsServerName.empty()) info.set("tls-server-name", access.tlsServerName);
  if (access.insecureSkipTlsVerify) info.set("insecure-skip-tls-verify", true);
  if (access.caPem) info.set("certificate-authority-data", base::base64Encode(*access.caPem));
  if (!access.proxyUrl.empty()) info.set("proxy-url", access.proxyUrl);
  if (access.disableCompression) info.set("disable-compression", true);
  if (!config.isNull()) info.set("config", std::move(config));
  access.clusterInfo = std::move(info);
}

}  // namespace

base::Status finish(ClusterAccess& access) {
  TRY(normalizeServer(access));
  TRY(checkProxy(access));
  if (access.server.starts_with("http://")) dropCredentials(access);
  describeCluster(access);
  return {};
}

}  // namespace kube
