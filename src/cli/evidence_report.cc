#include "cli/evidence_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "cli/journal_report.h"
#include "ui/output.h"
#include "ui/text.h"

namespace cli {

namespace {

using json::Value;
using rotate::Evidence;
using rotate::MeshState;

Value stateOrNull(const std::optional<MeshState>& state) {
  return state ? rotate::toJson(*state) : Value();
}

/// What the mesh says must not be taken for Markdown.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : flat(text)) {
    if (std::string_view("\\`*[]<>|#").find(c) != std::string_view::npos) safe += '\\';
    safe += c;
  }
  return safe;
}

std::string sharesText(const std::vector<rotate::Share>& shares) {
  std::vector<std::string> parts;
  for (const auto& share : shares) {
    parts.push_back(fmt::format("{}: {}", base::plural(share.proxies, "proxy", "proxies"),
                                escaped(shortNames(share.certificates))));
  }
  return parts.empty() ? "none" : base::join(parts, "; ");
}

std::string certificateLine(const rotate::Named& certificate) {
  return fmt::format("{}, SHA-256 `{}`", escaped(certificate.name), certificate.fingerprint);
}

std::string certificateLines(const std::vector<rotate::Named>& certificates) {
  std::vector<std::string> lines;
  for (const auto& each : certificates) lines.push_back(certificateLine(each));
  return lines.empty() ? "none" : base::join(lines, "; ");
}

std::string stateText(const char* title, const std::optional<MeshState>& state) {
  auto text = fmt::format("## {}\n", title);
  if (!state) return text + "Not recorded.\n\n";
  text += fmt::format("- Stage: {}\n", state->stage);
  if (state->signer) text += fmt::format("- Signer: {}\n", certificateLine(*state->signer));
  if (!state->secret.empty()) {
    text += fmt::format("- CA secret: {}, version {}, roots: {}\n", escaped(state->secret),
                        escaped(state->secretVersion), certificateLines(state->bundle));
  }
  text += fmt::format("- Istiods: {}. Proxies: {}, of which {} could not be read\n", state->istiods,
                      state->proxies, state->unread);
  text += fmt::format("- Certificates presented, by anchor: {}\n", sharesText(state->presented));
  return text + fmt::format("- Roots trusted: {}\n\n", sharesText(state->trusted));
}

std::string runsText(const Evidence& evidence) {
  std::string text = "## Runs\n";
  for (const auto& run : evidence.runs) {
    text += fmt::format("- `{}` {} to {}, {}{}{}{}: {}\n", run.id, run.began, run.ended, escaped(run.who),
                        run.kubeUser.empty() ? "" : " as " + escaped(run.kubeUser),
                        run.command.empty() ? "" : ": " + escaped(run.command),
                        run.note.empty() ? "" : "; " + escaped(run.note), escaped(run.outcome));
  }
  return text + "\n";
}

std::string waiversText(const Evidence& evidence) {
  std::string text = "## Accepted unproven\n";
  if (evidence.waivers.empty()) return text + "Nothing: all of it was proven.\n\n";
  for (const auto& waiver : evidence.waivers) {
    text += fmt::format("- {} {} (run `{}`): {}\n", waiver.time, escaped(waiver.name), waiver.run,
                        escaped(waiver.risk));
  }
  return text + "\n";
}

std::string outcomeOf(const Evidence::Write& write) {
  if (!write.failure.empty()) return "not confirmed: " + escaped(write.failure);
  if (write.answered.empty()) return "its answer is not recorded; what came of it the next gate proves";
  std::vector<std::string> parts;
  for (const auto& request : write.requests) {
    parts.push_back(
        "`" + request.request + "`" +
        (request.resourceVersion.empty() ? "" : " -> version " + escaped(request.resourceVersion)));
  }
  return parts.empty() ? "done" : base::join(parts, ", ");
}

std::string writesText(const Evidence& evidence) {
  std::string text = "## Writes\n| time | stage | step | outcome |\n|---|---|---|---|\n";
  for (const auto& write : evidence.writes) {
    text += fmt::format("| {} | {} | {} | {} |\n", write.time, write.stage, escaped(write.step),
                        outcomeOf(write));
  }
  return text + "\n";
}

std::string gatesText(const Evidence& evidence) {
  std::string text = "## Gates\nEach judged on everything that was read from the mesh at that time.\n";
  for (const auto& gate : evidence.gates) {
    text +=
        fmt::format("\n**{}** {}\n", gate.time,
                    gate.step.empty() ? "stage " + gate.stage + " holds" : "before: " + escaped(gate.step));
    for (const auto& proven : gate.proven) {
      text += fmt::format("- {}: {} of {}{}\n", escaped(proven.predicate), proven.holds, proven.of,
                          proven.yes ? "" : ", which the step is for");
      for (const auto& waived : proven.waived)
        text += fmt::format("  - accepted unproven: {}\n", escaped(waived));
    }
  }
  return text;
}

const MeshState* named(const Evidence& evidence) {
  if (evidence.after && evidence.after->newRoot) return &*evidence.after;
  return evidence.before ? &*evidence.before : nullptr;
}

/// "rotation-20261124T010203Z-9b1e77d2".
std::string fileName(const Evidence& evidence) {
  auto time = evidence.began.substr(0, 19);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  const auto* state = named(evidence);
  const auto root = state && state->newRoot ? "-" + state->newRoot->fingerprint.substr(0, 8) : std::string();
  return "rotation-" + time + "Z" + root;
}

}  // namespace

Value evidenceJson(const Evidence& evidence) {
  auto document = ui::document("RotationEvidence");
  document.set("complete", evidence.complete);
  document.set("began", evidence.began);
  document.set("ended", evidence.ended);
  auto runs = Value::array();
  for (const auto& run : evidence.runs) {
    runs.push(Value::object({{"run", run.id},
                             {"who", run.who},
                             {"kubeUser", run.kubeUser},
                             {"command", run.command},
                             {"note", run.note},
                             {"began", run.began},
                             {"ended", run.ended},
                             {"outcome", run.outcome}}));
  }
  document.set("runs", std::move(runs));
  document.set("before", stateOrNull(evidence.before));
  document.set("after", stateOrNull(evidence.after));
  auto gates = Value::array();
  for (const auto& gate : evidence.gates) {
    gates.push(Value::object({{"time", gate.time},
                              {"run", gate.run},
                              {"stage", gate.stage},
                              {"step", gate.step},
                              {"proven", rotate::toJson(gate.proven)}}));
  }
  document.set("gates", std::move(gates));
  auto writes = Value::array();
  for (const auto& write : evidence.writes) {
    writes.push(Value::object({{"time", write.time},
                               {"run", write.run},
                               {"stage", write.stage},
                               {"step", write.step},
                               {"effect", write.effect},
                               {"answered", write.answered.empty() ? Value() : Value(write.answered)},
                               {"failure", write.failure},
                               {"requests", rotate::toJson(write.requests)}}));
  }
  document.set("writes", std::move(writes));
  auto waivers = Value::array();
  for (const auto& waiver : evidence.waivers) {
    waivers.push(Value::object(
        {{"time", waiver.time}, {"run", waiver.run}, {"name", waiver.name}, {"risk", waiver.risk}}));
  }
  document.set("waivers", std::move(waivers));
  return document;
}

std::string evidenceMarkdown(const Evidence& evidence) {
  const auto* state = named(evidence);
  std::string text = "# Rotation of a mesh's CA\n";
  if (state && !state->server.empty()) text += fmt::format("Cluster {}. ", escaped(state->server));
  text += fmt::format("{} {} to {} ({}).\n\n", evidence.complete ? "Done:" : "Not done:", evidence.began,
                      evidence.ended, between(evidence.began, evidence.ended));
  if (state) text += "- Old: " + certificateLines(state->oldRoots) + "\n";
  if (state && state->newRoot) text += "- New: " + certificateLine(*state->newRoot) + "\n";
  text += state ? "\n" : "";
  return text + stateText("Before", evidence.before) + stateText("After", evidence.after) +
         runsText(evidence) + waiversText(evidence) + writesText(evidence) + gatesText(evidence);
}

base::Result<std::filesystem::path> writeEvidence(const std::filesystem::path& directory,
                                                  const Evidence& evidence) {
  TRY(base::makeDirectory(directory));
  const auto name = fileName(evidence);
  constexpr int mostFiles = 1000;
  for (int number = 1; number < mostFiles; ++number) {
    const auto path = directory / (number == 1 ? name : fmt::format("{}-{}", name, number));
    const auto json = path.string() + ".json", markdown = path.string() + ".md";
    std::error_code none;
    if (std::filesystem::exists(json, none) || std::filesystem::exists(markdown, none)) continue;
    TRY(base::writeNewFile(json, ui::renderJson(evidenceJson(evidence))));
    TRY(base::writeNewFile(markdown, evidenceMarkdown(evidence)));
    return std::filesystem::path(markdown);
  }
  return base::fail({base::Kind::usage, "no evidence file is written",
                     "there are too many in " + directory.string(), "name another folder with --evidence"});
}

}  // namespace cli
