#include "ui/decision_report.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "trust/judge.h"
#include "ui/answers.h"
#include "ui/certificates.h"
#include "ui/expiry_report.h"
#include "ui/output.h"
#include "ui/stage_table.h"
#include "ui/table.h"
#include "ui/text.h"

namespace ui {

namespace {

using json::Value;

constexpr std::size_t mostBlockersInText = 20;

Value answersJson(const std::vector<trust::Answer>& answers) {
  auto list = Value::array();
  for (const auto& answer : answers) list.push(answerJson(answer));
  return list;
}

Value certificatesJson(const trust::Certificates& certificates) {
  auto list = Value::array();
  for (const auto& certificate : certificates) list.push(ui::certificateJson(certificate));
  return list;
}

std::string installationText(const trust::Observation& mesh) {
  const auto& installation = mesh.installation;
  return fmt::format("{}, {}{}", installation.ns,
                     installation.kind == trust::InstallationKind::sail
                         ? "Istio resource " + installation.istioName
                         : "plain istiod",
                     installation.istioVersion.empty() ? "" : ", Istio " + installation.istioVersion);
}

/// "Label:    text", wrapped under the text; a row without a label goes on with the one above.
std::string row(std::string_view label, std::string_view text, std::size_t width) {
  constexpr std::size_t column = 10;
  if (width == 0) return fmt::format("{:<{}}{}\n", label, column, text);
  return fmt::format("{:<{}}", label, column) + wrap(text, width, column).substr(column);
}

trust::Certificates candidatesOf(const plan::Target& target) {
  auto candidates = target.oldRoots;
  if (target.newRoot) candidates.push_back(*target.newRoot);
  return candidates;
}

/// Where no target is known: all roots that any proxy trusts.
trust::Certificates everyRoot(const trust::Observation& mesh) {
  trust::Certificates all;
  for (const auto& proxy : mesh.proxies) {
    if (!proxy.secrets) continue;
    for (const auto& root : proxy.secrets->roots) {
      if (!trust::contains(all, root)) all.push_back(root);
    }
  }
  return all;
}

std::string stageText(const trust::Observation& mesh, const plan::Decision& decision, const Style& style,
                      std::size_t width) {
  std::string stage = style.paint(Colour::bold, decision.nameOf(decision.stage));
  if (decision.kind != plan::Decision::Kind::done)
    stage += fmt::format(", {} for {}", kindName(decision.kind), decision.nameOf(decision.towards));
  auto text = row("Stage:", stage, width);
  for (const auto& root : decision.target.oldRoots)
    text += row("Old root:", caText(root, mesh.takenAt), width);
  return text + row("New root:",
                    decision.target.newRoot ? caText(*decision.target.newRoot, mesh.takenAt) : "none yet",
                    width);
}

std::string undecidedText(const base::Error& why, const Style& style, std::size_t width) {
  return row("Stage:", style.paint(Colour::yellow, "unknown") + ": " + oneLine(base::describe(why)), width);
}

/// How many proxies hold each distinct anchor and root set: what everyone wants to know first.
std::string proxiesText(const trust::Observation& mesh, const trust::Certificates& candidates,
                        std::size_t width) {
  trust::Judge judge(mesh);
  std::map<std::string, std::size_t> groups;
  std::size_t running = 0;
  for (const auto& proxy : mesh.proxies) {
    if (!proxy.running) continue;
    ++running;
    if (!proxy.secrets) {
      ++groups["cannot be read"];
      continue;
    }
    const auto anchors = judge.anchors(proxy.secrets->chain, candidates);
    ++groups[fmt::format("with certificate of {}, trust {}",
                         anchors.empty() ? "another CA" : trust::shortNames(anchors),
                         trust::shortNames(proxy.secrets->roots))];
  }
  auto text = row("Proxies:", fmt::format("{} running", running), width);
  for (const auto& [what, count] : groups) text += row("", fmt::format("{} {}", count, oneLine(what)), width);
  return text;
}

std::string blockersText(const trust::Blockers& blockers, std::size_t indent, std::size_t width) {
  std::string text;
  for (std::size_t i = 0; i < blockers.size(); ++i) {
    if (i == mostBlockersInText) {
      return text + hanging(fmt::format("and {} more", blockers.size() - mostBlockersInText), width, indent);
    }
    text += hanging(fmt::format("{}: {}", oneLine(blockers[i].subject), oneLine(blockers[i].what)), width,
                    indent);
  }
  return text;
}

/// One row if all hold; else one for each that does not, with who stands against it.
std::string invariantsText(const std::vector<trust::Invariant>& invariants, const Style& style,
                           std::size_t width) {
  std::string text;
  for (const auto& [code, answer] : invariants) {
    const auto safety = trust::safetyOf(answer);
    if (safety == trust::Safety::safe) continue;
    const auto colour = safety == trust::Safety::broken ? Colour::red : Colour::yellow;
    text += row(text.empty() ? "Safe now:" : "",
                style.paint(colour, fmt::format("{} {}", code, trust::name(safety))) + ": " +
                    oneLine(answer.predicate),
                width);
    text += blockersText(answer.blockers, 10, width);
  }
  if (!text.empty()) return text;
  return row("Safe now:", "yes, by all five invariants: no handshake fails, whoever connects to whom", width);
}

Value invariantsJson(const std::vector<trust::Invariant>& invariants) {
  auto list = Value::array();
  for (const auto& [code, answer] : invariants) {
    auto entry = answerJson(answer);
    entry.set("code", code);
    entry.set("state", trust::name(trust::safetyOf(answer)));
    list.push(std::move(entry));
  }
  return list;
}

}  // namespace

std::string caText(const pki::Certificate& certificate, base::Time now) {
  return fmt::format("{}, expires {} (in {})", oneLine(trust::shortName(certificate)),
                     base::formatTime(certificate.notAfter()),
                     base::formatDuration(certificate.notAfter() - now));
}

Value statusJson(const StatusReport& report) {
  const auto& [mesh, decision, invariants, next, undecided, expiring] = report;
  auto status = document("Status");
  status.set("observedAt", base::formatTime(mesh.takenAt));
  status.set("server", mesh.server);
  status.set("istioNamespace", mesh.installation.ns);
  status.set("installation", mesh.installation.kind == trust::InstallationKind::sail ? "sail" : "plain");
  status.set("stage", undecided ? Value() : Value(decision.nameOf(decision.stage)));
  status.set("state", undecided ? "unknown" : kindName(decision.kind));
  if (undecided) status.set("unknownBecause", base::describe(*undecided));
  status.set("oldRoots", certificatesJson(decision.target.oldRoots));
  status.set("newRoot", decision.target.newRoot ? certificateJson(*decision.target.newRoot) : Value());
  status.set("answers", answersJson(decision.answers));
  status.set("invariants", invariantsJson(invariants));
  status.set("nextCommand", next);
  if (expiring) status.set("expiring", expiryJson(*expiring));
  return status;
}

std::string statusText(const StatusReport& report, const Style& style, std::size_t width) {
  const auto& [mesh, decision, invariants, next, undecided, expiring] = report;
  std::string text = row("Cluster:", mesh.server, width) + row("Istio:", installationText(mesh), width);
  text += undecided ? undecidedText(*undecided, style, width) : stageText(mesh, decision, style, width);
  text += proxiesText(mesh, undecided ? everyRoot(mesh) : candidatesOf(decision.target), width);
  text += invariantsText(invariants, style, width);
  for (const auto& answer : decision.answers) {
    if (answer.yes()) continue;
    const auto missing = fmt::format("{} ({} of {})", oneLine(answer.predicate), answer.holds, answer.of);
    text += row("Missing:", style.paint(Colour::yellow, missing), width);
    text += blockersText(answer.blockers, 10, width);
  }
  if (expiring && expiring->empty())
    text += row("Expiry:", "nothing ends within the time that was asked for", width);
  if (expiring) {
    const auto lines = base::split(expiryText(*expiring, mesh.takenAt, style, 0), '\n');
    for (const auto& line : lines) {
      if (!line.empty()) text += row(&line == &lines.front() ? "Expiry:" : "", line, width);
    }
  }
  if (undecided) return text + row("Next:", undecided->hint, width);
  return text + row("Next:", next.empty() ? "nothing: the rotation is done" : next, width);
}

Value planJson(const PlanReport& report) {
  auto plan = document("Plan");
  plan.set("stage", plan::name(report.decision.stage));
  plan.set("state", kindName(report.decision.kind));
  auto steps = Value::array();
  for (const auto& step : report.steps) {
    steps.push(Value::object(
        {{"towards", plan::name(step.towards)}, {"title", step.title}, {"effect", step.effect}}));
  }
  plan.set("steps", std::move(steps));
  plan.set("answers", answersJson(report.decision.answers));
  return plan;
}

std::string planText(const PlanReport& report, const Style& style, std::size_t width) {
  const auto& decision = report.decision;
  std::string text = fmt::format(
      "Stage {}; {}.\n", style.paint(Colour::bold, plan::name(decision.stage)),
      report.steps.empty() ? "nothing is left to do" : fmt::format("{} steps left", report.steps.size()));
  int number = 0;
  for (const auto& step : report.steps) {
    ++number;
    text += "\n" + hanging(fmt::format("{}. {}", number, style.paint(Colour::bold, step.title)), width,
                           number < 10 ? 1 : 0);
    text += wrap(fmt::format("towards {}: {}", plan::name(step.towards), step.effect),
                 width == 0 ? 100 : width, 4);
  }
  if (decision.kind == plan::Decision::Kind::done) return text;
  const auto* missing = decision.missing();
  if (!missing) return text + "\nNow: the gate of the first step holds.\n";
  const auto now = fmt::format("Now {}: {} ({} of {})", kindName(decision.kind), oneLine(missing->predicate),
                               missing->holds, missing->of);
  text += "\n" + hanging(style.paint(Colour::yellow, now), width, 0);
  return text + blockersText(decision.blockers(), 4, width);
}

}  // namespace ui
