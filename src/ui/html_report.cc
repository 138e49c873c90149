#include "ui/html_report.h"

#include <fmt/format.h>

#include "ui/html.h"
#include "ui/html_matrix.h"
#include "ui/html_timeline.h"
#include "ui/stage_table.h"

namespace ui {

namespace {

constexpr std::size_t mostBlockersOnPage = 50;

std::string_view kindOf(trust::Safety safety) {
  if (safety == trust::Safety::safe) return "ok";
  return safety == trust::Safety::broken ? "bad" : "unknown";
}

std::string blockersText(const trust::Blockers& blockers) {
  if (blockers.empty()) return "";
  std::string text = "<ul>";
  for (std::size_t i = 0; i < blockers.size() && i < mostBlockersOnPage; ++i)
    text += fmt::format("<li>{}: {}</li>", escaped(blockers[i].subject), escaped(blockers[i].what));
  if (blockers.size() > mostBlockersOnPage)
    text += fmt::format("<li>and {} more</li>", blockers.size() - mostBlockersOnPage);
  return text + "</ul>";
}

std::string headText(const HtmlReport& report) {
  const auto& mesh = report.mesh;
  trust::Safety worst = trust::Safety::safe;
  for (const auto& [code, answer] : report.invariants) {
    const auto safety = trust::safetyOf(answer);
    if (safety == trust::Safety::broken ||
        (safety == trust::Safety::unproven && worst == trust::Safety::safe))
      worst = safety;
  }
  const auto words = worst == trust::Safety::safe     ? "safe now, by all five invariants"
                     : worst == trust::Safety::broken ? "not safe: an invariant is broken"
                                                      : "unproven: something could not be read";
  const auto& installation = mesh.installation;
  std::string text = "<header>\n<h1>Trust in the mesh</h1>\n";
  text += fmt::format("<p><span class=\"badge {}\">{}</span></p>\n<dl>\n", kindOf(worst), words);
  text += fmt::format("<dt>Cluster</dt><dd>{}</dd>\n", escaped(mesh.server));
  text += fmt::format(
      "<dt>Istio</dt><dd>{}{} in {}, trust domain {}</dd>\n",
      installation.kind == trust::InstallationKind::sail ? "by the Sail operator" : "plain istiod",
      installation.istioVersion.empty() ? "" : ", version " + escaped(installation.istioVersion),
      escaped(installation.ns), escaped(installation.trustDomain));
  text += fmt::format("<dt>Observed at</dt><dd><time datetime=\"{0}\">{0}</time></dd>\n",
                      base::formatTime(mesh.takenAt));
  text += report.decision
              ? fmt::format("<dt>Stage</dt><dd>{}, {}</dd>\n",
                            report.decision->nameOf(report.decision->stage), kindName(report.decision->kind))
              : fmt::format("<dt>Stage</dt><dd>unknown: {}</dd>\n", escaped(report.undecided));
  return text + "</dl>\n</header>\n";
}

std::string stagesText(const HtmlReport& report) {
  if (!report.decision) return fmt::format("<p>Unknown: {}</p>\n", escaped(report.undecided));
  const auto& decision = *report.decision;
  std::string text =
      "<table class=\"tight\">\n<thead><tr><th scope=\"col\">Stage</th><th scope=\"col\">State</th><th "
      "scope=\"col\">Missing</th></tr></thead>\n<tbody>\n";
  for (auto stage = plan::Stage::selfSigned; stage <= plan::Stage::done;
       stage = plan::Stage(int(stage) + 1)) {
    const bool due = stage == decision.towards && decision.kind != plan::Decision::Kind::done;
    const auto* missing = due ? decision.missing() : nullptr;
    text += fmt::format("<tr><th scope=\"row\">{}</th>", decision.nameOf(stage));
    text += stage <= decision.stage ? htmlCell("ok", "reached")
            : due                   ? htmlCell("unknown", kindName(decision.kind))
                                    : htmlCell("", "to come");
    text += missing ? fmt::format("<td>{} ({} of {}){}</td>", escaped(missing->predicate), missing->holds,
                                  missing->of, blockersText(decision.blockers()))
                    : "<td></td>";
    text += "</tr>\n";
  }
  return text + "</tbody></table>\n";
}

std::string historyText(const HtmlReport& report) {
  if (!report.historyUnread.empty()) return fmt::format("<p>{}</p>\n", escaped(report.historyUnread));
  if (report.history.empty()) return "<p>No rotation was begun here: there is no journal.</p>\n";
  std::string text =
      "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Time</th><th scope=\"col\">Run</th><th "
      "scope=\"col\">What</th><th scope=\"col\">Stage</th><th "
      "scope=\"col\">Story</th></tr></thead>\n<tbody>\n";
  for (const auto& line : report.history) {
    const bool well = line.what == "arrived" || line.what == "ended";
    const bool badly = line.what == "failed" || line.what == "stopped";
    text +=
        fmt::format("<tr><td class=\"mono\">{}</td><td class=\"mono\">{}</td>{}<td>{}</td><td>{}</td></tr>\n",
                    escaped(line.time), escaped(line.run),
                    htmlCell(well    ? "ok"
                             : badly ? "bad"
                                     : "",
                             line.what),
                    escaped(line.stage), escaped(line.story));
  }
  return text + "</tbody></table></div>\n";
}

std::string invariantsText(const std::vector<trust::Invariant>& invariants) {
  std::string text =
      "<table>\n<thead><tr><th scope=\"col\">Invariant</th><th scope=\"col\">State</th><th "
      "scope=\"col\">What "
      "has to hold</th></tr></thead>\n<tbody>\n";
  for (const auto& [code, answer] : invariants) {
    const auto safety = trust::safetyOf(answer);
    text += fmt::format("<tr><th scope=\"row\">{}</th>{}<td>{} ({} of {}){}</td></tr>\n", code,
                        htmlCell(kindOf(safety), trust::name(safety)), escaped(answer.predicate),
                        answer.holds, answer.of, blockersText(answer.blockers));
  }
  return text + "</tbody></table>\n";
}

std::string findingsText(const std::vector<doctor::Finding>& findings) {
  if (findings.empty()) return "<p>None.</p>\n";
  std::string text =
      "<table>\n<thead><tr><th scope=\"col\">Code</th><th scope=\"col\">Severity</th><th scope=\"col\">"
      "Finding</th></tr></thead>\n<tbody>\n";
  for (const auto& finding : findings) {
    const auto& hazard = *finding.hazard;
    const auto kind = hazard.severity == doctor::Severity::error     ? "bad"
                      : hazard.severity == doctor::Severity::warning ? "unknown"
                                                                     : "";
    trust::Blockers seen;
    for (const auto& sighting : finding.seen)
      seen.push_back(
          {trust::Blocker::Kind::no, sighting.subject.empty() ? "seen" : sighting.subject, sighting.what});
    text +=
        fmt::format("<tr><th scope=\"row\">{}</th>{}<td><strong>{}</strong>{}<p>{}</p><p>{}</p></td></tr>\n",
                    hazard.code, htmlCell(kind, doctor::name(hazard.severity)), escaped(hazard.title),
                    blockersText(seen), escaped(hazard.why), escaped(hazard.remedy));
  }
  return text + "</tbody></table>\n";
}

}  // namespace

std::string htmlReport(const HtmlReport& report) {
  const auto list = listProxies(report.mesh);
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n";
  page += fmt::format("<title>Trust in the mesh, {}</title>\n<style>{}</style>\n</head>\n<body>\n",
                      base::formatTime(report.mesh.takenAt), htmlStyle());
  page += headText(report) + "<main>\n";
  page += htmlSection("matrix", "Who accepts whom", htmlMatrix(report.mesh, list));
  page += htmlSection("roots", "Roots", htmlRoots(list, report.mesh.takenAt));
  page += htmlSection("invariants", "Invariants", invariantsText(report.invariants));
  page += htmlSection("stages", "Stages", stagesText(report));
  page += htmlSection("history", "History", historyText(report));
  page += htmlSection("expiry", "Expiry", htmlTimeline(report.mesh));
  page += htmlSection("findings", "What doctor finds", findingsText(report.findings));
  page += fmt::format(
      "</main>\n<footer>Made by kubectl-istio-ca {}. Holds no key. Certificates are told apart by the first "
      "eight digits of their SHA-256.</footer>\n</body>\n</html>\n",
      escaped(report.version));
  return page;
}

}  // namespace ui
