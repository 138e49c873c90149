#include "rotate/ca_secret_watch.h"

#include <algorithm>

#include "trust/ca_secret.h"
#include "trust/judge.h"

namespace rotate {

namespace {

std::string whatItHolds(const trust::CaSecret& secret, base::Time at) {
  if (auto why = trust::whyUnfit(secret, at)) return *why;
  return "it holds " + trust::shortNames(*trust::rootsOf(secret)) + ", and signs with " +
         trust::shortName(trust::chainOf(secret)->front());
}

}  // namespace

CaSecretWatch::State CaSecretWatch::stateOf(const trust::Observation& observation) {
  if (!*observation.cacerts) return std::nullopt;
  const auto& secret = **observation.cacerts;
  return Content{secret.caCert, secret.certChain, secret.rootCert, secret.keyFingerprint};
}

void CaSecretWatch::willWrite(const plan::Action& action) {
  if (const auto* create = std::get_if<plan::CreateCaSecret>(&action)) {
    intended_.push_back(Content{create->caCert, create->certChain, create->bundle, oldKey_});
  }
  const auto* update = std::get_if<plan::UpdateCaSecret>(&action);
  if (!update || !known_ || !*known_) return;
  auto content = **known_;
  if (update->signer) {
    content.caCert = update->signer->caCert;
    content.certChain = update->signer->certChain;
    content.key = update->signer->signer.keyFingerprint();
  }
  if (update->bundle) content.rootCert = *update->bundle;
  intended_.push_back(std::move(content));
}

void CaSecretWatch::refused() {
  if (!intended_.empty()) intended_.pop_back();
}

std::optional<base::Error> CaSecretWatch::look(const trust::Observation& observation) {
  if (!observation.cacerts) return std::nullopt;  // what cannot be read blocks by itself
  if (observation.selfSigned && *observation.selfSigned) oldKey_ = (**observation.selfSigned).keyFingerprint;
  const auto now = stateOf(observation);
  if (!known_ || *known_ == now) {
    known_ = now;
    return std::nullopt;
  }
  if (std::find(intended_.begin(), intended_.end(), now) != intended_.end()) {
    known_ = now;
    intended_.clear();  // each was for one version of the secret: no other can arrive any more
    return std::nullopt;
  }
  const auto name = "secret " + observation.installation.ns + "/cacerts";
  if (!now) {
    return base::Error{
        base::Kind::gate, name + " is gone: someone has deleted it",
        "an istiod that starts now returns to the old CA, or makes a new one",
        "nothing more was written; put it back as it was before any istiod starts (the old CA is in "
        "the secrets labelled istio-ca/backup=true)"};
  }
  return base::Error{
      base::Kind::gate, name + " was changed by someone else",
      whatItHolds(**observation.cacerts, observation.takenAt),
      "nothing more was written; find out who did it, see: kubectl istio-ca status, then run the same "
      "command again to go on from there"};
}

}  // namespace rotate
