#include <map>
#include <set>

#include "base/text.h"
#include "doctor/facts.h"
#include "doctor/hazards.h"
#include "doctor/quirks.h"

namespace doctor {

namespace {

/// Which of a component run with which tag: by tag, how many and the first one's name.
struct Running {
  std::size_t count = 0;
  std::string first;
};
using ByTag = std::map<std::string, Running>;

template <class Pods>
ByTag byTag(const Pods& pods, const std::string& prefix) {
  ByTag tags;
  for (const auto& pod : pods) {
    auto& entry = tags[pod.version];
    if (entry.count++ == 0) entry.first = prefix + pod.ns + "/" + pod.pod;
  }
  return tags;
}

ByTag tagsOf(const Facts& facts, Quirk::Component component) {
  switch (component) {
    case Quirk::Component::istiod:
      return byTag(facts.mesh.istiods, "istiod ");
    case Quirk::Component::proxy:
      return byTag(facts.mesh.proxies, "");
    case Quirk::Component::ztunnel:
      return byTag(facts.mesh.ztunnels, "ztunnel ");
  }
  return {};
}

std::string subjectOf(const Running& running) {
  return running.count == 1 ? running.first
                            : running.first + " and " + std::to_string(running.count - 1) + " more";
}

Sightings affected(const Facts& facts, const Quirk& quirk) {
  Sightings seen;
  for (const auto& [tag, running] : tagsOf(facts, quirk.component)) {
    const auto version = parseVersion(tag);
    if (version && applies(quirk, *version)) seen.push_back({subjectOf(running), "runs " + tag});
  }
  return seen;
}

Sightings unknown(const Facts& facts) {
  using enum Quirk::Component;
  Sightings seen;
  for (const auto component : {istiod, proxy, ztunnel}) {
    for (const auto& [tag, running] : tagsOf(facts, component)) {
      if (parseVersion(tag)) continue;
      seen.push_back(
          {subjectOf(running), tag.empty() ? "its image has no tag" : "its image's tag is " + tag});
    }
  }
  return seen;
}

Sightings mixed(const Facts& facts) {
  std::set<std::pair<int, int>> minors;
  for (const auto& [tag, running] : tagsOf(facts, Quirk::Component::istiod)) {
    if (const auto version = parseVersion(tag)) minors.emplace(version->major, version->minor);
  }
  Sightings seen;
  if (minors.empty()) return seen;
  for (const auto& [tag, running] : tagsOf(facts, Quirk::Component::proxy)) {
    const auto version = parseVersion(tag);
    if (!version) continue;
    const std::pair own(version->major, version->minor);
    if (own > *minors.rbegin() || own.second + 2 < minors.begin()->second)
      seen.push_back({subjectOf(running), "runs " + tag});
  }
  return seen;
}

}  // namespace

std::vector<Hazard> versionHazards() {
  std::vector<Hazard> hazards{
      {"ICA0801", "versions that are not known", Severity::info,
       "The tag of the image says no version with a patch, so that known faults of versions cannot be told.",
       "Compare yourself: istioctl version, and the list of versions in this group.", unknown},
      {"ICA0802", "proxies far from istiod's version", Severity::warning,
       "Istio supports proxies of istiod's version and of the two before it. Others may not understand what "
       "they are "
       "sent.",
       "Restart those workloads so that they get the present version.", mixed},
  };
  for (const auto& quirk : quirks()) {
    hazards.push_back({quirk.code, quirk.what, quirk.severity, quirk.consequence, quirk.remedy,
                       [&quirk](const Facts& facts) { return affected(facts, quirk); }});
  }
  return hazards;
}

}  // namespace doctor
