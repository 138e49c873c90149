#include "trust/verdict.h"

#include <algorithm>
#include <map>

#include "trust/judge.h"

namespace trust {

namespace {

struct Group {
  std::vector<std::string> names;
  const ProxySecrets* secrets = nullptr;
};

using Groups = std::map<std::string, Group>;  // by what they have in common

Groups byRoots(const Observation& observation) {
  Groups groups;
  for (const auto& proxy : observation.proxies) {
    if (!proxy.running || !proxy.secrets) continue;
    auto& group = groups[keyOfSet(proxy.secrets->roots)];
    group.names.push_back(subjectOf(proxy));
    group.secrets = &*proxy.secrets;
  }
  return groups;
}

/// Sorts what could not be read into what blocks and what the user answers for.
class Unproven {
 public:
  Unproven(Verdict& verdict, const Waivers& waivers) : verdict_(verdict), waivers_(waivers) {}

  void add(Blocker blocker, const std::vector<std::string>& names) {
    const bool accepted =
        std::any_of(names.begin(), names.end(), [&](const auto& name) { return waivers_.contains(name); });
    (accepted ? verdict_.waived : verdict_.unproven).push_back(std::move(blocker));
  }

 private:
  Verdict& verdict_;
  const Waivers& waivers_;
};

void addUnproven(Verdict& verdict, const Observation& observation, const Waivers& waivers) {
  Unproven list(verdict, waivers);
  for (const auto& proxy : observation.proxies) {
    if (!proxy.running) continue;
    const auto names = waiversFor(proxy);
    if (!proxy.secrets) {
      list.add(unproven(subjectOf(proxy), proxy.secrets.error(), names), names);
    } else if (proxy.secrets->warming) {
      list.add(unproven(subjectOf(proxy), {"a secret is still warming"}, names), names);
    }
  }
  for (const auto& opaque : observation.opaque) {
    const auto names = waiversFor(opaque);
    list.add(unproven(subjectOf(opaque), {opaque.reason}, names), names);
  }
  for (const auto& [what, why] : observation.unlisted) list.add(unproven(what, why), {});
}

}  // namespace

Verdict verdict(const Observation& observation, const Waivers& waivers) {
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
    const auto name = subjectOf(proxy);
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
  addUnproven(result, observation, waivers);
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
