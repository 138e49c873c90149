#include "trust/expiry.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "trust/ca_secret.h"
#include "trust/subjects.h"

namespace trust {

namespace {

class Register {
 public:
  void add(const pki::Certificate& certificate, Role role, const std::string& where) {
    const auto [place, isNew] = places_.try_emplace(certificate.fingerprint(), all_.size());
    if (isNew) all_.push_back({certificate, role, {}});
    auto& entry = all_[place->second];
    entry.role = std::min(entry.role, role);
    if (std::find(entry.where.begin(), entry.where.end(), where) == entry.where.end())
      entry.where.push_back(where);
  }
  void addAll(const Certificates& certificates, Role role, const std::string& where) {
    for (const auto& certificate : certificates) add(certificate, role, where);
  }
  /// What someone presents: its own certificate, and those of the CAs behind it.
  void addChain(const Certificates& chain, Role first, const std::string& where) {
    for (std::size_t i = 0; i < chain.size(); ++i) {
      const bool own = i == 0 && first != Role::ca;
      add(chain[i], own ? first : chain[i].selfSigned() ? Role::root : Role::ca, where);
    }
  }
  std::vector<InUse> take() {
    std::stable_sort(all_.begin(), all_.end(), [](const InUse& a, const InUse& b) {
      return std::make_tuple(a.role, a.certificate.notAfter()) <
             std::make_tuple(b.role, b.certificate.notAfter());
    });
    return std::move(all_);
  }

 private:
  std::vector<InUse> all_;
  std::map<std::string, std::size_t> places_;
};

/// What does not parse is told elsewhere.
void addSecret(Register& all, const Reading<std::optional<CaSecret>>& read) {
  if (!read || !*read) return;
  const auto& secret = **read;
  const auto where = "secret " + secret.ns + "/" + secret.name;
  if (const auto chain = chainOf(secret)) all.addChain(*chain, Role::ca, where);
  if (const auto roots = rootsOf(secret)) all.addAll(*roots, Role::root, where);
}

bool overdue(const InUse& entry, base::Time now) {
  if (entry.role != Role::leaf && entry.role != Role::serving) return true;
  const auto& certificate = entry.certificate;
  return (certificate.notAfter() - now) * 4 < certificate.notAfter() - certificate.notBefore();
}

}  // namespace

std::string_view name(Role role) {
  switch (role) {
    case Role::root:
      return "root";
    case Role::ca:
      return "CA";
    case Role::serving:
      return "serving certificate";
    case Role::leaf:
      return "leaf";
  }
  return "leaf";
}

std::vector<InUse> certificatesInUse(const Observation& observation) {
  Register all;
  addSecret(all, observation.cacerts);
  const bool pluggedIn = observation.cacerts && *observation.cacerts;
  if (!pluggedIn) addSecret(all, observation.selfSigned);
  for (const auto& istiod : observation.istiods) {
    if (istiod.serving) all.addChain(*istiod.serving, Role::serving, subjectOf(istiod));
  }
  for (const auto& distribution : observation.distribution) {
    if (distribution.roots) all.addAll(*distribution.roots, Role::root, subjectOf(distribution));
  }
  for (const auto& proxy : observation.proxies) {
    if (!proxy.running || !proxy.secrets) continue;
    all.addChain(proxy.secrets->chain, Role::leaf, subjectOf(proxy));
    all.addAll(proxy.secrets->roots, Role::root, subjectOf(proxy));
  }
  return all.take();
}

std::vector<InUse> expiring(const Observation& observation, base::Seconds before) {
  auto all = certificatesInUse(observation);
  std::erase_if(all, [&](const InUse& entry) {
    return entry.certificate.notAfter() - observation.takenAt >= before ||
           !overdue(entry, observation.takenAt);
  });
  return all;
}

}  // namespace trust
