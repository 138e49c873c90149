#include "cli/rehearsal_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "ui/answers.h"
#include "ui/certificates.h"
#include "ui/output.h"
#include "ui/table.h"
#include "ui/text.h"

namespace cli {

namespace {

using json::Value;

constexpr std::size_t shownFailures = 5, shownWorkloads = 12;

std::string duration(base::Millis time) {
  return base::formatDuration(std::chrono::round<base::Seconds>(time));
}

/// Grouped by thousands: "12,345".
std::string grouped(std::int64_t number) {
  auto digits = std::to_string(number);
  for (auto at = std::ptrdiff_t(digits.size()) - 3; at > 0; at -= 3) digits.insert(std::size_t(at), ",");
  return digits;
}

std::string shapeText(const rehearsal::Shape& shape) {
  int istiods = 0;
  for (const auto& each : shape.istiods) istiods += each.replicas;
  return fmt::format("{} of {} in {}, {}, {}",
                     base::plural(std::size_t(rehearsal::proxiesOf(shape)), "proxy", "proxies"),
                     base::plural(shape.workloads.size(), "workload", "workloads"),
                     base::plural(shape.namespaces.size(), "namespace", "namespaces"),
                     base::plural(std::size_t(istiods), "istiod", "istiods"),
                     shape.sail ? "an Istio resource" : "no Istio resource");
}

std::string stagesText(const RehearsalReport& report, const ui::Style& style, std::size_t width) {
  if (report.stages.empty()) return "";
  ui::Table table({{"stage"}, {"expected to take"}});
  for (const auto& stage : report.stages) table.add({stage.stage, duration(stage.took)});
  return table.render(style, width) + "\n";
}

std::string trafficText(const RehearsalReport& report, const ui::Style& style) {
  const auto& traffic = report.traffic;
  auto text = style.paint(
      traffic.failed == 0 ? ui::Colour::green : ui::Colour::red,
      fmt::format("handshakes: {} tried, {} failed\n", grouped(traffic.tried), grouped(traffic.failed)));
  for (const auto& [why, count] : traffic.reasons)
    text += fmt::format("  {} times: {}\n", grouped(count), why);
  std::size_t shown = 0;
  for (const auto& each : traffic.first) {
    if (shown++ == 0) text += "the first that failed:\n";
    if (shown > shownFailures) break;
    text +=
        fmt::format("  {} {} -> {}: {}\n", base::formatTime(each.when), each.client, each.server, each.why);
  }
  return text;
}

std::string restartsText(const RehearsalReport& report) {
  if (report.restarted.empty()) return "workloads that have to be restarted: none\n";
  auto text = fmt::format("workloads that have to be restarted: {}\n", report.restarted.size());
  std::size_t shown = 0;
  for (const auto& workload : report.restarted) {
    if (++shown > shownWorkloads) {
      text += fmt::format("  and {} more (-o json shows all)\n", report.restarted.size() - shownWorkloads);
      break;
    }
    text += "  " + workload + "\n";
  }
  return text;
}

std::string loadText(const RehearsalReport& report, std::size_t width) {
  std::vector<std::string> kinds;
  for (const auto& [kind, count] : report.load.kinds)
    kinds.push_back(fmt::format("{} {}", grouped(count), kind));
  const auto seconds = std::max<double>(1, double(report.took.count()) / 1000);
  const auto line = fmt::format("load on the API server: {} requests in {}, {:.1f} a second ({})",
                                grouped(report.load.requests), duration(report.took),
                                double(report.load.requests) / seconds, base::join(kinds, ", "));
  return ui::hanging(line, width, 0);
}

Value shapeJson(const rehearsal::Shape& shape) {
  int istiods = 0;
  for (const auto& each : shape.istiods) istiods += each.replicas;
  return Value::object({{"namespaces", int(shape.namespaces.size())},
                        {"workloads", int(shape.workloads.size())},
                        {"proxies", rehearsal::proxiesOf(shape)},
                        {"istiods", istiods},
                        {"installation", shape.sail ? "sail" : "plain"},
                        {"pluggedIn", shape.pluggedIn},
                        {"multiRoot", shape.multiRoot}});
}

Value failuresJson(const rehearsal::TrafficReport& traffic) {
  auto first = Value::array();
  for (const auto& each : traffic.first) {
    first.push(Value::object({{"time", base::formatTime(each.when)},
                              {"client", each.client},
                              {"server", each.server},
                              {"reason", each.why}}));
  }
  return first;
}

}  // namespace

std::vector<StageTime> stageTimesOf(const std::vector<rotate::Entry>& entries) {
  std::vector<StageTime> stages;
  if (entries.empty()) return stages;
  auto since = base::parseTime(entries.front().time);
  for (const auto& entry : entries) {
    const bool arrival = entry.event == rotate::Event::arrived || entry.event == rotate::Event::ended;
    const auto time = base::parseTime(entry.time);
    if (!arrival || !time || !since || entry.stage.empty()) continue;
    if (!stages.empty() && stages.back().stage == entry.stage) continue;
    stages.push_back({entry.stage, *time - *since});
    since = time;
  }
  return stages;
}

Value rehearsalJson(const RehearsalReport& report) {
  auto document = ui::document("Rehearsal");
  document.set("shape", shapeJson(report.shape));
  document.set("notes", ui::textsJson(report.notes));
  document.set("procedure", report.byTheBook ? "by-the-book" : "rotate");
  document.set("faults", ui::textsJson(report.faults));
  document.set("exitCode", report.exitCode);
  document.set("stopped", report.stopped.empty() ? Value() : Value(base::join(report.stopped, "\n")));
  document.set("simulatedSeconds", std::int64_t(report.took.count() / 1000));
  auto stages = Value::array();
  for (const auto& stage : report.stages)
    stages.push(
        Value::object({{"stage", stage.stage}, {"seconds", std::int64_t(stage.took.count() / 1000)}}));
  document.set("stages", std::move(stages));
  auto reasons = Value::array();
  for (const auto& [why, count] : report.traffic.reasons)
    reasons.push(Value::object({{"reason", why}, {"handshakes", count}}));
  document.set("handshakes", Value::object({{"tried", report.traffic.tried},
                                            {"failed", report.traffic.failed},
                                            {"reasons", std::move(reasons)},
                                            {"firstFailures", failuresJson(report.traffic)}}));
  document.set("restarted", ui::textsJson({report.restarted.begin(), report.restarted.end()}));
  auto load = Value::object({{"requests", report.load.requests}});
  auto kinds = Value::object();
  for (const auto& [kind, count] : report.load.kinds) kinds.set(kind, count);
  load.set("kinds", std::move(kinds));
  document.set("load", std::move(load));
  return document;
}

std::string rehearsalText(const RehearsalReport& report, const ui::Style& style, std::size_t width) {
  auto text =
      fmt::format("\n{} {}, in {} of its own time\n", report.byTheBook ? "By the book on" : "Rehearsed on",
                  shapeText(report.shape), duration(report.took));
  for (const auto& note : report.notes) text += ui::hanging("note: " + note, width, 0);
  if (!report.faults.empty()) text += "faults: " + base::join(report.faults, ", ") + "\n";
  text += "\n" + stagesText(report, style, width) + trafficText(report, style);
  if (!report.byTheBook) text += restartsText(report);
  return text + loadText(report, width);
}

}  // namespace cli
