#include "rehearsal/pod_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "rehearsal/tables.h"

namespace rehearsal {
namespace {

using json::Value;

bool isSidecar(const Value& pod, std::string_view name) {
  for (const Value& container : pod["spec"]["initContainers"].items())
    if (container["name"].text() == name) return container["restartPolicy"].text() == "Always";
  return false;
}

/// Why a container is not running; empty if it is.
std::string reasonOf(const Value& state) {
  if (const Value& waiting = state["waiting"]; waiting.isObject())
    return std::string(waiting["reason"].text());
  const Value& ended = state["terminated"];
  if (!ended.isObject()) return {};
  if (!ended["reason"].text().empty()) return std::string(ended["reason"].text());
  return fmt::format("ExitCode:{}", ended["exitCode"].integer().value_or(0));
}

/// "Init:0/1", "Init:CrashLoopBackOff"; nullopt once all init containers are through.
std::optional<std::string> initReason(const Value& pod) {
  std::size_t at = 0;
  const auto& all = pod["spec"]["initContainers"].items();
  for (const Value& status : pod["status"]["initContainerStatuses"].items()) {
    const Value& state = status["state"];
    const bool through = state["terminated"]["exitCode"].integer() == 0 ||
                         (isSidecar(pod, status["name"].text()) && status["started"].boolean() == true);
    if (!through) {
      const std::string reason = reasonOf(state);
      if (!reason.empty() && reason != "PodInitializing") return "Init:" + reason;
      return fmt::format("Init:{}/{}", at, all.size());
    }
    ++at;
  }
  return std::nullopt;
}

}  // namespace

PodRow podRow(const Value& pod, base::Time now) {
  const Value& status = pod["status"];
  std::size_t total = pod["spec"]["containers"].items().size(), ready = 0;
  std::int64_t restarts = 0;
  std::optional<base::Time> lastEnd;
  const auto count = [&](const Value& each) {
    if (each["ready"].boolean() == true && each["state"].has("running")) ++ready;
    restarts += each["restartCount"].integer().value_or(0);
    if (const auto end = base::parseTime(each["lastState"]["terminated"]["finishedAt"].text()); end)
      lastEnd = std::max(lastEnd.value_or(*end), *end);
  };
  for (const Value& container : pod["spec"]["initContainers"].items())
    if (isSidecar(pod, container["name"].text())) ++total;

  std::string reason(status["reason"].text().empty() ? status["phase"].text() : status["reason"].text());
  for (const Value& each : status["initContainerStatuses"].items())
    if (isSidecar(pod, each["name"].text())) count(each);
  const auto init = initReason(pod);
  if (init) reason = *init;
  for (const Value& each : status["containerStatuses"].items()) {
    count(each);
    if (const std::string why = reasonOf(each["state"]); !init && !why.empty()) reason = why;
  }
  if (pod["metadata"].has("deletionTimestamp")) reason = "Terminating";
  if (reason.empty()) reason = "Pending";
  std::string text = std::to_string(restarts);
  if (restarts > 0 && lastEnd) text += fmt::format(" ({} ago)", humanDuration(now - *lastEnd));
  return {fmt::format("{}/{}", ready, total), reason, text};
}

}  // namespace rehearsal
