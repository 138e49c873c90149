// Explores all interleavings of a model of the mesh with the real plan and trust: nothing may be found while
// all rules are on, and each rule that is switched off must be missed, by the story that is kept for it.
//
//   explore [--brief | --deeper N] [--update] [--only TEXT]

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "explore/replay.h"
#include "explore/scenarios.h"
#include "explore/story.h"

namespace {

using explore::Report;
using explore::Scenario;

struct Arguments {
  int deeper = 0;
  bool update = false, brief = false;
  std::string only;
};

struct Totals {
  std::size_t states = 0, transitions = 0;
  double seconds = 0;
  int failed = 0;
};

void show(const Scenario& scenario, const Report& report, Totals& totals) {
  std::printf("%-66s %8zu states %9zu transitions %5zu decisions %6.2f s %7.0f states/s%s\n",
              scenario.name.c_str(), report.states, report.transitions, report.decisions, report.seconds,
              static_cast<double>(report.states) / report.seconds, report.complete ? "" : ", not all");
  std::fflush(stdout);
  totals.states += report.states;
  totals.transitions += report.transitions;
  totals.seconds += report.seconds;
}

void prove(const Scenario& scenario, Totals& totals) {
  explore::Pool pool;
  explore::Oracle oracle(pool, scenario.options);
  const auto report = explore::explore(pool, oracle, scenario.options, scenario.search);
  show(scenario, report, totals);
  if (report.complete && !report.finding && report.ends > 0) return;
  ++totals.failed;
  if (report.finding) {
    std::printf("found with all rules on:\n%s\n",
                explore::tell(*report.finding, pool, oracle, scenario.options).c_str());
  } else {
    std::printf("%s\n", report.complete ? "no end was reached" : "the bound of states was reached");
  }
}

std::string kept(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void tellStory(const Scenario& scenario, bool update, Totals& totals) {
  explore::Pool pool;
  explore::Oracle oracle(pool, scenario.options);
  const auto report = explore::explore(pool, oracle, scenario.options, scenario.search);
  show(scenario, report, totals);
  const auto story =
      report.finding ? explore::tell(*report.finding, pool, oracle, scenario.options) : std::string();
  const auto path = std::string(ICA_STORIES) + "/" + scenario.name + ".txt";
  if (story.empty()) {
    std::printf("nothing was found: this rule is not missed\n");
    ++totals.failed;
  } else if (update) {
    std::ofstream(path) << story;
  } else if (story != kept(path)) {
    std::printf("%s tells another story (explore --update keeps the new one):\n%s\n", path.c_str(),
                story.c_str());
    ++totals.failed;
  }
}

void conform(const std::string& name, Totals& totals) {
  explore::Pool pool;
  const auto trace = kept(std::string(ICA_TEST_DATA) + "/traces/" + name + ".txt");
  const auto why = explore::whyNotAdmitted(trace, pool);
  std::printf("trace %s: %s\n", name.c_str(), why.empty() ? "the model admits it" : why.c_str());
  if (!why.empty()) ++totals.failed;
}

bool parse(int count, char** values, Arguments& arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view name = values[i];
    const bool more = i + 1 < count;
    if (name == "--update") {
      arguments.update = true;
    } else if (name == "--brief") {
      arguments.brief = true;
    } else if (name == "--deeper" && more) {
      arguments.deeper = std::atoi(values[++i]);
    } else if (name == "--only" && more) {
      arguments.only = values[++i];
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int count, char** values) {
  Arguments arguments;
  if (!parse(count, values, arguments)) {
    std::fprintf(stderr, "usage: explore [--brief | --deeper N] [--update] [--only TEXT]\n");
    return 2;
  }
  Totals totals;
  const auto wanted = [&](const Scenario& scenario) {
    return (scenario.brief || !arguments.brief) && scenario.name.find(arguments.only) != std::string::npos;
  };
  for (const auto& scenario : explore::proofs(arguments.deeper)) {
    if (wanted(scenario)) prove(scenario, totals);
  }
  std::printf("\nwith one rule off each:\n");
  for (const auto& scenario : explore::stories()) {
    if (wanted(scenario)) tellStory(scenario, arguments.update, totals);
  }
  std::printf("\nrecorded from a mesh:\n");
  for (const auto* name : {"rotate-two-replicas", "document-by-hand-two-replicas"}) {
    if (std::string_view(name).find(arguments.only) != std::string_view::npos) conform(name, totals);
  }
  std::printf("\n%zu states, %zu transitions, %.1f s, %.0f states/s\n", totals.states, totals.transitions,
              totals.seconds, static_cast<double>(totals.states) / totals.seconds);
  return totals.failed == 0 ? 0 : 1;
}
