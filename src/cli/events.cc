#include "cli/events.h"

#include "ui/answers.h"
#include "ui/output.h"
#include "ui/stage_table.h"

namespace cli {

namespace {

bool isOn(const Options& options) {
  return options.text("output") == "jsonl";
}

void writeEvent(Context& context, std::string_view event, json::Object members) {
  auto line = ui::document("Event");
  line.set("time", base::formatTime(context.clock().now()));
  line.set("event", event);
  for (auto& [name, value] : members) line.set(name, std::move(value));
  context.print(json::dump(line) + "\n");
}

std::int64_t seconds(base::Millis time) {
  return std::chrono::duration_cast<base::Seconds>(time).count();
}

json::Value gateOf(const std::vector<trust::Answer>& answers) {
  auto gate = json::Value::array();
  for (const auto& answer : answers) {
    gate.push(json::Value::object({{"predicate", answer.predicate},
                                   {"holds", static_cast<std::int64_t>(answer.holds)},
                                   {"of", static_cast<std::int64_t>(answer.of)}}));
  }
  return gate;
}

}  // namespace

Events::Events(Context& context, const Options& options, rotate::Progress& inner, LastWrite lastWrite)
    : context_(context), on_(isOn(options)), inner_(inner), lastWrite_(std::move(lastWrite)) {}

void Events::write(std::string_view event, json::Object members) {
  if (on_) writeEvent(context_, event, std::move(members));
}

json::Object Events::about(const plan::Step& step) const {
  const auto towards = decision_ ? decision_->nameOf(step.towards) : plan::name(step.towards);
  return {{"towards", towards}, {"step", step.title}};
}

base::Result<bool> Events::confirm(const plan::Step& step, const plan::Decision& decision) {
  return inner_.confirm(step, decision);
}

void Events::looking() {
  inner_.looking();
}

void Events::looked(const trust::Observation& mesh, const plan::Decision& decision) {
  const bool first = !decision_;
  decision_ = decision;
  if (first) {
    write("began", {{"server", mesh.server},
                    {"stage", decision.nameOf(decision.stage)},
                    {"state", ui::kindName(decision.kind)},
                    {"command", context_.commandLine()}});
  }
  inner_.looked(mesh, decision);
}

base::Status Events::acting(const plan::Step& step) {
  TRY(inner_.acting(step));
  auto members = about(step);
  members.emplace_back("effect", step.effect);
  members.emplace_back("gate", gateOf(decision_ ? decision_->answers : std::vector<trust::Answer>()));
  write("writing", std::move(members));
  return {};
}

void Events::acted(const plan::Step& step, base::Millis took) {
  auto members = about(step);
  members.emplace_back("milliseconds", static_cast<std::int64_t>(took.count()));
  members.emplace_back("requests",
                       rotate::toJson(lastWrite_ ? lastWrite_() : std::vector<rotate::Written>()));
  write("wrote", std::move(members));
  told_.clear();
  inner_.acted(step, took);
}

void Events::failed(const plan::Step& step, const base::Error& error) {
  auto members = about(step);
  members.emplace_back("error", base::describe(error));
  write("failed", std::move(members));
  inner_.failed(step, error);
}

void Events::waiting(const plan::Decision& decision, base::Millis since, base::Millis timeout) {
  if (const auto* missing = decision.missing(); missing && on_) {
    json::Object members{{"towards", decision.nameOf(decision.towards)},
                         {"predicate", missing->predicate},
                         {"holds", static_cast<std::int64_t>(missing->holds)},
                         {"of", static_cast<std::int64_t>(missing->of)},
                         {"blockers", ui::blockersJson(missing->blockers)}};
    const auto tells = json::dump(json::Value::object(members));
    members.emplace_back("elapsedSeconds", seconds(since));
    members.emplace_back("timeoutSeconds", seconds(timeout));
    if (tells != told_) write("waiting", std::move(members));
    told_ = tells;
  }
  inner_.waiting(decision, since, timeout);
}

void Events::reached(const plan::Decision& decision) {
  write("reached", {{"stage", decision.nameOf(decision.stage)}, {"proven", gateOf(decision.answers)}});
  inner_.reached(decision);
}

void Events::note(std::string_view text) {
  write("note", {{"text", text}});
  inner_.note(text);
}

void Events::tookOver(std::string_view holder) {
  write("tookOver", {{"holder", holder}});
  inner_.tookOver(holder);
}

void tellEnd(Context& context, const Options& options, std::string_view stage, std::string_view nextCommand) {
  if (!isOn(options)) return;
  writeEvent(context, "ended",
             {{"outcome", "reached"}, {"exitCode", 0}, {"stage", stage}, {"nextCommand", nextCommand}});
}

void tellEnd(Context& context, const Options& options, const base::Error& error) {
  if (!isOn(options)) return;
  writeEvent(context, "ended",
             {{"outcome", "stopped"},
              {"exitCode", base::exitCode(error.kind)},
              {"error", base::describe(error)},
              {"hint", error.hint}});
}

}  // namespace cli
