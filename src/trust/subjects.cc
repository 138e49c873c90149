#include "trust/subjects.h"

#include <algorithm>

#include "base/text.h"

namespace trust {

namespace {

std::vector<std::string> named(const Workload& workload, const std::string& pod) {
  std::vector<std::string> names;
  if (!workload.name.empty()) names.push_back(workload.kind + "/" + workload.ns + "/" + workload.name);
  const auto own = "Pod/" + pod;
  if (names.empty() || names.front() != own) names.push_back(own);
  return names;
}

}  // namespace

std::string subjectOf(const Proxy& proxy) {
  return proxy.ns + "/" + proxy.pod;
}
std::string subjectOf(const Istiod& istiod) {
  return "istiod " + istiod.ns + "/" + istiod.pod;
}
std::string subjectOf(const Distribution& distribution) {
  switch (distribution.kind) {
    case Distribution::Kind::configMap:
      return "config map " + distribution.name + "/istio-ca-root-cert";
    case Distribution::Kind::mutatingWebhook:
      return "mutating webhook " + distribution.name;
    case Distribution::Kind::validatingWebhook:
      return "validating webhook " + distribution.name;
  }
  return distribution.name;
}
std::string subjectOf(const Opaque& opaque) {
  return opaque.kind + " " + opaque.ns + "/" + opaque.name;
}

std::vector<std::string> waiversFor(const Proxy& proxy) {
  return named(proxy.workload, proxy.ns + "/" + proxy.pod);
}
std::vector<std::string> waiversFor(const Istiod& istiod) {
  return {"Pod/" + istiod.ns + "/" + istiod.pod};
}
std::vector<std::string> waiversFor(const Opaque& opaque) {
  if (opaque.kind == "Pod") return named(opaque.workload, opaque.ns + "/" + opaque.name);
  return {opaque.kind + "/" + opaque.ns + "/" + opaque.name};
}

std::string keyOfSet(const Certificates& certificates) {
  std::vector<std::string> prints;
  for (const auto& certificate : certificates) prints.push_back(certificate.fingerprint());
  std::sort(prints.begin(), prints.end());
  return base::join(prints, "");
}

bool contains(const Certificates& set, const pki::Certificate& certificate) {
  return std::find(set.begin(), set.end(), certificate) != set.end();
}

Blocker no(std::string subject, std::string what) {
  return {Blocker::Kind::no, std::move(subject), std::move(what)};
}

Blocker unproven(std::string subject, const Unreadable& why, const std::vector<std::string>& waivers) {
  return {Blocker::Kind::unproven, std::move(subject), "cannot be read: " + why.reason, why.forbidden,
          waivers.empty() ? "" : waivers.front()};
}

}  // namespace trust
