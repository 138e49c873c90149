#include "support/test_ca.h"

#include "pki/pem.h"

namespace support {

namespace {

pki::PrivateKey newKey() {
  return *pki::PrivateKey::generate(pki::KeyType::ecP256);
}
pki::Validity decade() {
  return {start - base::Seconds{86400}, start + base::Seconds{10LL * 365 * 86400}};
}

void append(trust::Certificates& certificates, const std::string& pem) {
  const auto more = pki::parseCertificates(pem, "chain");
  certificates.insert(certificates.end(), more->begin(), more->end());
}

}  // namespace

TestCa TestCa::selfSigned(const std::string& organization) {
  const auto key = newKey();
  const auto root = *pki::makeRoot(key, {{"O", organization}}, decade());
  return {root.pem(), root.pem(), root, root, key};
}

TestCa TestCa::withIntermediate(const std::string& name) {
  const auto rootKey = newKey();
  const auto root = *pki::makeRoot(rootKey, {{"O", "Test"}, {"CN", "Root " + name}}, decade());
  const auto key = newKey();
  const auto signer = *pki::makeIntermediate(key, {{"O", "Test"}, {"CN", "Intermediate " + name}},
                                             {"istiod.istio-system.svc"}, decade(), root, rootKey);
  return {signer.pem(), signer.pem() + root.pem(), root, signer, key};
}

trust::Certificates TestCa::issue(const std::string& workload) const {
  auto chain = trust::Certificates{
      *pki::makeWorkload(newKey(), "spiffe://cluster.local/ns/shop/sa/" + workload, decade(), signer, key)};
  append(chain, certChain);
  return chain;
}

trust::Certificates TestCa::serve(bool chain) const {
  auto served =
      trust::Certificates{*pki::makeServer(newKey(), {"istiod.istio-system.svc"}, decade(), signer, key)};
  if (!chain) return served;
  append(served, certChain);
  return served;
}

}  // namespace support
