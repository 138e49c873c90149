#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "rehearsal/pod_status.h"
#include "rehearsal/program.h"
#include "rehearsal/simulation.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// What goes wrong with one pod, to be set at any time.
struct PodFaults {
  enum class Answer {
    asUsual,
    refuses,      // nothing listens: "connection refused"
    hangs,        // takes a connection and never says a word
    unreachable,  // the node does not answer the API server
  };
  static constexpr base::Millis never = base::Millis::max();

  /// Its volumes are refreshed so long after a change, whatever else happens to the pod.
  std::optional<base::Millis> refreshAfter{};
  /// Asked to end, it does not.
  bool hangsInTermination = false;
  Answer answer = Answer::asUsual;
};

/// How long things take. A kubelet syncs a pod, and with it refreshes its volumes, every `sync` and up to
/// half as much again, each pod at times of its own (kubernetes: pkg/kubelet/pod_workers.go
/// workerResyncIntervalJitterFactor 0.5; --sync-frequency 1m), and at once when the pod itself changes. What
/// is in Secrets and ConfigMaps it knows from a watch, without a delay worth counting.
struct KubeletPace {
  base::Millis sync{60'000};
  base::Millis startLeast{400}, startMost{2'000};  // from a pod's creation to its running containers
  base::Millis stopLeast{300}, stopMost{2'000};    // of a container, after its preStop hook
  base::Millis drain{5'000};                       // of a proxy (istio: terminationDrainDuration)
};

/// The kubelets of all nodes: they start what runs in the pods of the store, give it its volumes, probe it
/// and end it, and report the pods' status. Made before the store is filled; lives as long as the simulation
/// is advanced. All under the simulation's mutex, as connect() and execute() are.
class Kubelet final : public Pods {
 public:
  /// All borrowed.
  Kubelet(Simulation& simulation, Store& store, Programs& programs);
  ~Kubelet() override;
  Kubelet(const Kubelet&) = delete;
  Kubelet& operator=(const Kubelet&) = delete;

  /// Errors: notFound (no such pod), usage (no such port or container in it: HTTP 400), unavailable (the node
  /// cannot be reached: 500), failed (told over the stream).
  base::Result<std::unique_ptr<PortEnd>> connect(const std::string& ns, const std::string& pod,
                                                 int port) override;
  base::Result<ExecResult> execute(const std::string& ns, const std::string& pod,
                                   const std::string& container,
                                   const std::vector<std::string>& command) override;

  [[nodiscard]] std::vector<std::string> log(const std::string& ns, const std::string& pod,
                                             const std::string& container) const override;

  KubeletPace& pace() { return pace_; }
  /// Of this pod, as long as it lives and after (names of new pods are not known before).
  PodFaults& faults(const std::string& ns, const std::string& pod) { return faults_[{ns, pod}]; }
  /// The interesting container of the pod ends now, with that exit code, and is started again.
  void crash(const std::string& ns, const std::string& pod, int exitCode = 1);
  /// The program that runs in the pod; null if none does now. Borrowed, and gone with the next event.
  [[nodiscard]] Program* programIn(const std::string& ns, const std::string& pod) const;

 private:
  struct Worker;

  void see(const Change& change);
  void seePod(const Change& change);
  void adopt(const Key& key, const json::Value& pod);
  void retire(const Change& change);
  /// An event of the pod, if it is still there then.
  void later(Worker& worker, base::Millis delay, void (Kubelet::*event)(Worker&));

  // kubelet_containers.cc
  void start(Worker& worker);
  void restart(Worker& worker);
  void crashed(Worker& worker, int exitCode, const std::string& message);
  void probeAll();
  void probe(Worker& worker);
  void finish(Worker& worker);
  void terminate(Worker& worker);
  void end(Worker& worker);
  void report(Worker& worker);
  // kubelet_volumes.cc
  void mount(Worker& worker);
  void planRefresh(Worker& worker);
  void refreshAsPlanned(Worker& worker);
  void refreshWithSync(Worker& worker);
  void refresh(Worker& worker);
  base::Millis untilSync(Worker& worker);
  base::Status readVolumes(Worker& worker, const json::Value& pod);
  void forgetVolumes(const Worker& worker, const json::Value& pod);
  // kubelet_streams.cc
  [[nodiscard]] base::Result<Worker*> reach(const std::string& ns, const std::string& pod) const;

  [[nodiscard]] const PodFaults& faultsOf(const Worker& worker) const;
  [[nodiscard]] std::string addressOf(const std::string& node) const;

  Simulation& simulation_;
  Store& store_;
  Programs& programs_;
  KubeletPace pace_;
  std::map<Key, std::unique_ptr<Worker>> workers_;
  std::map<Key, std::set<Key>> mounts_;  // source: the pods
  /// Immutable objects are not watched again: the first version stays as long as a pod of the node uses it
  /// (kubernetes: pkg/kubelet/util/manager/watch_based_manager.go).
  struct Frozen {
    Object object;
    std::set<Key> users;
  };
  std::map<std::pair<std::string, Key>, Frozen> frozen_;  // by node
  std::map<std::pair<std::string, std::string>, PodFaults> faults_;
  std::set<Key> unready_;
  int ticks_ = 0;
  int addresses_ = 1;
};

}  // namespace rehearsal
