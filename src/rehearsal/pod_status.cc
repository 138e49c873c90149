#include "rehearsal/pod_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;
using Container = PodState::Container;

bool isSidecar(const Value& initContainer) {
  return initContainer["restartPolicy"].text() == "Always";
}

std::string_view qosClass(const Value& pod) {
  const auto& containers = pod["spec"]["containers"].items();
  const bool any = std::any_of(containers.begin(), containers.end(), [](const Value& container) {
    const auto& resources = container["resources"];
    return !resources["requests"].members().empty() || !resources["limits"].members().empty();
  });
  return any ? "Burstable" : "BestEffort";
}

Value state(std::string_view kind, Value content) {
  return Value::object({{std::string(kind), std::move(content)}});
}

Value waiting(std::string_view reason, std::string message = {}) {
  auto content = Value::object({{"reason", reason}});
  if (!message.empty()) content.set("message", std::move(message));
  return state("waiting", std::move(content));
}

Value terminated(const PodState::Ended& ended) {
  auto content = Value::object({{"exitCode", ended.exitCode},
                                {"reason", ended.exitCode == 0 ? "Completed" : "Error"},
                                {"startedAt", base::formatTime(ended.started)},
                                {"finishedAt", base::formatTime(ended.finished)}});
  if (!ended.message.empty()) content.set("message", ended.message);
  return state("terminated", std::move(content));
}

Value running(base::Time since) {
  return state("running", Value::object({{"startedAt", base::formatTime(since)}}));
}

/// What is common to all: `restarts` makes another container ID.
Value containerStatus(const Value& pod, const Value& container, std::int64_t restarts) {
  const auto image = container["image"].text();
  const auto name = container["name"].text();
  auto status = Value::object({{"name", name},
                               {"state", Value::object()},
                               {"lastState", Value::object()},
                               {"ready", false},
                               {"restartCount", restarts},
                               {"image", image},
                               {"imageID", ""},
                               {"started", false}});
  if (!pod["status"]["startTime"].isNull() || restarts >= 0) {
    status.set("imageID", fmt::format("{}@sha256:{}", image, base::sha256Hex(image)));
    status.set("containerID",
               "containerd://" + base::sha256Hex(fmt::format("{}/{}/{}", uidOf(pod), name, restarts)));
  }
  return status;
}

void setRuns(Value& status, base::Time since, bool ready) {
  status.set("state", running(since));
  status.set("ready", ready);
  status.set("started", true);
}

/// That of the container with the story.
Value told(const Value& pod, const Value& container, const PodState& kept) {
  auto status = containerStatus(pod, container, kept.restarts);
  if (kept.last && kept.container != Container::crashed && kept.container != Container::ended)
    status.set("lastState", terminated(*kept.last));
  switch (kept.container) {
    case Container::creating:
      status.set("state", waiting("ContainerCreating"));
      break;
    case Container::running:
      setRuns(status, kept.runsSince, kept.ready);
      break;
    case Container::crashed:
    case Container::ended:
      status.set("state", terminated(kept.last.value_or(PodState::Ended{})));
      break;
    case Container::backOff:
      status.set("state", waiting("CrashLoopBackOff",
                                  fmt::format("back-off {} restarting failed container={} pod={}_{}({})",
                                              base::formatDuration(kept.backOff), kept.name,
                                              pod["metadata"]["name"].text(),
                                              pod["metadata"]["namespace"].text(), uidOf(pod))));
      break;
  }
  return status;
}

Value condition(const Value& pod, std::string_view type, bool holds, const std::string& now,
                std::string_view reason = {}, std::string message = {}) {
  const auto& before = conditionOf(pod, type);
  const auto* status = holds ? "True" : "False";
  auto made = Value::object({{"type", type}, {"status", status}, {"lastProbeTime", nullptr}});
  made.set("lastTransitionTime", before["status"].text() == status && before["lastTransitionTime"].isString()
                                     ? before["lastTransitionTime"]
                                     : Value(now));
  if (!holds && !reason.empty()) made.set("reason", reason);
  if (!holds && !message.empty()) made.set("message", std::move(message));
  return made;
}

bool isIn(const Value& containers, std::string_view name) {
  const auto& items = containers.items();
  return std::any_of(items.begin(), items.end(),
                     [&](const Value& container) { return container["name"].text() == name; });
}

}  // namespace

std::string programContainer(const Value& pod) {
  const auto& spec = pod["spec"];
  for (const auto* name : {"istio-proxy", "discovery"}) {
    if (isIn(spec["containers"], name) || isIn(spec["initContainers"], name)) return name;
  }
  const auto& containers = spec["containers"].items();
  return containers.empty() ? std::string() : std::string(containers.front()["name"].text());
}

Value pendingStatus(const Value& pod) {
  auto status = Value::object({{"phase", "Pending"}});
  auto scheduled = Value::object({{"type", "PodScheduled"}, {"status", "True"}});
  if (pod["spec"]["nodeName"].text().empty()) {
    scheduled.set("status", "False");
    scheduled.set("reason", "Unschedulable");
  }
  status.set("conditions", Value::array({std::move(scheduled)}));
  status.set("qosClass", qosClass(pod));
  return status;
}

Value podStatus(const Value& pod, const PodState& kept, base::Time now) {
  const auto& spec = pod["spec"];
  const auto time = base::formatTime(now);
  const bool begun = kept.container != Container::creating;
  std::vector<std::string> unready;
  auto initial = Value::array(), others = Value::array();
  bool sidecarRuns = true;
  for (const auto& container : spec["initContainers"].items()) {
    const bool interesting = container["name"].text() == kept.name;
    auto status = interesting ? told(pod, container, kept) : containerStatus(pod, container, 0);
    if (!begun) {
      status.set("state", waiting("PodInitializing"));
    } else if (!isSidecar(container)) {
      status.set("state", terminated({kept.started, kept.containersAt, 0, ""}));
      status.set("ready", true);
    } else if (!interesting) {
      setRuns(status, kept.containersAt, true);
    }
    if (interesting) sidecarRuns = kept.container == Container::running || kept.restarts > 0;
    if (isSidecar(container) && !status["ready"].boolean().value_or(false))
      unready.emplace_back(container["name"].text());
    initial.push(std::move(status));
  }
  for (const auto& container : spec["containers"].items()) {
    const bool interesting = container["name"].text() == kept.name;
    auto status = interesting ? told(pod, container, kept) : containerStatus(pod, container, 0);
    if (!begun || !sidecarRuns) {
      status.set("state",
                 waiting(spec["initContainers"].items().empty() ? "ContainerCreating" : "PodInitializing"));
    } else if (!interesting && kept.container == Container::ended) {
      status.set("state", terminated({kept.containersAt, now, 0, ""}));
    } else if (!interesting) {
      setRuns(status, kept.containersAt, true);
    }
    if (!status["ready"].boolean().value_or(false)) unready.emplace_back(container["name"].text());
    others.push(std::move(status));
  }
  const bool ended = kept.container == Container::ended;
  const bool ready = unready.empty() && !ended;
  const auto message = fmt::format("containers with unready status: [{}]", fmt::join(unready, " "));
  auto status = Value::object(
      {{"phase", ended ? (kept.last && kept.last->exitCode != 0 ? "Failed" : "Succeeded")
                       : (begun && sidecarRuns ? "Running" : "Pending")},
       {"conditions",
        Value::array({condition(pod, "PodReadyToStartContainers", begun, time),
                      condition(pod, "Initialized", begun && sidecarRuns, time, "ContainersNotInitialized"),
                      condition(pod, "Ready", ready, time, "ContainersNotReady", message),
                      condition(pod, "ContainersReady", ready, time, "ContainersNotReady", message),
                      condition(pod, "PodScheduled", true, time)})},
       {"hostIP", kept.hostIp},
       {"startTime", base::formatTime(kept.started)},
       {"qosClass", qosClass(pod)}});
  if (begun) {
    status.set("podIP", kept.podIp);
    status.set("podIPs", Value::array({Value::object({{"ip", kept.podIp}})}));
  }
  if (!initial.items().empty()) status.set("initContainerStatuses", std::move(initial));
  status.set("containerStatuses", std::move(others));
  return status;
}

}  // namespace rehearsal
