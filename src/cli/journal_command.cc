#include <algorithm>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/evidence_report.h"
#include "cli/global_options.h"
#include "cli/journal_report.h"
#include "cli/print.h"
#include "rotate/journal.h"

namespace cli {

namespace {

using Rotations = std::vector<std::vector<rotate::Entry>>;

/// Those that are not older; times are compared as text, which is in order.
void keepSince(Rotations& rotations, base::Time since) {
  const auto text = base::formatTime(since).substr(0, 19);
  for (auto& rotation : rotations)
    std::erase_if(rotation, [&](const auto& entry) { return entry.time.substr(0, 19) < text; });
  std::erase_if(rotations, [](const auto& rotation) { return rotation.empty(); });
}

base::Result<int> journal(Context& context, const Options& options) {
  TRY_ASSIGN(kube::Api * api, context.api());
  rotate::Journal journal(*api, context.istioNamespace(), {});
  TRY_ASSIGN(const auto entries, journal.read());
  auto rotations = rotate::rotationsOf(entries);
  if (rotations.empty()) context.say("nothing is in the journal: no rotation was begun from here\n");
  if (options.has("evidence") && !rotations.empty()) {
    TRY_ASSIGN(const auto path,
               writeEvidence(options.text("evidence"), rotate::evidenceOf(rotations.back())));
    context.say("evidence: " + path.string() + "\n");
    return 0;
  }
  if (options.has("since")) {
    keepSince(rotations,
              context.clock().now() - std::chrono::duration_cast<base::Seconds>(options.duration("since")));
  } else if (!options.on("all") && rotations.size() > 1) {
    rotations.erase(rotations.begin(), rotations.end() - 1);
  }
  printAs(
      context, options,
      {.document = [&] { return journalJson(rotations); },
       .names = [&] { return journalNames(rotations); },
       .text = [&](const ui::Stream& out) { return journalText(rotations, out.style(), out.tableWidth()); },
       .table = [&](bool wide) { return journalTable(rotations, wide); }});
  return 0;
}

}  // namespace

Command journalCommand() {
  return {
      .name = "journal",
      .group = Group::look,
      .summary = "show who did what in a rotation, and what proved it",
      .description =
          "Reads config map istio-ca-rotation-journal in istiod's namespace, to which every run adds: who "
          "and when, each gate with what was proven, each write, what was accepted unproven, and how it "
          "ended. Shows the last rotation with all its runs, killed ones too. No key is in it, and no step "
          "is ever chosen by it.\n\n"
          "--evidence writes the last rotation's evidence as JSON and Markdown once more, as a rotation "
          "does at its end.",
      .options = {outputOption({"text", "table", "wide", "json", "yaml", "name"}, "text"),
                  {.name = "since",
                   .takes = Takes::duration,
                   .value = "DURATION",
                   .help = "only what is not older than this, of all rotations"},
                  {.name = "all", .help = "all rotations, not only the last one"},
                  {.name = "evidence",
                   .takes = Takes::directory,
                   .value = "DIR",
                   .help = "write the evidence of the last rotation into this folder"}},
      .examples = {{"the last rotation", "journal"},
                   {"everything of the last day, for a script", "journal --since 24h -o json"},
                   {"the evidence files again", "journal --evidence ."}},
      .run = journal};
}

}  // namespace cli
