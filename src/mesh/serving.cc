#include "mesh/serving.h"

#include <utility>

namespace mesh {

namespace {

constexpr int securePort = 15012;

tl::unexpected<trust::Unreadable> notRead(const base::Error& error) {
  return tl::unexpected(trust::Unreadable{base::describe(error), error.kind == base::Kind::forbidden});
}
tl::unexpected<trust::Unreadable> notRead(std::string reason) {
  return tl::unexpected(trust::Unreadable{std::move(reason)});
}

}  // namespace

SecurePort::SecurePort(const std::string& serverName, const trust::Reading<CsrTerms>& terms)
    : tls_(serverName), issued_(notRead("not asked")) {
  if (terms) {
    exchange_.emplace(*terms, serverName);
  } else {
    issued_ = tl::unexpected(terms.error());
  }
}

std::string SecurePort::onOpen() {
  return tls_.start();
}

base::Result<std::string> SecurePort::onBytes(std::string_view bytes) {
  if (tls_.done()) {
    auto answer = talk(bytes);
    if (!answer) conclude(notRead(answer.error()));
    return answer.value_or("");
  }
  TRY_ASSIGN(auto answer, tls_.feed(bytes));
  if (!tls_.done() || !exchange_) return answer;
  auto request = this->request();
  if (!request) conclude(notRead(request.error()));
  return answer + request.value_or("");
}

/// The first of the certificate request, and what the server may have said with the last of the handshake.
base::Result<std::string> SecurePort::request() {
  if (!tls_.established())
    return base::fail({base::Kind::failed, "it wants a client certificate on its secure port"});
  TRY_ASSIGN(auto plain, exchange_->start(tls_.peerChain(), tls_.protocol()));
  const base::Secret first(std::move(plain));
  TRY_ASSIGN(auto bytes, tls_.encrypt(first.reveal()));
  TRY_ASSIGN(const auto more, talk(""));
  return bytes + more;
}

base::Result<std::string> SecurePort::talk(std::string_view bytes) {
  if (!exchange_) return std::string();
  TRY_ASSIGN(const auto received, tls_.decrypt(bytes));
  TRY_ASSIGN(const auto next, exchange_->feed(received.data));
  if (exchange_->done()) {
    auto issued = exchange_->issued();
    if (!issued) return base::fail(issued.error());
    conclude(*std::move(issued));
    return std::string();
  }
  if (received.closed) TRY(exchange_->end());
  TRY_ASSIGN(const auto encrypted, tls_.encrypt(next));
  return received.answer + encrypted;
}

void SecurePort::conclude(trust::Reading<trust::Issued> issued) {
  issued_ = std::move(issued);
  exchange_.reset();
}

base::Status SecurePort::onEnd() {
  if (!tls_.done()) {
    return base::fail(
        {base::Kind::unavailable, "TLS handshake: the connection ended before the server's certificate"});
  }
  const auto ended = exchange_ ? exchange_->end() : base::Status();
  if (!ended) conclude(notRead(ended.error()));
  return {};
}

trust::Reading<trust::Certificates> SecurePort::chain(const base::Status& held) const {
  if (!tls_.done()) return held ? notRead("not read") : notRead(held.error());
  auto chain = tls_.peerChain();
  if (chain.empty()) return notRead("a certificate that it serves cannot be read");
  return chain;
}

trust::Reading<trust::Issued> SecurePort::issued(const base::Status& held) const {
  if (exchange_ && !held) return notRead(held.error());
  return issued_;
}

ServingReader::ServingReader(std::vector<trust::Istiod>& istiods, const std::vector<bool>& running,
                             const trust::Reading<CsrTerms>& terms) {
  for (std::size_t i = 0; i < istiods.size(); ++i) {
    auto& istiod = istiods[i];
    if (!running[i]) {
      istiod.serving = notRead("its container does not run");
      istiod.issued = notRead("its container does not run");
      continue;
    }
    reads_.push_back({&istiod, std::make_unique<SecurePort>("istiod." + istiod.ns + ".svc", terms)});
  }
}

std::vector<kube::PortForward> ServingReader::forwards() const {
  std::vector<kube::PortForward> forwards;
  for (const auto& read : reads_) {
    forwards.push_back({{read.istiod->ns, read.istiod->pod}, securePort, read.port.get()});
  }
  return forwards;
}

base::Status ServingReader::finish(const std::vector<base::Result<void>>& held) {
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    if (!held[i] && held[i].error().kind == base::Kind::interrupted) return base::fail(held[i].error());
    reads_[i].istiod->serving = reads_[i].port->chain(held[i]);
    reads_[i].istiod->issued = reads_[i].port->issued(held[i]);
  }
  return {};
}

}  // namespace mesh
