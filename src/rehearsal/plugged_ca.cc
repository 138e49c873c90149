#include "rehearsal/plugged_ca.h"

#include "base/text.h"
#include "pki/issue.h"

namespace rehearsal {

base::Result<json::Value> pluggedCaSecret(const std::string& istioNamespace, base::Time now) {
  constexpr auto day = std::chrono::hours(24);
  const pki::Validity validity{now - 400 * day, now + 3000 * day};
  TRY_ASSIGN(const auto rootKey, pki::PrivateKey::generate(pki::KeyType::ecP256));
  TRY_ASSIGN(const auto root,
             pki::makeRoot(rootKey, {{"O", "Rehearsal"}, {"CN", "Present Root CA"}}, validity));
  TRY_ASSIGN(const auto key, pki::PrivateKey::generate(pki::KeyType::ecP256));
  TRY_ASSIGN(const auto ca,
             pki::makeIntermediate(key, {{"O", "Rehearsal"}, {"CN", "Present Intermediate CA"}},
                                   {"istiod." + istioNamespace + ".svc"}, validity, root, rootKey));
  TRY_ASSIGN(const auto keyPem, key.pem());
  return json::Value::object(
      {{"apiVersion", "v1"},
       {"kind", "Secret"},
       {"type", "Opaque"},
       {"metadata", json::Value::object({{"name", "cacerts"}, {"namespace", istioNamespace}})},
       {"data", json::Value::object({{"ca-cert.pem", base::base64Encode(ca.pem())},
                                     {"ca-key.pem", base::base64Encode(keyPem.reveal())},
                                     {"cert-chain.pem", base::base64Encode(ca.pem() + root.pem())},
                                     {"root-cert.pem", base::base64Encode(root.pem())}})}});
}

}  // namespace rehearsal
