#include "cli/gathered.h"

#include "base/file.h"
#include "cli/exit_codes.h"
#include "cli/journal_report.h"
#include "cli/observation_source.h"
#include "cli/permissions.h"
#include "doctor/diagnose.h"
#include "mesh/surroundings.h"
#include "rotate/journal.h"
#include "ui/html_report.h"

namespace cli {

namespace {

using Entries = std::vector<rotate::Entry>;

/// What `journal -o json` printed.
base::Result<Entries> journalFile(const std::string& file) {
  TRY_ASSIGN(const auto bytes, base::readFile(file));
  auto document = json::parse(bytes);
  if (!document) return base::fail(document.error().context(file));
  if ((*document)["kind"].text() != "Journal")
    return base::fail({base::Kind::usage, file + " is no journal", "its kind is not Journal",
                       "give what journal --all -o json printed"});
  Entries entries;
  for (const auto& rotation : (*document)["rotations"].items()) {
    for (const auto& value : rotation["entries"].items()) {
      auto entry = rotate::entryFromJson(value);
      if (!entry) continue;
      entry->key = value["key"].text();
      entries.push_back(*std::move(entry));
    }
  }
  return entries;
}

base::Status addJournal(Gathered& gathered, Context& context, const Options& options) {
  if (options.has("journal")) {
    TRY_ASSIGN(const auto entries, journalFile(options.text("journal")));
    gathered.rotations = rotate::rotationsOf(entries);
    return {};
  }
  if (options.has("observation")) {
    gathered.journalUnread = "The journal is not part of an observation.";
    return {};
  }
  TRY_ASSIGN(kube::Api * api, context.api());
  const auto entries = rotate::Journal(*api, context.istioNamespace(), {}).read();
  if (entries) gathered.rotations = rotate::rotationsOf(*entries);
  if (!entries) gathered.journalUnread = "The journal could not be read: " + base::describe(entries.error());
  return {};
}

void decide(Gathered& gathered, const plan::Rules& rules) {
  plan::Goal goal;
  goal.restartWorkloads = true;
  auto decision = plan::next(gathered.mesh, goal, rules);
  if (!decision) {
    gathered.undecided = decision.error();
    return;
  }
  gathered.decision = *std::move(decision);
  if (auto steps = plan::stepsLeft(gathered.mesh, goal, rules)) gathered.steps = *std::move(steps);
}

}  // namespace

base::Result<Gathered> gather(Context& context, const Options& options) {
  Gathered gathered;
  TRY_ASSIGN(gathered.mesh, observationFrom(context, options, mesh::readSurroundings));
  TRY_ASSIGN(gathered.denied, deniedHere(context, options, gathered.mesh, ""));
  gathered.findings = doctor::diagnose(doctor::Facts(gathered.mesh, gathered.denied));
  decide(gathered, context.rules());
  TRY(addJournal(gathered, context, options));
  return gathered;
}

std::string htmlOf(const Gathered& gathered) {
  trust::Judge judge(gathered.mesh);
  ui::HtmlReport report{
      gathered.mesh,          gathered.decision, "", trust::invariants(judge), gathered.findings, {},
      gathered.journalUnread, ICA_VERSION};
  if (gathered.undecided) report.undecided = base::describe(*gathered.undecided);
  report.history = historyOf(gathered.rotations);
  return ui::htmlReport(report);
}

int exitOf(const Gathered& gathered) {
  std::vector<int> codes;
  if (gathered.undecided) codes.push_back(base::exitCode(gathered.undecided->kind));
  trust::Judge judge(gathered.mesh);
  for (const auto& [code, answer] : trust::invariants(judge)) {
    for (const auto& blocker : answer.blockers) {
      if (blocker.forbidden) codes.push_back(base::exitCode(base::Kind::forbidden));
      codes.push_back(
          base::exitCode(blocker.kind == trust::Blocker::Kind::no ? base::Kind::gate : base::Kind::unproven));
    }
  }
  return combine(codes);
}

}  // namespace cli
