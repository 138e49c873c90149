#pragma once

#include <map>
#include <string>
#include <string_view>

#include "plan/plan.h"
#include "trust/observation.h"
#include "ui/run_view.h"

namespace ui {

/// Makes a screen's view out of a run's events, told in their order with the clock's time.
class RunStory {
 public:
  /// `goal` says which stages there are; a command without stages (restart) has `staged` false.
  RunStory(std::string command, const plan::Goal& goal, bool staged, base::Millis now);

  void looking(base::Millis now);
  /// `requests` were sent for this look.
  void looked(const trust::Observation& mesh, const plan::Decision& decision, std::size_t requests,
              base::Millis now);
  /// At the objects alone: what was said of proxies stays.
  void glanced(const plan::Decision& decision, base::Millis now);
  void asking(const plan::Step& step, const plan::Decision& decision, base::Millis now);
  /// The question was answered, or the write was refused: nothing is being done.
  void idle();
  void writing(const plan::Step& step, base::Millis now);
  void wrote(base::Millis now);
  /// `since` and `timeout` as a run's progress gives them.
  void waiting(const plan::Decision& decision, base::Millis since, base::Millis timeout, base::Millis now);
  void reached(const plan::Decision& decision, base::Millis now);
  void note(std::string_view text, base::Time at);
  /// The run is over, at its goal or not.
  void ended(bool atGoal, base::Millis now);

  [[nodiscard]] const RunView& view() const { return view_; }

 private:
  void judged(const plan::Decision& decision, base::Millis now);
  void countStages(const plan::Decision& decision, base::Millis now);

  RunView view_;
  std::map<std::string, base::Millis> missingSince_{};  // by predicate and subject
  std::string last_{};                                  // what was missing at the last look
  bool judged_ = false;
};

}  // namespace ui
