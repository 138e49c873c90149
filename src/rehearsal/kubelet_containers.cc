// What a kubelet does with the containers of its pods.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <vector>

#include "rehearsal/kubelet_worker.h"
#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;
using Container = PodState::Container;

// kubernetes: pkg/kubelet/kubelet.go initialCrashLoopBackOff, maxCrashLoopBackOff; the first restart comes at
// once, and ten minutes without a crash are a new beginning.
constexpr base::Seconds firstBackOff{10}, longestBackOff{300};
constexpr base::Millis steadyAfter{600'000}, atOnce{1'000};

constexpr base::Millis probePeriod{1'000};  // of what is not ready yet
constexpr int readyPeriods = 10;            // what is ready may fail a few times

base::Millis preStopOf(const Value& container) {
  return base::Seconds(container["lifecycle"]["preStop"]["sleep"]["seconds"].integer().value_or(0));
}

/// How long what a pod was made for takes, where it is to end: a command. Of what only an image says nobody
/// knows that it ends, and a proxy beside it that is no native sidecar never does.
std::optional<base::Millis> runTimeOf(const Value& pod) {
  const auto& spec = pod["spec"];
  const auto& containers = spec["containers"].items();
  if (spec["restartPolicy"].text() == "Always" || spec["restartPolicy"].text().empty() ||
      containers.size() != 1)
    return std::nullopt;
  std::vector<std::string> words;
  for (const char* list : {"command", "args"})
    for (const auto& word : containers.front()[list].items()) words.emplace_back(word.text());
  if (words.empty()) return std::nullopt;
  if (words.size() != 2 || words.front() != "sleep") return base::Millis(2'000);
  const auto asked = base::parseDuration(
      std::isdigit(static_cast<unsigned char>(words[1].back())) != 0 ? words[1] + "s" : words[1]);
  return asked ? std::optional(*asked) : std::nullopt;  // "sleep infinity"
}

}  // namespace

void Kubelet::start(Worker& worker) {
  const auto pod = store_.get(worker.key);
  if (!pod || worker.ending) return;
  auto& state = worker.state;
  if (state.restarts == 0) state.containersAt = simulation_.now();
  state.container = Container::running;
  state.runsSince = simulation_.now();
  state.ready = false;
  worker.startedAt = simulation_.elapsed();
  auto program = programs_.start(*pod, worker.files);
  if (!program) return crashed(worker, 1, base::describe(program.error()));
  worker.program = std::move(*program);
  state.ready = !worker.program || worker.program->ready();
  report(worker);
  if (!state.ready) unready_.insert(worker.key);
  if (const auto time = runTimeOf(*pod)) later(worker, *time, &Kubelet::finish);
}

/// The command has ended well, and with it what was only there for it.
void Kubelet::finish(Worker& worker) {
  if (worker.ending || !worker.runs()) return;
  auto& state = worker.state;
  worker.program.reset();
  unready_.erase(worker.key);
  state.ready = false;
  state.container = Container::ended;
  state.last = PodState::Ended{state.runsSince, simulation_.now(), 0, ""};
  report(worker);
}

void Kubelet::crash(const std::string& ns, const std::string& pod, int exitCode) {
  const auto found = workers_.find(podKey(ns, pod));
  if (found != workers_.end() && found->second->runs() && !found->second->ending)
    crashed(*found->second, exitCode, "");
}

void Kubelet::crashed(Worker& worker, int exitCode, const std::string& message) {
  auto& state = worker.state;
  worker.program.reset();
  unready_.erase(worker.key);
  state.ready = false;
  state.last = PodState::Ended{state.runsSince, simulation_.now(), exitCode, message};
  const auto pod = store_.get(worker.key);
  const auto policy = pod ? (*pod)["spec"]["restartPolicy"].text() : "";
  if (policy == "Never" || (policy == "OnFailure" && exitCode == 0)) {
    state.container = Container::ended;
    return report(worker);
  }
  if (simulation_.elapsed() - worker.startedAt >= steadyAfter) state.backOff = base::Seconds(0);
  const bool waits = state.backOff.count() > 0;
  state.container = waits ? Container::backOff : Container::crashed;
  report(worker);
  later(worker, waits ? base::Millis(state.backOff) : atOnce, &Kubelet::restart);
  state.backOff = waits ? std::min(state.backOff * 2, longestBackOff) : firstBackOff;
}

void Kubelet::restart(Worker& worker) {
  if (worker.ending) return;
  ++worker.state.restarts;
  refreshWithSync(worker);
  start(worker);
}

void Kubelet::probe(Worker& worker) {
  if (!worker.program || !worker.runs() || worker.ending) return;
  const bool ready = worker.program->ready();
  if (ready == worker.state.ready) return;
  worker.state.ready = ready;
  if (ready) {
    unready_.erase(worker.key);
  } else {
    unready_.insert(worker.key);
  }
  report(worker);
  refreshWithSync(worker);
}

void Kubelet::probeAll() {
  if (++ticks_ % readyPeriods == 0) {
    for (const auto& [key, worker] : workers_) probe(*worker);
  } else {
    const auto unready = unready_;
    for (const auto& key : unready) {
      if (const auto found = workers_.find(key); found != workers_.end()) probe(*found->second);
    }
  }
  simulation_.after(probePeriod, [this] { probeAll(); });
}

void Kubelet::terminate(Worker& worker) {
  const auto pod = store_.get(worker.key);
  if (!pod) return;
  const base::Millis grace =
      base::Seconds((*pod)["metadata"]["deletionGracePeriodSeconds"].integer().value_or(30));
  if (worker.ending) {  // someone is in more of a hurry than before
    later(worker,
          std::max(std::min(worker.endsAt, simulation_.elapsed() + grace) - simulation_.elapsed(),
                   base::Millis(0)),
          &Kubelet::end);
    return;
  }
  worker.ending = true;
  unready_.erase(worker.key);
  if (worker.program) worker.program->terminating();
  // All containers at once, native sidecars after them (kubernetes: pkg/kubelet/kuberuntime).
  base::Millis longest{0}, sidecars{0};
  const auto stopping = [&](const Value& container) {
    const bool proxy = container["name"].text() == "istio-proxy";
    return preStopOf(container) + simulation_.between(pace_.stopLeast, pace_.stopMost) +
           (proxy ? pace_.drain : base::Millis(0));
  };
  if (worker.runs()) {
    for (const auto& container : (*pod)["spec"]["containers"].items())
      longest = std::max(longest, stopping(container));
    for (const auto& container : (*pod)["spec"]["initContainers"].items()) {
      if (container["restartPolicy"].text() == "Always") sidecars = std::max(sidecars, stopping(container));
    }
  }
  const auto takes = std::min(longest + sidecars, grace);
  worker.endsAt = simulation_.elapsed() + takes;
  later(worker, takes, &Kubelet::end);
}

void Kubelet::end(Worker& worker) {
  if (faultsOf(worker).hangsInTermination) {
    later(worker, base::Millis(5'000), &Kubelet::end);
    return;
  }
  static_cast<void>(store_.remove(worker.key, {.uid = worker.uid}));
}

void Kubelet::report(Worker& worker) {
  const auto pod = store_.get(worker.key);
  if (!pod || uidOf(*pod) != worker.uid) return;
  auto status = podStatus(*pod, worker.state, simulation_.now());
  static_cast<void>(
      store_.update(worker.key, Value::object({{"status", std::move(status)}}), "kubelet", true));
}

}  // namespace rehearsal
