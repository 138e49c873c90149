#include "rehearsal/leaf.h"

#include "pki/pem.h"

namespace rehearsal {

namespace {

constexpr base::Seconds clockSkew{120};

}  // namespace

pki::Validity issuedAt(base::Time now, base::Seconds life) {
  return {now - clockSkew, now + life};
}

const Leaf::Made& Leaf::made() const {
  std::call_once(once_, [this] {
    // Neither fails: the signer was checked when it was loaded and when it was asked.
    auto key = *pki::PrivateKey::generate(pki::KeyType::ecP256);
    auto certificate =
        pki::makeWorkload(key, spiffeId_, issuedAt(issued_, life), signer_->signer, signer_->key);
    std::vector<pki::Certificate> chain;
    if (certificate) chain.push_back(*std::move(certificate));
    chain.insert(chain.end(), signer_->chain.begin(), signer_->chain.end());
    auto pem = pki::toPem(chain);
    made_.emplace(Made{std::move(key), std::move(chain), std::move(pem)});
  });
  return *made_;
}

std::string Leaf::pem() const {
  return made().pem + *signer_->roots;
}

}  // namespace rehearsal
