#include "rehearsal/istio_programs.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "rehearsal/agent.h"
#include "rehearsal/injector.h"
#include "rehearsal/istiod.h"
#include "rehearsal/objects.h"
#include "rehearsal/selectors.h"

namespace rehearsal {

namespace {

using json::Value;

constexpr int nativeSidecarsSince = 27;

bool isForPods(const Value& webhook) {
  const auto& rules = webhook["rules"].items();
  return std::any_of(rules.begin(), rules.end(), [](const Value& rule) {
    const auto& resources = rule["resources"].items();
    return std::any_of(resources.begin(), resources.end(),
                       [](const Value& resource) { return resource.text() == "pods"; });
  });
}

/// A pod of whoever shows its certificates elsewhere, or none that an agent asks istiod for.
bool isOpaque(const Value& container) {
  return goTrue(envOf(container, "DISABLE_ENVOY")) || goTrue(envOf(container, "FILE_MOUNTED_CERTS")) ||
         !envOf(container, "WORKLOAD_IDENTITY_SOCKET_FILE").empty();
}

std::string proxyImageOf(const Istiod& istiod) {
  std::string image(istiod.container()["image"].text());
  if (const auto at = image.rfind("/pilot"); at != std::string::npos) image.replace(at, 6, "/proxyv2");
  return image;
}

/// What istiod's webhook injects with.
InjectionTerms termsOf(Mesh& mesh, const Istiod& istiod, const Value& pod) {
  InjectionTerms terms;
  terms.istioNamespace = istiod.ns();
  terms.revision = istiod.revision();
  terms.service = istiod.serviceName();
  terms.proxyImage = proxyImageOf(istiod);
  const auto asked = envOf(istiod.container(), "ENABLE_NATIVE_SIDECARS");
  terms.nativeSidecars =
      asked.empty() ? minorVersion(terms.proxyImage) >= nativeSidecarsSince : goTrue(asked);
  terms.settings = meshSettings(mesh.store, istiod.ns(), istiod.revision());
  const auto& metadata = pod["metadata"];
  auto name = metadata["name"].text();
  if (name.empty()) name = metadata["generateName"].text();
  const auto unset = mesh.knobs.withoutSetting.contain(metadata["namespace"].text(), std::string(name) + "x");
  if (unset) terms.settings.defaultConfig.at("proxyMetadata").erase("PROXY_CONFIG_XDS_AGENT");
  return terms;
}

/// Calls the webhook, as the API server does: any istiod behind its service, if it can be trusted.
base::Result<Value> call(Mesh& mesh, const Value& webhook, Value pod) {
  const auto& service = webhook["clientConfig"]["service"];
  const std::string name(service["name"].text()), ns(service["namespace"].text());
  const auto failed = [&](std::string why) {
    return base::fail({base::Kind::failed,
                       fmt::format("Internal error occurred: failed calling webhook \"{}\": failed to call "
                                   "webhook: Post \"https://{}.{}.svc:443/inject?timeout=10s\"",
                                   webhook["name"].text(), name, ns),
                       std::move(why)});
  };
  const bool ignored = webhook["failurePolicy"].text() == "Ignore";
  auto* istiod = mesh.anyBehind(name, ns);
  if (istiod == nullptr) {
    if (ignored) return pod;
    return failed(fmt::format("no endpoints available for service \"{}\"", name));
  }
  const auto bundle = base::base64Decode(webhook["clientConfig"]["caBundle"].text()).value_or("");
  if (auto why = istiod->whyNotTrusted(fmt::format("{}.{}.svc", name, ns), *mesh.roots.of(bundle))) {
    if (ignored) return pod;
    return failed(*std::move(why));
  }
  const auto terms = termsOf(mesh, *istiod, pod);
  return injected(std::move(pod), terms);
}

}  // namespace

IstioPrograms::IstioPrograms(Simulation& simulation, Store& store, TrafficOptions traffic)
    : mesh_(simulation, store), traffic_(mesh_, traffic) {}

base::Result<Value> IstioPrograms::admit(Value pod) {
  const auto& metadata = pod["metadata"];
  if (metadata["annotations"].has("sidecar.istio.io/status")) return pod;  // has one already
  const auto* ns = mesh_.store.find({"", "namespaces", "", std::string(metadata["namespace"].text())});
  static const Value none;
  const auto& labels = ns == nullptr ? none : (*ns)["metadata"]["labels"];
  const auto configurations =
      mesh_.store.list("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "");
  for (const auto* configuration : configurations) {
    for (const auto& webhook : (*configuration)["webhooks"].items()) {
      if (!isForPods(webhook) || !selectorMatches(webhook["namespaceSelector"], labels) ||
          !selectorMatches(webhook["objectSelector"], metadata["labels"])) {
        continue;
      }
      return call(mesh_, webhook, std::move(pod));
    }
  }
  return pod;
}

base::Result<std::unique_ptr<Program>> IstioPrograms::start(const Value& pod, const Files& files) {
  if (pod["metadata"]["labels"]["app"].text() == "istiod" && !containerOf(pod, "discovery").isNull())
    return Istiod::start(mesh_, pod, files);
  const auto& container = containerOf(pod, "istio-proxy");
  if (container.isNull() || isOpaque(container)) return nullptr;
  return std::make_unique<Agent>(mesh_, pod, files);
}

}  // namespace rehearsal
