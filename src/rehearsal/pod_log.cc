#include "rehearsal/pod_log.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "rehearsal/pod_channels.h"

namespace rehearsal {
namespace {

using json::Value;

const Value& containerStatusOf(const Value& pod, std::string_view container) {
  static const Value none;
  for (const char* list : {"containerStatuses", "initContainerStatuses"}) {
    for (const Value& status : pod["status"][list].items())
      if (status["name"].text() == container) return status;
  }
  return none;
}

struct LogLine {
  std::string time, text;
};

/// What a run of the container said: its state "running" or "terminated".
std::vector<LogLine> linesOf(const Value& state, std::string_view container) {
  std::vector<LogLine> lines;
  const Value& run = state["running"].isObject() ? state["running"] : state["terminated"];
  lines.push_back(
      {std::string(run["startedAt"].text()),
       fmt::format("info\trehearsed {}: of what it does only certificates are logged", container)});
  if (!state["terminated"].isObject()) return lines;
  const std::string ended(run["finishedAt"].text());
  if (!run["message"].text().empty())
    lines.push_back({ended, fmt::format("error\t{}", run["message"].text())});
  lines.push_back(
      {ended, fmt::format("info\tended with exit code {}", run["exitCode"].integer().value_or(0))});
  return lines;
}

/// "2026-11-28T00:00:00Z info Use local CA certificate".
LogLine said(const std::string& line) {
  const auto space = line.find(' ');
  if (space == std::string::npos) return {"", line};
  return {line.substr(0, space), line.substr(space + 1)};
}

/// The run that is asked for; null if there was none.
const Value& runOf(const Value& status, bool previous) {
  const Value& last = status["lastState"];
  if (previous) return last;
  return status["state"].has("waiting") ? last : status["state"];
}

}  // namespace

Granted<ApiAnswer> logOf(const ApiRequest& request, const Value& pod, const Pods& pods) {
  GRANT_ASSIGN(const std::string container, containerOf(request, pod));
  const Value& status = containerStatusOf(pod, container);
  const bool previous = request.isSet("previous");
  const Value& run = runOf(status, previous);
  if (run.members().empty()) {
    if (previous)
      return refuse(badRequest(fmt::format("previous terminated container \"{}\" in pod \"{}\" not found",
                                           container, request.name)));
    const std::string_view reason = status["state"]["waiting"]["reason"].text();
    return refuse(badRequest(fmt::format("container \"{}\" in pod \"{}\" is waiting to start: {}", container,
                                         request.name, reason.empty() ? "ContainerCreating" : reason)));
  }
  auto lines = linesOf(run, container);
  if (run.has("running")) {
    for (const auto& line : pods.log(request.ns, request.name, container)) lines.push_back(said(line));
  }
  std::size_t most = lines.size();
  const std::string_view tail = request.parameter("tailLines");
  std::from_chars(tail.data(), tail.data() + tail.size(), most);
  ApiAnswer answer;
  answer.type = "text/plain";
  for (std::size_t i = lines.size() - std::min(most, lines.size()); i < lines.size(); ++i) {
    if (request.isSet("timestamps")) answer.body += lines[i].time + " ";
    answer.body += lines[i].time + "\t" + lines[i].text + "\n";
  }
  return answer;
}

}  // namespace rehearsal
