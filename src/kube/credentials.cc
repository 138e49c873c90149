#include "kube/credentials.h"

#include "base/file.h"
#include "base/text.h"
#include "kube/api.h"
#include "kube/uri.h"

namespace kube {
namespace {

bool hasOwnAuthorization(const ClusterAccess& access) {
  return !access.token.empty() || !access.tokenFile.empty() || !access.username.empty();
}

/// The key of Impersonate-Extra-: what is not legal in a header's name is percent-encoded (client-go
/// transport/round_trippers.go).
std::string headerKey(std::string_view key) {
  static constexpr std::string_view legal = "!#$&'*+-.^_`|~";
  std::string out;
  for (const char c : key) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (alphanumeric || legal.find(c) != legal.npos)
      out += c;
    else
      out += percentEncode(std::string_view(&c, 1));
  }
  return out;
}

}  // namespace

Credentials::Credentials(const ClusterAccess& access, base::Clock& clock)
    : access_(access), clock_(clock), usesPlugin_(access.exec.has_value() && !hasOwnAuthorization(access)) {}

bool Credentials::expired() const {
  return !fromPlugin_ || (fromPlugin_->expires && *fromPlugin_->expires <= clock_.now());
}

base::Result<bool> Credentials::prepare() {
  if (!access_.tokenFile.empty()) {
    TRY_ASSIGN(const base::Secret bytes, base::readSecretFile(access_.tokenFile));
    fileToken_ = base::Secret(std::string(base::trim(bytes.reveal())));
  }
  if (!usesPlugin_ || !expired()) return false;
  return refresh();
}

base::Result<bool> Credentials::refresh() {
  TRY_ASSIGN(ExecCredential fresh, runPlugin(*access_.exec, access_.clusterInfo));
  const std::string before = fromPlugin_ ? fromPlugin_->clientCertificatePem : std::string();
  const bool changed = fresh.clientCertificatePem != before;
  fromPlugin_ = std::move(fresh);
  return changed;
}

void Credentials::apply(net::Request& request) const {
  request.headers.emplace_back("Accept", "application/json");
  request.headers.emplace_back("User-Agent", std::string(fieldManager) + "/" + ICA_VERSION);
  if (!access_.tokenFile.empty())
    request.bearerToken = fileToken_;
  else if (!access_.token.empty())
    request.bearerToken = access_.token;
  else if (fromPlugin_)
    request.bearerToken = fromPlugin_->token;
  if (request.bearerToken.empty() && !access_.username.empty()) {
    std::string pair = access_.username + ":" + std::string(access_.password.reveal());
    request.headers.emplace_back("Authorization", "Basic " + base::base64Encode(pair));
    base::cleanse(pair);
  }
  if (access_.impersonateUser.empty()) return;
  request.headers.emplace_back("Impersonate-User", access_.impersonateUser);
  if (!access_.impersonateUid.empty())
    request.headers.emplace_back("Impersonate-Uid", access_.impersonateUid);
  for (const std::string& group : access_.impersonateGroups)
    request.headers.emplace_back("Impersonate-Group", group);
  for (const auto& [key, value] : access_.impersonateExtra)
    request.headers.emplace_back("Impersonate-Extra-" + headerKey(key), value);
}

net::Endpoint Credentials::endpoint() const {
  net::Endpoint endpoint;
  endpoint.url = access_.server;
  endpoint.caPem = access_.caPem;
  endpoint.insecureSkipVerify = access_.insecureSkipTlsVerify;
  endpoint.tlsServerName = access_.tlsServerName;
  endpoint.proxyUrl = access_.proxyUrl;
  endpoint.compression = !access_.disableCompression;
  const bool plugin = fromPlugin_ && !fromPlugin_->clientCertificatePem.empty();
  endpoint.clientCertificatePem = plugin ? fromPlugin_->clientCertificatePem : access_.clientCertificatePem;
  endpoint.clientKeyPem = plugin ? fromPlugin_->clientKeyPem : access_.clientKeyPem;
  return endpoint;
}

}  // namespace kube
