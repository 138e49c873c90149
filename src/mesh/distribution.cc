#include "mesh/distribution.h"

#include <map>
#include <optional>

#include "base/text.h"
#include "mesh/ca_secrets.h"
#include "pki/pem.h"

namespace mesh {

namespace {

using json::Value;
using Roots = trust::Reading<trust::Certificates>;

Roots unreadableRoots(std::string reason) {
  return tl::unexpected(trust::Unreadable{std::move(reason)});
}

Roots rootsIn(std::string_view pem, const std::string& what) {
  if (base::trim(pem).empty()) return trust::Certificates{};
  auto parsed = pki::parseCertificates(pem, what);
  if (!parsed) return unreadableRoots(base::describe(parsed.error()));
  return *std::move(parsed);
}

/// The service of a webhook entry is an istiod's: named istiod, istiod-<revision> or istiod-<revision>-<tag>.
bool callsIstiod(const Value& webhook, const std::string& istioNamespace) {
  const auto& service = webhook["clientConfig"]["service"];
  const auto name = service["name"].text();
  return service["namespace"].text() == istioNamespace && (name == "istiod" || name.starts_with("istiod-"));
}

}  // namespace

bool wantsInjection(const Value& nameSpace) {
  const auto& labels = nameSpace["metadata"]["labels"];
  return labels["istio-injection"].text() == "enabled" || !labels["istio.io/rev"].text().empty() ||
         labels["istio.io/dataplane-mode"].text() == "ambient";
}

std::vector<trust::Distribution> configMapsOf(const std::set<std::string>& meshed,
                                              const json::Array& configMaps) {
  std::map<std::string_view, const Value*> byNamespace;
  for (const auto& configMap : configMaps)
    byNamespace[configMap["metadata"]["namespace"].text()] = &configMap;
  std::vector<trust::Distribution> result;
  for (const auto& ns : meshed) {
    trust::Distribution entry{trust::Distribution::Kind::configMap, ns};
    const auto found = byNamespace.find(ns);
    if (found == byNamespace.end()) {
      entry.roots = unreadableRoots("missing");
    } else {
      // The whole bundle, byte for byte (istio: namespacecontroller.go:166-175).
      entry.roots = rootsIn((*found->second)["data"]["root-cert.pem"].text(), "root-cert.pem");
      entry.lastWritten = dataWrittenAt((*found->second)["metadata"]);
    }
    result.push_back(std::move(entry));
  }
  return result;
}

std::vector<trust::Distribution> webhooksOf(trust::Distribution::Kind kind, const json::Array& configurations,
                                            const std::string& istioNamespace) {
  std::vector<trust::Distribution> result;
  for (const auto& configuration : configurations) {
    std::optional<std::string_view> bundle;
    bool differ = false;
    for (const auto& webhook : configuration["webhooks"].items()) {
      if (!callsIstiod(webhook, istioNamespace)) continue;
      const auto own = webhook["clientConfig"]["caBundle"].text();
      differ = differ || (bundle && *bundle != own);
      bundle = own;
    }
    if (!bundle) continue;
    trust::Distribution entry{kind, std::string(configuration["metadata"]["name"].text())};
    const auto pem = base::base64Decode(*bundle);
    if (differ) {
      entry.roots = unreadableRoots("its webhooks have different caBundles");
    } else {
      entry.roots = pem ? rootsIn(*pem, "caBundle") : unreadableRoots("its caBundle is not base64");
    }
    result.push_back(std::move(entry));
  }
  return result;
}

}  // namespace mesh
