#include "rehearsal/secure_port.h"

#include <algorithm>
#include <utility>

#include "net/http2_server.h"
#include "net/protobuf.h"
#include "pki/issue.h"
#include "pki/tls_server.h"
#include "rehearsal/istiod.h"
#include "rehearsal/leaf.h"
#include "rehearsal/tokens.h"

namespace rehearsal {

namespace {

using net::Http2Server;

constexpr std::string_view method = "/istio.v1.auth.IstioCertificateService/CreateCertificate";
constexpr std::string_view audience = "istio-ca";       // istio: pkg/security/security.go:139
constexpr base::Seconds longestLife{90LL * 24 * 3600};  // MAX_WORKLOAD_CERT_TTL
enum Code { invalidArgument = 3, unimplemented = 12, internal = 13, unavailable = 14, unauthenticated = 16 };
enum RequestField : std::uint32_t { csrField = 1, validityField = 3 };
enum ResponseField : std::uint32_t { chainField = 1 };

class SecurePort final : public PortEnd {
 public:
  SecurePort(Mesh& mesh, Istiod& istiod)
      : mesh_(mesh),
        istiod_(istiod.id()),
        tls_(istiod.acceptor()->accept(mesh.simulation.now())),
        http_([this](const Http2Server::Request& request) { return answer(request); },
              [](const Http2Server::Request& request) { return request.header(":path") != method; }) {}

  std::string feed(std::string_view bytes) override {
    if (closed_) return {};
    auto fed = tls_.feed(bytes);
    closed_ = !fed || fed->closed || mesh_.istiod(istiod_) == nullptr;
    if (!fed) return tls_.farewell();
    if (fed->data.empty()) return std::move(fed->answer);
    const auto sent = tls_.encrypt(http_.feed(fed->data));
    closed_ = closed_ || !sent || http_.closed();
    return fed->answer + sent.value_or("");
  }
  [[nodiscard]] bool closed() const override { return closed_; }

 private:
  Http2Server::Answer answer(const Http2Server::Request& request) {
    if (request.header(":path") != method)
      return net::grpcStatus(unimplemented,
                             "a rehearsed istiod issues certificates and knows no other service");
    const auto* istiod = mesh_.istiod(istiod_);
    if (istiod == nullptr) return net::grpcStatus(unavailable, "it is gone");
    constexpr std::string_view bearer = "Bearer ";
    const auto authorization = request.header("authorization");
    const auto account =
        authorization.starts_with(bearer)
            ? tokenAccount(mesh_.store, std::string_view(authorization).substr(bearer.size()),
                           mesh_.simulation.now())
            : std::nullopt;
    if (!account) return net::grpcStatus(unauthenticated, "request authenticate failure");
    const auto message = net::grpcRequestMessage(request.body);
    if (!message) return net::grpcStatus(invalidArgument, "the request is not one whole message");
    return certify(*istiod, *message, *account);
  }

  Http2Server::Answer certify(const Istiod& istiod, std::string_view message, const std::string& account) {
    const auto csr = net::textsOf(message, csrField);
    const auto validity = net::numberOf(message, validityField);
    if (!csr || csr->size() != 1 || !validity)
      return net::grpcStatus(invalidArgument, "the message is no certificate request");
    const auto signer = istiod.signer();
    if (!signer) return net::grpcStatus(internal, base::describe(signer.error()));
    const auto asked = base::Seconds(std::int64_t(validity->value_or(0)));
    const auto life = asked <= base::Seconds{0} ? Leaf::life : asked;
    if (life > longestLife)
      return net::grpcStatus(invalidArgument,
                             "CSR signing error: requested TTL is greater than the max allowed TTL");
    const auto slash = account.find('/');
    const auto& domain = meshSettings(mesh_.store, istiod.ns(), istiod.revision()).trustDomain;
    const auto id =
        "spiffe://" + domain + "/ns/" + account.substr(0, slash) + "/sa/" + account.substr(slash + 1);
    const auto made = pki::makeRequested(csr->front(), id, issuedAt(mesh_.simulation.now(), life),
                                         (*signer)->signer, (*signer)->key);
    if (!made) return net::grpcStatus(invalidArgument, "CSR signing error: " + base::describe(made.error()));
    std::string response;
    net::appendText(response, chainField, made->pem());
    for (const auto& certificate : (*signer)->chain) net::appendText(response, chainField, certificate.pem());
    net::appendText(response, chainField, *(*signer)->roots);
    return net::grpcAnswer(response);
  }

  Mesh& mesh_;
  std::uint64_t istiod_;
  pki::TlsServer tls_;
  Http2Server http_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<PortEnd> makeSecurePort(Mesh& mesh, Istiod& istiod) {
  return std::make_unique<SecurePort>(mesh, istiod);
}

std::optional<std::string> tokenAccount(const Store& store, std::string_view token, base::Time now) {
  const auto claims = readToken(token);
  if (!claims || claims->expires <= now || claims->notBefore > now) return std::nullopt;
  const auto& audiences = claims->audiences;
  if (std::find(audiences.begin(), audiences.end(), audience) == audiences.end()) return std::nullopt;
  if (store.find({"", "serviceaccounts", claims->ns, claims->account}) == nullptr) return std::nullopt;
  return claims->ns + "/" + claims->account;
}

}  // namespace rehearsal
