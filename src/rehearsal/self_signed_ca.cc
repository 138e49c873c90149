#include "rehearsal/self_signed_ca.h"

#include "base/text.h"
#include "pki/issue.h"

namespace rehearsal {

namespace {

constexpr base::Seconds life{10LL * 365 * 24 * 3600};  // CITADEL_SELF_SIGNED_CA_CERT_TTL

std::string dataOf(const json::Value& secret, const char* key) {
  return base::base64Decode(secret["data"][key].text()).value_or("");
}

base::Result<SharedCa> read(const json::Value& secret, base::Time now) {
  CaDirectory directory;
  directory.cert = directory.roots = dataOf(secret, "ca-cert.pem");
  directory.key = dataOf(secret, "ca-key.pem");
  TRY_ASSIGN(auto ca, loadCa(directory, now));
  TRY(mayStartWith(*ca, now));
  return ca;
}

base::Result<json::Value> make(const std::string& ns, const std::string& trustDomain, base::Time now) {
  TRY_ASSIGN(const auto key, pki::PrivateKey::generate(pki::KeyType::rsa2048));
  TRY_ASSIGN(const auto certificate, pki::makeRoot(key, {{"O", trustDomain}}, {now, now + life}));
  TRY_ASSIGN(const auto keyPem, key.pem());
  const auto pem = base::base64Encode(certificate.pem());
  return json::Value::object(
      {{"apiVersion", "v1"},
       {"kind", "Secret"},
       {"metadata", json::Value::object({{"name", "istio-ca-secret"}, {"namespace", ns}})},
       {"type", "istio.io/ca-root"},
       {"data", json::Value::object({{"ca-cert.pem", pem},
                                     {"ca-key.pem", base::base64Encode(keyPem.reveal())},
                                     {"cert-chain.pem", ""},
                                     {"key.pem", ""},
                                     {"root-cert.pem", pem}})}});
}

}  // namespace

base::Result<SharedCa> selfSignedCa(Store& store, const std::string& ns, const std::string& trustDomain,
                                    base::Time now) {
  const Key key{"", "secrets", ns, "istio-ca-secret"};
  if (store.find(key) == nullptr) {
    TRY_ASSIGN(auto secret, make(ns, trustDomain, now));
    TRY(store.create(key, std::move(secret), "pilot-discovery").map([](const auto&) {}));
  }
  auto ca = read(*store.find(key), now);
  if (!ca) return base::fail(ca.error().context("failed to create a self-signed istiod CA"));
  return ca;
}

}  // namespace rehearsal
