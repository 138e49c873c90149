#include "cli/waivers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "trust/subjects.h"

namespace cli {

namespace {

constexpr std::string_view what = "--accept-unproven";

bool wellFormed(const std::string& name) {
  const auto parts = base::split(name, '/');
  const bool text = std::all_of(name.begin(), name.end(), [](unsigned char c) { return c > ' ' && c < 127; });
  return text && parts.size() == 3 &&
         std::none_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); });
}

bool names(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

/// How many of each the name means, and why the first one is unproven.
struct Meant {
  std::size_t proxies = 0, istiods = 0, opaque = 0;
  std::string reason;

  void because(const std::string& why) {
    if (reason.empty()) reason = why;
  }
};

Meant meaningOf(const std::string& name, const trust::Observation& mesh) {
  Meant meant;
  for (const auto& proxy : mesh.proxies) {
    if (!names(trust::waiversFor(proxy), name)) continue;
    ++meant.proxies;
    if (proxy.running && !proxy.secrets) meant.because(proxy.secrets.error().reason);
  }
  for (const auto& istiod : mesh.istiods) {
    if (!names(trust::waiversFor(istiod), name)) continue;
    ++meant.istiods;
    if (!istiod.serving) meant.because(istiod.serving.error().reason);
  }
  for (const auto& opaque : mesh.opaque) {
    if (!names(trust::waiversFor(opaque), name)) continue;
    ++meant.opaque;
    meant.because(opaque.reason);
  }
  return meant;
}

std::string riskText(const Meant& meant) {
  const auto why = meant.reason.empty() ? "can be read now" : "unproven: " + meant.reason;
  if (meant.istiods > 0) {
    return why +
           ". You answer for what it signs with and hands out: if it still has the old CA when the old root "
           "goes, every pod that it serves fails its handshakes with all others";
  }
  return why +
         ". You answer for it: if it does not trust the new root when the signer is switched, or still has a "
         "certificate of the old CA when the old root goes, its connections fail, in both directions";
}

base::Error meansNothing(const std::string& name, const trust::Observation& mesh) {
  std::vector<std::string> all;
  const auto add = [&](const std::vector<std::string>& some) {
    all.insert(all.end(), some.begin(), some.end());
  };
  for (const auto& proxy : mesh.proxies) add(trust::waiversFor(proxy));
  for (const auto& istiod : mesh.istiods) add(trust::waiversFor(istiod));
  for (const auto& opaque : mesh.opaque) add(trust::waiversFor(opaque));
  base::Error error{base::Kind::usage, fmt::format("{}: there is no \"{}\" in the mesh", what, name), "",
                    "a name is given with each thing that is unproven: kubectl istio-ca verify"};
  if (const auto close = base::didYouMean(name, all)) error.hint = "did you mean " + *close + "?";
  return error;
}

}  // namespace

Option acceptUnprovenOption() {
  return {.name = what.substr(2),
          .takes = Takes::waiver,
          .value = "KIND/NAMESPACE/NAME",
          .help = "answer yourself for a workload or a pod that cannot be read; may be repeated",
          .repeatable = true};
}

base::Result<trust::Waivers> readWaivers(const Options& options) {
  trust::Waivers waivers;
  for (const auto& name : options.all(what.substr(2))) {
    if (!wellFormed(name)) {
      return base::fail({base::Kind::usage, fmt::format("{}: \"{}\" names nothing", what, name), "",
                         "write it as KIND/NAMESPACE/NAME: Deployment/shop/server, Pod/shop/server-7f9c"});
    }
    waivers.insert(name);
  }
  return waivers;
}

base::Result<std::vector<Risk>> risksOf(const trust::Waivers& waivers, const trust::Observation& mesh) {
  std::vector<Risk> risks;
  for (const auto& name : waivers) {
    const auto meant = meaningOf(name, mesh);
    if (meant.proxies + meant.istiods + meant.opaque == 0) return base::fail(meansNothing(name, mesh));
    risks.push_back({name, riskText(meant)});
  }
  return risks;
}

}  // namespace cli
