#include "rotate/journaled_progress.h"

namespace rotate {

JournaledProgress::JournaledProgress(Progress& inner, Journal& journal, std::vector<Waiver> waivers,
                                     LastWrite lastWrite)
    : inner_(inner), journal_(journal), waivers_(std::move(waivers)), lastWrite_(std::move(lastWrite)) {}

base::Result<bool> JournaledProgress::confirm(const plan::Step& step, const plan::Decision& decision) {
  return inner_.confirm(step, decision);
}

void JournaledProgress::looked(const trust::Observation& mesh, const plan::Decision& decision) {
  const bool news =
      !state_ || decision.stage != decision_.stage || decision.kind == plan::Decision::Kind::done;
  decision_ = decision;
  if (news) state_ = stateOf(mesh, decision);
  inner_.looked(mesh, decision);
}

std::vector<Entry> JournaledProgress::beginning() const {
  std::vector<Entry> entries;
  if (began_) return entries;
  Entry began;
  began.mesh = state_;
  if (state_) began.stage = state_->stage;
  if (!takenOverFrom_.empty()) began.text = "the lease was taken over from " + takenOverFrom_;
  entries.push_back(std::move(began));
  for (const auto& waiver : waivers_) {
    Entry entry;
    entry.event = Event::waived;
    entry.waivers = {waiver.name};
    entry.text = waiver.risk;
    entries.push_back(std::move(entry));
  }
  return entries;
}

Entry JournaledProgress::about(Event event, const plan::Step& step) const {
  Entry entry;
  entry.event = event;
  entry.stage = decision_.nameOf(step.towards);
  entry.step = step.title;
  return entry;
}

base::Status JournaledProgress::acting(const plan::Step& step) {
  auto entries = beginning();
  if (!decision_.answers.empty()) {
    auto gate = about(Event::gate, step);
    gate.proven = provenBy(decision_.answers);
    entries.push_back(std::move(gate));
  }
  auto writing = about(Event::writing, step);
  writing.text = step.effect;
  entries.push_back(std::move(writing));
  if (auto done = journal_.append(std::move(entries)); !done) {
    auto error = done.error();
    error.message = "no step is taken that cannot be written into the journal first: " + error.message;
    return base::fail(std::move(error));
  }
  began_ = true;
  return inner_.acting(step);
}

void JournaledProgress::acted(const plan::Step& step, base::Millis took) {
  auto entry = about(Event::wrote, step);
  if (lastWrite_) entry.written = lastWrite_();
  lastStep_ = step.title;
  tryToWrite({std::move(entry)});
  inner_.acted(step, took);
}

void JournaledProgress::failed(const plan::Step& step, const base::Error& error) {
  auto entry = about(Event::failed, step);
  entry.text = base::describe(error);
  tryToWrite({std::move(entry)});
  inner_.failed(step, error);
}

void JournaledProgress::waiting(const plan::Decision& decision, base::Millis since, base::Millis timeout) {
  inner_.waiting(decision, since, timeout);
}

void JournaledProgress::reached(const plan::Decision& decision) {
  if (began_) {
    Entry entry;
    entry.event = Event::arrived;
    entry.stage = decision.nameOf(decision.stage);
    entry.proven = provenBy(decision.answers);
    arrived_ = entry.stage;
    tryToWrite({std::move(entry)});
  }
  inner_.reached(decision);
}

void JournaledProgress::note(std::string_view text) {
  inner_.note(text);
}

void JournaledProgress::tookOver(std::string_view holder) {
  takenOverFrom_ = holder;
  inner_.tookOver(holder);
}

/// The last rotation in the journal was left by its run before the end.
bool JournaledProgress::goesOn() {
  const auto entries = journal_.read();
  if (!entries || entries->empty()) return false;
  const auto rotations = rotationsOf(*entries);
  for (auto entry = rotations.back().rbegin(); entry != rotations.back().rend(); ++entry) {
    if (entry->event == Event::ended) return false;
    if (entry->event == Event::began) return true;
  }
  return false;
}

bool JournaledProgress::ended() {
  if (!began_ && !goesOn()) return false;
  auto entries = beginning();
  Entry entry;
  entry.event = Event::ended;
  entry.stage = decision_.nameOf(decision_.stage);
  if (arrived_ != entry.stage) entry.proven = provenBy(decision_.answers);
  entry.mesh = state_;
  entry.complete = decision_.stage == plan::Stage::done || (decision_.back && !decision_.target.newRoot);
  entries.push_back(std::move(entry));
  began_ = true;
  tryToWrite(std::move(entries));
  return true;
}

void JournaledProgress::stopped(const base::Error& error) {
  if (!began_) return;
  Entry entry;
  entry.event = Event::stopped;
  entry.stage = decision_.nameOf(decision_.stage);
  entry.text = base::describe(error);
  tryToWrite({std::move(entry)});
}

void JournaledProgress::tryToWrite(std::vector<Entry> entries) {
  const auto done = journal_.append(std::move(entries));
  if (!done) inner_.note(base::describe(done.error()) + "; going on without this entry");
}

}  // namespace rotate
