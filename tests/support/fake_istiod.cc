#include "support/fake_istiod.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/protobuf.h"
#include "pki/pem.h"

namespace support {

namespace {

std::string takeAll(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string bytes(data, std::size_t(size));
  BIO_reset(bio);
  return bytes;
}

int chooseProtocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                   unsigned offeredSize, void* wanted) {
  const auto& name = *static_cast<const std::string*>(wanted);
  const std::string list(reinterpret_cast<const char*>(offered), offeredSize);
  const auto at = list.find(name);
  if (at == std::string::npos) return SSL_TLSEXT_ERR_NOACK;
  *out = offered + at;
  *size = static_cast<unsigned char>(name.size());
  return SSL_TLSEXT_ERR_OK;
}

/// The TLS of a server that works on bytes.
class Tls {
 public:
  explicit Tls(const FakeIstiod& istiod)
      : protocol_(istiod.protocol), context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    const auto key = *pki::PrivateKey::generate(pki::KeyType::ecP256);
    const auto leaf = *pki::makeServer(key, {istiod.dnsName},
                                       {istiod.now - base::Seconds{60}, istiod.now + base::Seconds{3600}},
                                       istiod.ca.signer, istiod.ca.key);
    SSL_CTX_use_certificate(context_.get(), leaf.native());
    SSL_CTX_use_PrivateKey(context_.get(), key.native());
    const auto chain = *pki::parseCertificates(istiod.ca.certChain, "chain");
    for (const auto& certificate : chain) {
      if (istiod.plugged) SSL_CTX_add1_chain_cert(context_.get(), certificate.native());
    }
    if (istiod.wantsClientCertificate)
      SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_alpn_select_cb(context_.get(), chooseProtocol, &protocol_);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_.get());
  }

  /// What the client says, decrypted.
  std::string receive(std::string_view bytes) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), int(bytes.size()));
    std::string plain(1 << 16, '\0');
    std::size_t size = 0;
    SSL_read_ex(ssl_.get(), plain.data(), plain.size(), &size);
    plain.resize(size);
    return plain;
  }
  std::string send(const std::string& plain) {
    std::size_t written = 0;
    if (!plain.empty()) SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written);
    return takeAll(SSL_get_wbio(ssl_.get()));
  }

 private:
  std::string protocol_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
};

/// A certificate for the key of the request, as istiod signs it.
std::string sign(const FakeIstiod& istiod, std::string_view csr) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(csr.data(), int(csr.size())), BIO_free);
  const std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> request(
      PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr), X509_REQ_free);
  if (!request || X509_REQ_verify(request.get(), X509_REQ_get0_pubkey(request.get())) != 1) return "";
  const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 7);
  const auto seconds = std::chrono::system_clock::to_time_t(istiod.now);
  ASN1_TIME_set(X509_getm_notBefore(made.get()), seconds - 120);
  ASN1_TIME_set(X509_getm_notAfter(made.get()), seconds + 60);
  X509_set_issuer_name(made.get(), X509_get_subject_name(istiod.ca.signer.native()));
  X509_set_pubkey(made.get(), X509_REQ_get0_pubkey(request.get()));
  X509_sign(made.get(), istiod.ca.key.native(), EVP_sha256());
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(out.get(), made.get());
  return takeAll(out.get());
}

}  // namespace

std::string FakeIstiod::respond(std::string_view request) const {
  std::string message;
  net::appendText(message, 1, sign(*this, net::textsOf(request, 1)->front()) + "\n");
  const auto chain = *pki::parseCertificates(ca.certChain, "chain");
  for (const auto& certificate : chain) {
    if (plugged) net::appendText(message, 1, certificate.pem());
  }
  net::appendText(message, 1, bundle);
  return message;
}

FakeApi::Stream FakeIstiod::stream(std::vector<net::Http2Server::Request>& seen) const {
  return [istiod = *this, &seen](net::Conversation& conversation) {
    net::Http2Server http([&](const net::Http2Server::Request& request) {
      seen.push_back(request);
      if (istiod.answer) return istiod.answer(request);
      return net::grpcAnswer(istiod.respond(std::string_view(request.body).substr(5)));
    });
    Tls tls(istiod);
    constexpr std::string_view port("\xa4\x3a", 2);  // 15012
    auto sent = conversation.onOpen("v4.channel.k8s.io");
    conversation.onMessage(std::string(1, '\0').append(port));
    conversation.onMessage(std::string(1, '\1').append(port));
    while (!sent.empty() && !conversation.done()) {
      std::string plain;
      for (const auto& message : sent) {
        const auto received = tls.receive(std::string_view(message).substr(1));
        if (!received.empty()) plain += http.feed(received);  // else the handshake still goes on
      }
      const auto bytes = tls.send(plain);
      if (bytes.empty()) break;
      sent = conversation.onMessage(std::string(1, '\0') + bytes);
    }
    if (!conversation.done()) conversation.onClose(1000, "");
  };
}

}  // namespace support
