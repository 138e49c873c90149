#include "cli/commands.h"
#include "cli/context.h"
#include "cli/exit_codes.h"
#include "cli/global_options.h"
#include "cli/observation_source.h"
#include "cli/permissions.h"
#include "doctor/diagnose.h"
#include "doctor/needs.h"
#include "mesh/surroundings.h"
#include "ui/findings_report.h"
#include "ui/output.h"

namespace cli {

namespace {

/// What this user may not do. That it could not be asked is one more thing that could not be read.
base::Result<std::vector<doctor::Denied>> denied(Context& context, const Options& options,
                                                 trust::Observation& mesh) {
  if (options.has("observation")) return std::vector<doctor::Denied>();
  TRY_ASSIGN(kube::Api * api, context.api());
  const auto command = options.text("for");
  auto missing = missingPermissions(*api, mesh, {.command = command});
  if (missing) return missing;
  const auto& error = missing.error();
  if (error.kind == base::Kind::interrupted) return base::fail(error);
  mesh.unlisted.emplace_back("what is permitted",
                             trust::Unreadable{base::describe(error), error.kind == base::Kind::forbidden});
  return std::vector<doctor::Denied>();
}

int exitOf(const std::vector<doctor::Finding>& findings, bool check) {
  std::vector<int> codes;
  for (const auto kind : doctor::kindsOf(findings)) codes.push_back(base::exitCode(kind));
  const bool warned = doctor::count(findings)[std::size_t(doctor::Severity::warning)] > 0;
  if (check && warned) codes.push_back(base::exitCode(base::Kind::gate));
  return combine(codes);
}

base::Result<int> examine(Context& context, const Options& options) {
  TRY_ASSIGN(auto mesh, observationFrom(context, options, mesh::readSurroundings));
  TRY_ASSIGN(auto refused, denied(context, options, mesh));
  const auto findings = doctor::diagnose(doctor::Facts(mesh, std::move(refused)));
  const ui::FindingsReport report{mesh, findings};
  const auto& out = context.terminal().out;
  const auto format = options.text("output");
  context.print(format == "json"   ? ui::renderJson(ui::findingsJson(report))
                : format == "yaml" ? ui::renderYaml(ui::findingsJson(report))
                                   : ui::findingsText(report, out.style(), out.tableWidth()));
  return exitOf(findings, options.on("check"));
}

}  // namespace

Command doctorCommand() {
  std::vector<Option> options{{.name = "for",
                               .takes = Takes::choice,
                               .value = "COMMAND",
                               .help = "count what this command needs and you may not do as an error",
                               .choices = doctor::commandsWithNeeds()},
                              {.name = "check", .help = "exit with 3 for a warning too"},
                              outputOption({"text", "json", "yaml"}, "text")};
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
                   {"what is wrong, for a script", "doctor -o json --check"}},
      .run = examine};
}

}  // namespace cli
