#include "explore/pool.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/error.h"
#include "base/text.h"
#include "pki/pem.h"

namespace explore {

Pool::Pool()
    : old_(support::TestCa::selfSigned("cluster.local")), new_(support::TestCa::withIntermediate("N")) {
  sets_[1] = {old_.root};
  sets_[2] = {new_.root};
  sets_[3] = {old_.root, new_.root};
  for (const auto which : {Ca::old, Ca::fresh}) {
    leaves_[index(which)] = ca(which).issue("workload");
    plugged_[index(which)] = ca(which).serve(true);
    alone_[index(which)] = ca(which).serve(false);
  }
  selfSigned_ = content({Ca::old, bundle(old_.caCert)});
}

BundleId Pool::bundle(const std::string& bytes) {
  for (std::size_t id = 1; id < bundles_.size(); ++id) {
    if (bundles_[id].bytes == bytes) return static_cast<BundleId>(id);
  }
  const auto roots = pki::parseCertificates(bytes, "a bundle");
  if (!roots) {
    std::fprintf(stderr, "%s\n", base::describe(roots.error()).c_str());
    std::abort();
  }
  Bundle made{bytes, ""};
  for (const auto& root : *roots) {
    const bool old = root == old_.root;
    made.roots |= old ? 1 : 2;
    made.name += (made.name.empty() ? "" : "+") + std::string(old ? "O" : "N");
  }
  for (const auto& other : bundles_) {
    made.related.push_back(bytes.find(other.bytes) != std::string::npos ||
                           other.bytes.find(bytes) != std::string::npos);
  }
  made.related.push_back(true);
  bundles_.push_back(std::move(made));
  return static_cast<BundleId>(bundles_.size() - 1);
}

ContentId Pool::content(Content of) {
  const auto known = std::find(contents_.begin() + 1, contents_.end(), of);
  if (known != contents_.end()) return static_cast<ContentId>(known - contents_.begin());
  contents_.push_back(of);
  return static_cast<ContentId>(contents_.size() - 1);
}

bool Pool::related(BundleId one, BundleId other) const {
  return bundles_[std::max(one, other)].related[std::min(one, other)];
}

const trust::Certificates& Pool::serving(Ca signer, bool plugged) const {
  return (plugged ? plugged_ : alone_)[index(signer)];
}

trust::CaSecret Pool::secret(ContentId content, const std::string& name) const {
  const auto& held = contents_[content];
  const auto& signer = ca(held.signer);
  trust::CaSecret secret{"istio-system", name, "Opaque", "uid-" + name, std::to_string(100 + content)};
  secret.caCert = signer.caCert;
  secret.certChain = signer.certChain;
  secret.rootCert = bytes(held.bundle);
  secret.keyFingerprint = signer.key.fingerprint();
  secret.content = base::sha256Hex(secret.caCert + secret.certChain + secret.rootCert);
  secret.lastWritten = support::start;
  return secret;
}

std::string Pool::describe(BundleId id) const {
  return id == 0 ? "nothing" : bundles_[id].name;
}

std::string Pool::describeSet(RootSet roots) const {
  static const std::array<const char*, 4> names{"nothing", "O alone", "N alone", "O and N"};
  return names[roots & 3];
}

}  // namespace explore
