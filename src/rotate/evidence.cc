#include "rotate/evidence.h"

#include <algorithm>

namespace rotate {

namespace {

constexpr const char* unspoken = "ended without a word: killed, cut off, or still running";

class Collector {
 public:
  void add(const Entry& entry) {
    if (evidence_.began.empty()) evidence_.began = entry.time;
    evidence_.ended = entry.time;
    auto& run = runOf(entry);
    run.ended = entry.time;
    switch (entry.event) {
      case Event::began:
        run.kubeUser = entry.kubeUser;
        run.command = entry.command;
        run.note = entry.text;
        if (!evidence_.before) evidence_.before = entry.mesh;
        // What an earlier run left half done goes on.
        evidence_.complete = false;
        break;
      case Event::waived:
        for (const auto& name : entry.waivers)
          evidence_.waivers.push_back({entry.time, entry.run, name, entry.text});
        break;
      case Event::gate:
      case Event::arrived:
        addGate(entry);
        break;
      case Event::writing:
        evidence_.writes.push_back({entry.time, entry.run, entry.stage, entry.step, entry.text});
        break;
      case Event::wrote:
      case Event::failed:
        answer(entry);
        break;
      case Event::stopped:
        run.outcome = "stopped: " + entry.text;
        break;
      case Event::ended:
        addGate(entry);
        run.outcome = "reached stage " + entry.stage;
        evidence_.complete = entry.complete;
        if (entry.mesh) evidence_.after = entry.mesh;
        break;
    }
  }

  Evidence take() { return std::move(evidence_); }

 private:
  Evidence::Run& runOf(const Entry& entry) {
    auto& runs = evidence_.runs;
    const auto found =
        std::find_if(runs.begin(), runs.end(), [&](const auto& run) { return run.id == entry.run; });
    if (found != runs.end()) return *found;
    runs.push_back({entry.run, entry.who, "", "", entry.time, "", entry.time, unspoken});
    return runs.back();
  }

  void addGate(const Entry& entry) {
    if (!entry.proven.empty())
      evidence_.gates.push_back({entry.time, entry.run, entry.stage, entry.step, entry.proven});
  }

  /// Of the last step of this run that waits for one.
  void answer(const Entry& entry) {
    auto& writes = evidence_.writes;
    const auto found = std::find_if(writes.rbegin(), writes.rend(), [&](const auto& write) {
      return write.run == entry.run && write.step == entry.step && write.answered.empty();
    });
    if (found == writes.rend()) return;
    found->answered = entry.time;
    found->requests = entry.written;
    if (entry.event == Event::failed) found->failure = entry.text;
  }

  Evidence evidence_;
};

}  // namespace

Evidence evidenceOf(const std::vector<Entry>& rotation, const std::optional<MeshState>& now) {
  Collector collector;
  for (const auto& entry : rotation) collector.add(entry);
  auto evidence = collector.take();
  if (now) evidence.after = now;
  return evidence;
}

}  // namespace rotate
