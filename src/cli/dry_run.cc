#include "cli/dry_run.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/print.h"
#include "kube/redact.h"
#include "rotate/gate_error.h"
#include "ui/output.h"
#include "ui/stage_table.h"

namespace cli {

namespace {

/// A step and what it would send.
struct Intended {
  plan::Step step;
  std::vector<kube::Write> requests;
};

std::string textOf(const std::vector<Intended>& steps) {
  std::string text;
  int number = 0;
  for (const auto& [step, requests] : steps) {
    text += fmt::format("# {}. {}\n#    {}\n", ++number, step.title, step.effect);
    for (const auto& request : requests) text += kube::describe(request) + "\n";
  }
  return text;
}

json::Value requestJson(const kube::Write& request) {
  return json::Value::object({{"method", request.method},
                              {"path", request.path},
                              {"contentType", request.contentType},
                              {"body", kube::redacted(request)}});
}

json::Value documentOf(const plan::Decision& decision, const std::vector<Intended>& steps) {
  auto document = ui::document("DryRun");
  document.set("stage", decision.nameOf(decision.stage));
  document.set("state", ui::kindName(decision.kind));
  auto list = json::Value::array();
  for (const auto& [step, requests] : steps) {
    auto sent = json::Value::array();
    for (const auto& request : requests) sent.push(requestJson(request));
    list.push(json::Value::object({{"towards", decision.nameOf(step.towards)},
                                   {"title", step.title},
                                   {"effect", step.effect},
                                   {"requests", std::move(sent)}}));
  }
  document.set("steps", std::move(list));
  return document;
}

}  // namespace

base::Result<int> printRequests(Context& context, const Options& options, rotate::Cluster& cluster,
                                const Staged& staged) {
  TRY_ASSIGN(const auto mesh, cluster.observe(false));
  TRY_ASSIGN(const auto decision, plan::next(mesh, staged.goal, context.rules()));
  TRY_ASSIGN(const auto steps, plan::stepsLeft(mesh, staged.goal, context.rules()));
  context.say(fmt::format("stage {}; {} left to {}; nothing is changed\n", decision.nameOf(decision.stage),
                          steps.empty() ? "nothing" : base::plural(steps.size(), "step", "steps"),
                          decision.nameOf(staged.goal.until)));
  std::vector<Intended> intended;
  for (const auto& step : steps) {
    if (step.towards < staged.from) {
      return base::fail(
          rotate::gateError(decision, fmt::format("stage {} is not reached", plan::name(step.towards))));
    }
    TRY_ASSIGN(auto requests, cluster.requests(step.action));
    intended.push_back({step, std::move(requests)});
  }
  printAs(context, options,
          {.document = [&] { return documentOf(decision, intended); },
           .names = {},
           .text = [&](const ui::Stream&) { return textOf(intended); },
           .table = {}});
  const bool no = decision.kind == plan::Decision::Kind::blocked ||
                  (decision.kind == plan::Decision::Kind::wait && decision.gate);
  if (no) return base::fail(rotate::gateError(decision, "now blocked"));
  return 0;
}

}  // namespace cli
