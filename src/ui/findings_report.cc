#include "ui/findings_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "doctor/diagnose.h"
#include "ui/output.h"
#include "ui/text.h"

namespace ui {

namespace {

using doctor::Finding;
using doctor::Severity;
using json::Value;

/// So many are shown; of errors, which all have to be dealt with, more.
constexpr std::size_t shownSightings = 10, shownOfErrors = 50;
constexpr std::size_t textWidth = 100;  // where there is no terminal

Colour colourOf(Severity severity) {
  if (severity == Severity::error) return Colour::red;
  return severity == Severity::warning ? Colour::yellow : Colour::cyan;
}

std::string sightingText(const doctor::Sighting& sighting) {
  if (sighting.subject.empty()) return oneLine(sighting.what);
  return oneLine(sighting.subject) + ": " + oneLine(sighting.what);
}

/// "  why  text", wrapped under the text.
std::string labelled(std::string_view label, std::string_view text, const Style& style, std::size_t width) {
  constexpr std::size_t column = 11;
  const auto wrapped = wrap(std::string(text), width, column);
  return fmt::format("    {}{:<{}}", style.paint(Colour::dim, label), "", column - 4 - label.size()) +
         wrapped.substr(column);
}

std::string findingText(const Finding& finding, const Style& style, std::size_t width) {
  const auto& hazard = *finding.hazard;
  std::string text =
      fmt::format("  {} {}  {}\n",
                  style.paint(colourOf(hazard.severity), fmt::format("{:<8}", doctor::name(hazard.severity))),
                  hazard.code, style.paint(Colour::bold, hazard.title));
  const auto shown = hazard.severity == Severity::error ? shownOfErrors : shownSightings;
  for (std::size_t i = 0; i < finding.seen.size(); ++i) {
    if (i == shown) {
      text += labelled("", fmt::format("and {} more", finding.seen.size() - i), style, width);
      break;
    }
    text += labelled(i == 0 ? "seen" : "", sightingText(finding.seen[i]), style, width);
  }
  return text + labelled("why", hazard.why, style, width) + labelled("do", hazard.remedy, style, width);
}

std::string summaryText(const std::vector<Finding>& findings, const Style& style) {
  const auto counts = doctor::count(findings);
  const auto part = [&](Severity severity, std::string_view one, std::string_view many) {
    const auto n = counts[std::size_t(severity)];
    const auto text = base::plural(n, one, many);
    return n == 0 ? text : style.paint(colourOf(severity), text);
  };
  return fmt::format("{}, {}, {}: {}\n", part(Severity::error, "error", "errors"),
                     part(Severity::warning, "warning", "warnings"), part(Severity::info, "info", "infos"),
                     counts[std::size_t(Severity::error)] > 0
                         ? "do not begin before the errors are dealt with"
                         : "nothing here keeps rotate from beginning");
}

}  // namespace

Value findingsJson(const FindingsReport& report) {
  const auto counts = doctor::count(report.findings);
  auto document = ui::document("Findings");
  document.set("observedAt", base::formatTime(report.mesh.takenAt));
  document.set("server", report.mesh.server);
  document.set("istioNamespace", report.mesh.installation.ns);
  document.set("istioVersion", report.mesh.installation.istioVersion);
  document.set("errors", std::int64_t(counts[std::size_t(Severity::error)]));
  document.set("warnings", std::int64_t(counts[std::size_t(Severity::warning)]));
  document.set("infos", std::int64_t(counts[std::size_t(Severity::info)]));
  auto findings = Value::array();
  for (const auto& finding : report.findings) {
    auto seen = Value::array();
    for (const auto& sighting : finding.seen)
      seen.push(Value::object({{"subject", sighting.subject}, {"what", sighting.what}}));
    const auto& hazard = *finding.hazard;
    findings.push(Value::object({{"code", hazard.code},
                                 {"severity", doctor::name(hazard.severity)},
                                 {"group", doctor::groupOf(hazard).title},
                                 {"title", hazard.title},
                                 {"seen", std::move(seen)},
                                 {"why", hazard.why},
                                 {"remedy", hazard.remedy}}));
  }
  document.set("findings", std::move(findings));
  return document;
}

std::string findingsText(const FindingsReport& report, const Style& style, std::size_t width) {
  if (width == 0) width = textWidth;
  const auto& installation = report.mesh.installation;
  std::string text = fmt::format(
      "Cluster: {}\nIstio:   {}, {}{}\n", oneLine(report.mesh.server), installation.ns,
      installation.kind == trust::InstallationKind::sail ? "Istio resource " + installation.istioName
                                                         : "plain istiod",
      installation.istioVersion.empty() ? "" : ", version " + installation.istioVersion);
  for (const auto& group : doctor::groups()) {
    bool first = true;
    for (const auto& finding : report.findings) {
      if (&doctor::groupOf(*finding.hazard) != &group) continue;
      text += first ? fmt::format("\n{}\n", style.paint(Colour::bold, group.title)) : "\n";
      text += findingText(finding, style, width);
      first = false;
    }
  }
  return text + "\n" + summaryText(report.findings, style);
}

Table findingsTable(const std::vector<Finding>& findings, bool wide) {
  std::vector<Column> columns{{"CODE"}, {"SEVERITY"}, {"TITLE", 20}, {"SEEN", 20}};
  if (wide) columns.insert(columns.begin() + 2, {"GROUP"});
  if (wide) columns.push_back({"DO"});
  Table table(std::move(columns));
  for (const auto& finding : findings) {
    const auto& hazard = *finding.hazard;
    for (std::size_t i = 0; i < (wide ? finding.seen.size() : 1); ++i) {
      auto seen = sightingText(finding.seen[i]);
      if (!wide && finding.seen.size() > 1) seen += fmt::format(" and {} more", finding.seen.size() - 1);
      std::vector<Cell> row{{std::string(hazard.code)},
                            {std::string(doctor::name(hazard.severity)), colourOf(hazard.severity)},
                            {std::string(hazard.title)},
                            {seen}};
      if (wide) row.insert(row.begin() + 2, std::string(doctor::groupOf(hazard).title));
      if (wide) row.emplace_back(std::string(hazard.remedy));
      table.add(std::move(row));
    }
  }
  return table;
}

std::string findingLine(const Finding& finding, std::size_t shown) {
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < std::min(shown, finding.seen.size()); ++i)
    seen.push_back(sightingText(finding.seen[i]));
  std::string text =
      fmt::format("{} {}: {}", finding.hazard->code, finding.hazard->title, base::join(seen, "; "));
  if (finding.seen.size() > shown) text += fmt::format(" and {} more", finding.seen.size() - shown);
  return text;
}

}  // namespace ui
