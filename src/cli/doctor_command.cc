#include "cli/commands.h"
#include "cli/context.h"
#include "cli/exit_codes.h"
#include "cli/global_options.h"
#include "cli/look_until.h"
#include "cli/observation_source.h"
#include "cli/permissions.h"
#include "cli/print.h"
#include "doctor/diagnose.h"
#include "doctor/needs.h"
#include "mesh/surroundings.h"
#include "ui/findings_report.h"

namespace cli {

namespace {

int exitOf(const std::vector<doctor::Finding>& findings, bool check) {
  std::vector<int> codes;
  for (const auto kind : doctor::kindsOf(findings)) codes.push_back(base::exitCode(kind));
  const bool warned = doctor::count(findings)[std::size_t(doctor::Severity::warning)] > 0;
  if (check && warned) codes.push_back(base::exitCode(base::Kind::gate));
  return combine(codes);
}

struct Examined {
  trust::Observation mesh;
  std::vector<doctor::Finding> findings;
};

base::Result<Examined> lookAt(Context& context, const Options& options) {
  TRY_ASSIGN(auto mesh, observationFrom(context, options, mesh::readSurroundings));
  TRY_ASSIGN(auto refused, deniedHere(context, options, mesh, options.text("for")));
  auto findings = doctor::diagnose(doctor::Facts(mesh, std::move(refused)));
  return Examined{std::move(mesh), std::move(findings)};
}

/// The findings because of which it would not exit with 0.
std::optional<ui::Waiting> hazardsLeft(const std::vector<doctor::Finding>& findings, bool check) {
  if (exitOf(findings, check) == 0) return std::nullopt;
  ui::Waiting state{"no hazard is found"};
  const auto least = check ? doctor::Severity::warning : doctor::Severity::error;
  for (const auto& finding : findings) {
    if (finding.hazard->severity == least || finding.hazard->severity == doctor::Severity::error)
      state.missing.push_back(std::string(finding.hazard->code) + ": " + std::string(finding.hazard->title));
  }
  return state;
}

base::Result<int> examine(Context& context, const Options& options) {
  TRY(checkWait(options));
  const auto check = options.on("check");
  const Looks<Examined> looks{
      [&] { return lookAt(context, options); },
      [&](const Examined& examined) { return hazardsLeft(examined.findings, check); }};
  TRY_ASSIGN(const auto last, lookUntil(context, options, looks));
  const auto& findings = last.seen.findings;
  const ui::FindingsReport report{last.seen.mesh, findings};
  printAs(
      context, options,
      {.document = [&] { return ui::findingsJson(report); },
       .names =
           [&] {
             std::vector<std::string> names;
             for (const auto& finding : findings)
               names.push_back("finding/" + std::string(finding.hazard->code));
             return names;
           },
       .text = [&](const ui::Stream& out) { return ui::findingsText(report, out.style(), out.tableWidth()); },
       .table = [&](bool wide) { return ui::findingsTable(findings, wide); }});
  if (last.missing)
    return base::fail(
        notWithin(options, "not healthy", *last.missing, "raise --timeout, or do what it says"));
  return exitOf(findings, check);
}

}  // namespace

Command doctorCommand() {
  std::vector<Option> options{{.name = "for",
                               .takes = Takes::choice,
                               .value = "COMMAND",
                               .help = "count what this command needs and you may not do as an error",
                               .choices = doctor::commandsWithNeeds()},
                              {.name = "check", .help = "exit with 3 for a warning too"},
                              outputOption({"text", "table", "wide", "json", "yaml", "name"}, "text")};
  for (auto& option : waitOptions("look again until there is nothing to exit with another code than 0 for"))
    options.push_back(std::move(option));
  for (auto& option : observationOptions()) options.push_back(std::move(option));
  return {
      .name = "doctor",
      .group = Group::look,
      .summary = "find what would stop or endanger a rotation",
      .description =
          "Looks for every hazard that is known: installations that are not handled, settings that will not "
          "arrive, CAs that will not load, proxies that cannot follow, versions with faults, others who "
          "write the "
          "same objects, and what you may not do. Each finding has a code, what was seen, why it matters and "
          "what to do. Changes nothing.\n\n"
          "rotate does the same before its first write, and stops at an error. From a saved observation all "
          "is "
          "found but what you may not do.",
      .options = std::move(options),
      .examples = {{"before a rotation", "doctor"},
                   {"may I run it?", "doctor --for rotate"},
                   {"what is wrong, for a script", "doctor -o json --check"},
                   {"after a repair", "doctor --wait --timeout 10m"}},
      .run = examine};
}

}  // namespace cli
