// What an istiod does when /etc/cacerts changes (pilot/pkg/bootstrap/istio_ca.go:331-441).

#include "rehearsal/istiod.h"

namespace rehearsal {

namespace {

constexpr base::Millis debounce{100};  // istio_ca.go:432-441

}  // namespace

void Istiod::refreshed(const Files& files) {
  auto directory = CaDirectory::in(files);
  if (directory == volume_) return;
  volume_ = std::move(directory);
  if (plugged_) reloadSoon();  // one that signs with a CA of its own does not watch (istio_ca.go:541-563)
}

void Istiod::reloadSoon() {
  const auto& delays = mesh_.knobs.reloadDelays;
  const auto slow = delays.find(ns_ + "/" + pod_);
  timers_.after(slow == delays.end() ? debounce : slow->second, [this, number = ++reloads_] {
    if (number == reloads_) reload();
  });
}

void Istiod::reload() {
  if (mesh_.knobs.stubbornIstiods.contain(ns_, pod_)) return;
  if (!volume_.hasRoots) return say("error failed reading root-cert.pem: no such file or directory");
  if (volume_.roots != *ca_->roots) {
    if (!multiRoot_) return say("warn Multi root is disabled, updating new ROOT-CA not supported");
    if (!relatedBundles(*ca_->roots, volume_.roots, minor_))
      return say(
          "info Updating new ROOT-CA not supported: it neither contains the one before nor is part of it");
  }
  if (const auto accepted = accept(volume_); !accepted)
    say("error Failed to update new Plug-in CA certs: " + base::describe(accepted.error()));
}

/// Once the bundle is loaded its roots go to the agents, istiod's own certificate is made anew, and what
/// other clients verify it with is written (certcontroller.go:205-227).
base::Status Istiod::accept(const CaDirectory& directory) {
  TRY_ASSIGN(auto loaded, loadCa(directory, mesh_.simulation.now()));
  ca_ = std::move(loaded);
  say("info Istiod has detected the newly added intermediate CA and updated its key and certs accordingly");
  pushSoon();
  TRY(serve());
  reconcileSoon();
  return {};
}

}  // namespace rehearsal
