#include "ui/run_story.h"

#include <fmt/format.h>

#include <algorithm>

#include "trust/judge.h"
#include "ui/advice.h"
#include "ui/decision_report.h"
#include "ui/text.h"

namespace ui {
namespace {

constexpr std::size_t keptNotes = 6;

struct About {
  plan::Stage stage;
  const char* what;
  const char* onTheWayBack;
  Usual usual;
};

// The ranges are what a mesh of some ten proxies takes; a kubelet that is not told refreshes a secret within
// two minutes, a config map that is mounted within two and a half.
constexpr About stages[] = {
    {plan::Stage::multiRoot, "several roots can be handled", "", {base::Seconds{20}, base::Seconds{300}}},
    {plan::Stage::bothRoots,
     "everyone trusts both roots",
     "everyone trusts the former too",
     {base::Seconds{20}, base::Seconds{180}}},
    {plan::Stage::newSigner,
     "istiods sign with the new CA",
     "istiods sign with the former CA",
     {base::Seconds{5}, base::Seconds{120}}},
    {plan::Stage::newLeaves,
     "certificates are of the new CA",
     "certificates are of the former",
     {base::Seconds{5}, base::Seconds{60}}},
    {plan::Stage::oldRootRemoved,
     "nobody trusts the old root",
     "nobody trusts the later root",
     {base::Seconds{5}, base::Seconds{120}}},
    {plan::Stage::done,
     "istiods have started since",
     "istiods have started since",
     {base::Seconds{10}, base::Seconds{60}}},
};

std::vector<RunView::Stage> stagesOf(const plan::Goal& goal) {
  std::vector<RunView::Stage> list;
  for (const About& about : stages) {
    if (about.stage > goal.until || (goal.back && about.stage == plan::Stage::multiRoot)) continue;
    RunView::Stage stage;
    stage.name = goal.back ? plan::nameOnTheWayBack(about.stage) : plan::name(about.stage);
    stage.what = goal.back ? about.onTheWayBack : about.what;
    stage.usual = about.usual;
    list.push_back(std::move(stage));
  }
  return list;
}

RunView::Look lookOf(const trust::Observation& mesh) {
  RunView::Look look;
  for (const auto& proxy : mesh.proxies) {
    if (!proxy.running) continue;
    ++look.proxies;
    look.proxiesRead += proxy.secrets ? 1 : 0;
  }
  for (const auto& istiod : mesh.istiods) {
    ++look.istiods;
    look.istiodsRead += istiod.serving ? 1 : 0;
  }
  return look;
}

}  // namespace

RunStory::RunStory(std::string command, const plan::Goal& goal, bool staged, base::Millis now) {
  view_.command = std::move(command);
  view_.back = goal.back;
  view_.begun = view_.moved = now;
  if (staged) view_.stages = stagesOf(goal);
}

void RunStory::looking(base::Millis now) {
  view_.lookingSince = now;
  if (!judged_) view_.phase = RunView::Phase::looking;
}

void RunStory::looked(const trust::Observation& mesh, const plan::Decision& decision, std::size_t requests,
                      base::Millis now) {
  RunView::Look look = lookOf(mesh);
  look.requests = requests;
  look.took = now - view_.lookingSince.value_or(now);
  view_.look = look;
  view_.lookingSince.reset();
  view_.server = oneLine(mesh.server);
  const auto& version = mesh.installation.istioVersion;
  view_.mesh = oneLine(mesh.installation.ns + (version.empty() ? "" : ", Istio " + version));
  view_.leaving.clear();
  for (const auto& root : decision.target.oldRoots) view_.leaving.push_back(caText(root, mesh.takenAt));
  view_.coming = decision.target.newRoot ? caText(*decision.target.newRoot, mesh.takenAt) : "";
  countStages(decision, now);
  judged(decision, now);
  if (decision.kind == plan::Decision::Kind::wait) view_.phase = RunView::Phase::waiting;
}

void RunStory::glanced(const plan::Decision& decision, base::Millis now) {
  judged(decision, now);
  view_.phase = RunView::Phase::waiting;
}

void RunStory::countStages(const plan::Decision& decision, base::Millis now) {
  const bool first = !judged_;
  judged_ = true;
  const bool atGoal = decision.kind == plan::Decision::Kind::done;
  for (RunView::Stage& stage : view_.stages) {
    const auto same = [&](plan::Stage which) { return stage.name == decision.nameOf(which); };
    const auto about = std::find_if(std::begin(stages), std::end(stages),
                                    [&](const About& each) { return same(each.stage); });
    if (about == std::end(stages)) continue;
    const bool reached = about->stage <= decision.stage || atGoal;
    const bool due = !reached && about->stage == decision.towards;
    using State = RunView::State;
    if (reached && stage.state != State::done && stage.state != State::before) {
      stage.took = stage.state == State::now ? now - stage.began : base::Millis{0};
      stage.state = first ? State::before : State::done;
    } else if (due && stage.state != State::now) {
      stage.began = now;
      stage.state = State::now;
    } else if (!reached && about->stage > decision.towards) {
      stage.state = State::todo;  // what was reached before stays so while a later one has a rollout to await
    }
  }
}

void RunStory::judged(const plan::Decision& decision, base::Millis now) {
  view_.predicates.clear();
  std::map<std::string, base::Millis> since;
  std::string all;
  for (const trust::Answer& answer : decision.answers) {
    RunView::Predicate predicate{oneLine(answer.predicate), answer.holds, answer.of, {}};
    all += fmt::format("{} {} {}\n", answer.predicate, answer.holds, answer.of);
    for (const trust::Blocker& blocker : answer.blockers) {
      const std::string key = answer.predicate + "\n" + blocker.subject;
      const auto known = missingSince_.find(key);
      since[key] = known == missingSince_.end() ? now : known->second;
      all += blocker.subject + ": " + blocker.what + "\n";
      const std::string what = oneLine(blocker.what);
      auto group = std::find_if(predicate.missing.begin(), predicate.missing.end(),
                                [&](const RunView::Missing& each) { return each.what == what; });
      if (group == predicate.missing.end()) {
        predicate.missing.push_back({what, {}, blocker.kind == trust::Blocker::Kind::unproven, since[key]});
        group = std::prev(predicate.missing.end());
      }
      group->since = std::min(group->since, since[key]);
      group->subjects.push_back(oneLine(blocker.subject));
    }
    view_.predicates.push_back(std::move(predicate));
  }
  missingSince_ = std::move(since);
  if (all != last_) view_.moved = now;
  last_ = std::move(all);
  view_.advice = adviceFor(decision.blockers());
  view_.later =
      decision.kind == plan::Decision::Kind::wait && decision.step ? oneLine(decision.step->title) : "";
}

void RunStory::asking(const plan::Step& step, const plan::Decision& decision, base::Millis now) {
  judged(decision, now);
  view_.phase = RunView::Phase::asking;
  view_.step = oneLine(step.title);
  view_.effect = oneLine(step.effect);
}

void RunStory::idle() {
  view_.phase = RunView::Phase::looking;
  view_.step.clear();
}

void RunStory::writing(const plan::Step& step, base::Millis now) {
  view_.phase = RunView::Phase::writing;
  view_.step = oneLine(step.title);
  view_.effect = oneLine(step.effect);
  view_.stepAt = now;
}

void RunStory::wrote(base::Millis now) {
  view_.phase = RunView::Phase::waiting;
  view_.stepAt = view_.moved = now;
  missingSince_.clear();
}

void RunStory::waiting(const plan::Decision& decision, base::Millis since, base::Millis timeout,
                       base::Millis now) {
  judged(decision, now);
  view_.phase = RunView::Phase::waiting;
  view_.givesUpAt = now - since + timeout;
}

void RunStory::reached(const plan::Decision& decision, base::Millis now) {
  countStages(decision, now);
  view_.givesUpAt.reset();
}

void RunStory::note(std::string_view text, base::Time at) {
  std::string line = oneLine(text);
  auto& notes = view_.notes;
  if (!notes.empty() && notes.back().text == line) {
    notes.back().at = at;
    ++notes.back().times;
    return;
  }
  if (notes.size() == keptNotes) notes.erase(notes.begin());
  notes.push_back({at, std::move(line)});
}

void RunStory::ended(bool atGoal, base::Millis now) {
  view_.phase = atGoal ? RunView::Phase::ended : RunView::Phase::stopped;
  view_.lookingSince.reset();
  for (RunView::Stage& stage : view_.stages) {
    if (stage.state == RunView::State::now) stage.took = now - stage.began;
  }
}

}  // namespace ui
