// The objects by which others know an istiod: config maps and webhooks.

#include <algorithm>
#include <array>

#include "base/text.h"
#include "rehearsal/istiod.h"

namespace rehearsal {

namespace {

constexpr std::string_view writer = "pilot-discovery";
/// pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go:76-102; inject/initializer.go:38.
constexpr std::array<std::string_view, 3> leftOut{"kube-public", "kube-node-lease", "local-path-storage"};

}  // namespace

/// Two replicas with different bundles write in turn until they agree: that has to take its time.
void Istiod::reconcileSoon() {
  if (reconciling_ || !ready_) return;
  reconciling_ = true;
  timers_.within(base::Millis(100), base::Millis(2000), [this] {
    reconciling_ = false;
    if (!draining_) reconcile();
  });
}

void Istiod::reconcile() {
  if (mesh_.leads(*this)) writeConfigMaps();
  writeWebhooks("mutatingwebhookconfigurations");
  writeWebhooks("validatingwebhookconfigurations");
}

/// The whole bundle, byte for byte, in every namespace (namespacecontroller.go:166-175).
void Istiod::writeConfigMaps() {
  std::vector<std::string> namespaces;
  for (const auto* each : mesh_.store.list("", "namespaces", "")) {
    const std::string name((*each)["metadata"]["name"].text());
    if ((*each)["metadata"].has("deletionTimestamp")) continue;
    if (std::find(leftOut.begin(), leftOut.end(), name) == leftOut.end()) namespaces.push_back(name);
  }
  for (const auto& ns : namespaces) {
    const Key key{"", "configmaps", ns, "istio-ca-root-cert"};
    const auto* present = mesh_.store.find(key);
    if (present != nullptr && (*present)["data"]["root-cert.pem"].text() == *ca_->roots) continue;
    auto wanted = present != nullptr
                      ? *present
                      : json::Value::object(
                            {{"apiVersion", "v1"},
                             {"kind", "ConfigMap"},
                             {"metadata", json::Value::object({{"name", key.name}, {"namespace", ns}})}});
    wanted.at("metadata").at("labels").set("istio.io/config", "true");
    wanted.at("data").set("root-cert.pem", *ca_->roots);
    // What fails (another one was quicker) is looked at again when that is seen.
    const auto written = present != nullptr ? mesh_.store.update(key, std::move(wanted), writer)
                                            : mesh_.store.create(key, std::move(wanted), writer);
    if (!written) say("error " + base::describe(written.error()));
  }
}

/// pkg/webhooks/webhookpatch.go:128-158; pkg/webhooks/validation/controller/controller.go:129-131,255-293:
/// those of its revision that call istiod's service, each by every replica.
void Istiod::writeWebhooks(const char* plural) {
  const auto bundle = base::base64Encode(*ca_->roots);
  std::vector<std::pair<Key, json::Value>> changes;
  for (const auto* each : mesh_.store.list("admissionregistration.k8s.io", plural, "")) {
    const auto& metadata = (*each)["metadata"];
    const auto revision = metadata["labels"]["istio.io/rev"].text();
    if (revision != revision_ && !(revision.empty() && revision_ == "default")) continue;
    auto changed = *each;
    bool differs = false;
    auto webhooks = changed["webhooks"].items();
    for (auto& webhook : webhooks) {
      const auto& service = webhook["clientConfig"]["service"];
      if (service["namespace"].text() != ns_ || service["name"].text() != serviceName()) continue;
      if (webhook["clientConfig"]["caBundle"].text() == bundle) continue;
      webhook.at("clientConfig").set("caBundle", bundle);
      differs = true;
    }
    if (!differs) continue;
    changed.set("webhooks", std::move(webhooks));
    changes.emplace_back(
        Key{"admissionregistration.k8s.io", plural, "", std::string(metadata["name"].text())},
        std::move(changed));
  }
  for (auto& [key, object] : changes) {
    if (const auto written = mesh_.store.update(key, std::move(object), writer); !written)
      say("error " + base::describe(written.error()));
  }
}

}  // namespace rehearsal
