#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rotate/journal.h"
#include "rotate/mesh_state.h"
#include "rotate/progress.h"

namespace rotate {

/// Tells another listener everything, and writes down what happened. A run is journaled from its first step
/// on; that a step is about to be taken has to be written before it is taken, all else is best effort.
class JournaledProgress final : public Progress {
 public:
  /// What was asked of the cluster by the last write.
  using LastWrite = std::function<std::vector<Written>()>;
  /// A waiver's name and what it risks.
  struct Waiver {
    std::string name, risk;
  };
  /// All but the values are borrowed.
  JournaledProgress(Progress& inner, Journal& journal, std::vector<Waiver> waivers, LastWrite lastWrite);

  base::Result<bool> confirm(const plan::Step& step, const plan::Decision& decision) override;
  base::Status acting(const plan::Step& step) override;
  void acted(const plan::Step& step, base::Millis took) override;
  void waiting(const plan::Decision& decision, base::Millis since, base::Millis timeout) override;
  void reached(const plan::Decision& decision) override;
  void note(std::string_view text) override;
  void looking() override { inner_.looking(); }
  void looked(const trust::Observation& mesh, const plan::Decision& decision) override;
  void glanced(const plan::Decision& decision) override { inner_.glanced(decision); }
  void failed(const plan::Step& step, const base::Error& error) override;
  void tookOver(std::string_view holder) override;

  /// The run has reached its goal. True if that is an end of something: steps were taken by this run, or by
  /// one before it that did not live to say so.
  bool ended();
  /// It has not.
  void stopped(const base::Error& error);
  /// Where the mesh stood at the last look that told something new.
  [[nodiscard]] const std::optional<MeshState>& state() const { return state_; }
  /// The stage of the last look; empty if there was none.
  [[nodiscard]] std::string stage() const {
    return state_ ? std::string(decision_.nameOf(decision_.stage)) : "";
  }
  /// The title of the last step that was written; empty if none was.
  [[nodiscard]] const std::string& lastStep() const { return lastStep_; }

 private:
  [[nodiscard]] std::vector<Entry> beginning() const;
  [[nodiscard]] Entry about(Event event, const plan::Step& step) const;
  [[nodiscard]] bool goesOn();
  void tryToWrite(std::vector<Entry> entries);

  Progress& inner_;
  Journal& journal_;
  const std::vector<Waiver> waivers_;
  const LastWrite lastWrite_;
  plan::Decision decision_;
  std::optional<MeshState> state_;
  std::string takenOverFrom_, arrived_, lastStep_;
  bool began_ = false;
};

}  // namespace rotate
