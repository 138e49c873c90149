#include "base/file.h"
#include "base/replace_file.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/gathered.h"
#include "cli/global_options.h"
#include "cli/observation_source.h"

namespace cli {

namespace {

base::Result<int> report(Context& context, const Options& options) {
  const auto file = options.text("html");
  TRY_ASSIGN(const auto gathered, gather(context, options));
  const auto page = htmlOf(gathered);
  if (file == "-") {
    context.print(page);
  } else {
    auto written = options.on("force") ? base::replaceFile(file, page) : base::writeNewFile(file, page);
    if (!written && !options.on("force")) written.error().hint += "; --force writes over it";
    if (!written) return base::fail(written.error());
    context.say("report: " + file + "\n");
  }
  return exitOf(gathered);
}

}  // namespace

Command reportCommand() {
  std::vector<Option> options{
      {.name = "html",
       .takes = Takes::file,
       .value = "FILE",
       .help = "where to write the page; - is standard output",
       .required = true},
      {.name = "force", .help = "write over a file that is there"},
      {.name = "journal",
       .takes = Takes::file,
       .value = "FILE",
       .help = "the history from a file (journal --all -o json) instead of the cluster"}};
  for (auto& option : observationOptions()) options.push_back(std::move(option));
  return {.name = "report",
          .group = Group::look,
          .summary = "write all that is known of the mesh as one HTML page",
          .description =
              "One page that needs nothing else: who accepts whom as a picture, the roots, when certificates "
              "end, the "
              "five invariants, the stages and their history from the journal, and what doctor finds. It "
              "loads nothing "
              "and runs no script. Names of pods and certificates are in it, no key is. The file is readable "
              "by its "
              "owner alone.\n\n"
              "Exits with 3 if the mesh is not safe now, 4 if something could not be read, 6 if that was not "
              "permitted; "
              "the page is written in each case.",
          .options = std::move(options),
          .examples = {{"a page for the change's ticket", "report --html mesh.html"},
                       {"of a saved observation", "report --html mesh.html --observation observation.json"}},
          .run = report};
}

}  // namespace cli
