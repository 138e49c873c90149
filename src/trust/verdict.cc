#include "trust/verdict.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "trust/judge.h"

namespace trust {

namespace {

struct Group {
  std::vector<std::string> names;
  const ProxySecrets* secrets = nullptr;
};

using Groups = std::map<std::string, Group>;  // by what they have in common

std::string setKey(const Certificates& roots) {
  std::vector<std::string> prints;
  for (const auto& root : roots) prints.push_back(root.fingerprint());
  std::sort(prints.begin(), prints.end());
  return base::join(prints, "");
}

Groups byRoots(const Observation& observation) {
  Groups groups;
  for (const auto& proxy : observation.proxies) {
    if (!proxy.running || !proxy.secrets) continue;
    auto& group = groups[setKey(proxy.secrets->roots)];
    group.names.push_back(proxy.ns + "/" + proxy.pod);
    group.secrets = &*proxy.secrets;
  }
  return groups;
}

Blockers unprovenProxies(const Observation& observation) {
  Blockers blockers;
  for (const auto& proxy : observation.proxies) {
    if (!proxy.running) continue;
    const auto subject = proxy.ns + "/" + proxy.pod;
    if (!proxy.secrets) {
      const auto& why = proxy.secrets.error();
      blockers.push_back({Blocker::Kind::unproven, subject, why.reason, why.forbidden});
    } else if (proxy.secrets->warming) {
      blockers.push_back({Blocker::Kind::unproven, subject, "a secret is still warming"});
    }
  }
  for (const auto& [what, why] : observation.unlisted) {
    blockers.push_back({Blocker::Kind::unproven, what, why.reason, why.forbidden});
  }
  return blockers;
}

}  // namespace

Verdict verdict(const Observation& observation) {
  Judge judge(observation);
  Verdict result;
  const auto rootSets = byRoots(observation);
  std::size_t read = 0;
  std::map<std::string, Break> breaks;  // by root set and reason
  for (const auto& proxy : observation.proxies) {
    if (!proxy.running) continue;
    ++result.proxies;
    if (!proxy.secrets) continue;
    ++read;
    const auto name = proxy.ns + "/" + proxy.pod;
    for (const auto& [key, verifiers] : rootSets) {
      const auto why = judge.whyNotTrusted(proxy.secrets->chain, verifiers.secrets->roots);
      if (!why) continue;
      auto& entry = breaks[key + *why];
      entry.presenters.push_back(name);
      entry.verifiers = verifiers.names;
      entry.trusted = verifiers.secrets->roots;
      entry.reason = *why;
      const bool alsoItself =
          std::find(verifiers.names.begin(), verifiers.names.end(), name) != verifiers.names.end();
      result.broken += verifiers.names.size() - (alsoItself ? 1 : 0);
    }
  }
  for (auto& [key, entry] : breaks) result.breaks.push_back(std::move(entry));
  result.pairs = read == 0 ? 0 : read * (read - 1);
  result.unproven = unprovenProxies(observation);
  result.kind = !result.breaks.empty()     ? Verdict::Kind::willBreak
                : !result.unproven.empty() ? Verdict::Kind::unproven
                                           : Verdict::Kind::safe;
  return result;
}

std::string_view name(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::safe:
      return "safe";
    case Verdict::Kind::willBreak:
      return "will break";
    case Verdict::Kind::unproven:
      return "unproven";
  }
  return "unproven";
}

}  // namespace trust
