#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "cli/run_progress.h"
#include "ui/beat.h"
#include "ui/echo_off.h"
#include "ui/painter.h"
#include "ui/run_screen.h"
#include "ui/run_story.h"

namespace cli {

/// A run on one screen. Events change what it shows; it is drawn five times a second, also while the program
/// waits for an answer, and written only where it changed.
class LiveRun final : public RunProgress {
 public:
  LiveRun(Context& context, RunTold told);
  ~LiveRun() override;

  base::Result<bool> confirm(const plan::Step& step, const plan::Decision& decision) override;
  base::Status acting(const plan::Step& step) override;
  void acted(const plan::Step& step, base::Millis took) override;
  void waiting(const plan::Decision& decision, base::Millis since, base::Millis timeout) override;
  void reached(const plan::Decision& decision) override;
  void note(std::string_view text) override;
  void failed(const plan::Step& step, const base::Error& error) override;
  void looking() override;
  void looked(const trust::Observation& mesh, const plan::Decision& decision) override;
  void glanced(const plan::Decision& decision) override;
  void finish(bool atGoal) override;

 private:
  void draw();
  void paint();  // the mutex is held
  [[nodiscard]] ui::Frame frame() const;
  [[nodiscard]] ui::Stream& stream() const { return context_.terminal().err; }
  base::Result<bool> ask(const plan::Step& step);

  Context& context_;
  RunTold told_;
  std::mutex mutex_{};  // over the story and the painter: the beat draws from its own thread
  ui::RunStory story_;
  ui::Painter painter_;
  std::size_t requestsBefore_ = 0;
  bool over_ = false;
  std::optional<ui::EchoOff> echoOff_{};
  std::unique_ptr<ui::Beat> beat_{};  // last: it ends before what it draws
};

}  // namespace cli
