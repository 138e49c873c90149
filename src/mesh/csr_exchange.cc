#include "mesh/csr_exchange.h"

#include <algorithm>
#include <utility>

#include "json/utf8.h"
#include "net/protobuf.h"
#include "pki/issue.h"
#include "pki/pem.h"
#include "pki/verify.h"

namespace mesh {

namespace {

// Nothing shorter is refused: istiod takes any positive number (istio: security/pkg/pki/ca/ca.go:493-503).
constexpr base::Seconds validity{60};

enum RequestField : std::uint32_t { csrField = 1, validityField = 3 };
enum ResponseField : std::uint32_t { chainField = 1 };

base::Error wrong(std::string reason) {
  return {base::Kind::failed, "the answer to a certificate request", std::move(reason)};
}

bool isUtf8(std::string_view text) {
  std::string scratch;
  return json::asUtf8(text, scratch).data() == text.data();
}

}  // namespace

std::string certificateRequest(std::string_view csr, base::Seconds lifetime) {
  std::string message;
  net::appendText(message, csrField, csr);
  net::appendNumber(message, validityField, std::uint64_t(lifetime.count()));
  return message;
}

base::Result<trust::Issued> issuedOf(std::string_view response, const pki::PrivateKey& key) {
  TRY_ASSIGN(const auto elements, net::textsOf(response, chainField));
  if (elements.size() < 2) return base::fail(wrong("it holds no certificate with a root bundle"));
  trust::Issued issued;
  for (std::size_t i = 0; i + 1 < elements.size(); ++i) {
    TRY_ASSIGN(auto more, pki::parseCertificates(elements[i], "the answer to a certificate request"));
    std::move(more.begin(), more.end(), std::back_inserter(issued.chain));
  }
  if (!key.matches(issued.chain.front())) return base::fail(wrong("the certificate is not for our key"));
  if (elements.back().empty() || !isUtf8(elements.back()))
    return base::fail(wrong("the root bundle is no text"));
  issued.bundle = elements.back();
  return issued;
}

CsrExchange::CsrExchange(const CsrTerms& terms, std::string serverName)
    : terms_(terms), serverName_(std::move(serverName)) {}

base::Result<std::string> CsrExchange::start(const trust::Certificates& served, std::string_view protocol) {
  if (served.empty()) return base::fail({base::Kind::failed, "it presents no certificate that can be read"});
  const auto& leaf = served.front();
  const auto names = leaf.dnsNames();
  if (std::find(names.begin(), names.end(), serverName_) == names.end())
    return base::fail({base::Kind::failed, "the certificate that it presents is not for " + serverName_});
  const auto why = pki::whyNotTrusted(leaf, {served.begin() + 1, served.end()}, terms_.roots, terms_.now,
                                      pki::Purpose::tlsServer);
  if (why) {
    return base::fail({base::Kind::failed,
                       "the certificate that it presents does not verify with istio-ca-root-cert", *why});
  }
  if (protocol != "h2") return base::fail({base::Kind::failed, "it does not speak HTTP/2"});
  TRY_ASSIGN(key_, pki::PrivateKey::generate(pki::KeyType::ecP256));
  TRY_ASSIGN(const auto csr, pki::makeBareCsr(*key_));
  call_.emplace(net::GrpcRequest{serverName_ + ":15012",
                                 "/istio.v1.auth.IstioCertificateService/CreateCertificate", terms_.token,
                                 certificateRequest(csr, validity)});
  return call_->start();
}

base::Result<std::string> CsrExchange::feed(std::string_view received) {
  return call_->feed(received);
}

base::Status CsrExchange::end() {
  return call_->end();
}

base::Result<trust::Issued> CsrExchange::issued() const {
  return issuedOf(call_->answer(), *key_);
}

}  // namespace mesh
