#include "support/test_ca.h"

#include "pki/pem.h"

namespace support {

namespace {

pki::PrivateKey newKey() { return *pki::PrivateKey::generate(pki::KeyType::ecP256); }
pki::Validity decade() { return {start - base::Seconds{86400}, start + base::Seconds{10LL * 365 * 86400}}; }

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
  auto chain = trust::Certificates{*pki::makeWorkload(newKey(), "spiffe://cluster.local/ns/shop/sa/" + workload,
                                                      decade(), signer, key)};
  for (const auto& certificate : *pki::parseCertificates(certChain, "chain")) chain.push_back(certificate);
  return chain;
}

trust::Certificates TestCa::serve(bool chain) const {
  auto served = trust::Certificates{*pki::makeServer(newKey(), {"istiod.istio-system.svc"}, decade(), signer, key)};
  if (!chain) return served;
  for (const auto& certificate : *pki::parseCertificates(certChain, "chain")) served.push_back(certificate);
  return served;
}

}  // namespace support
