#pragma once

#include <memory>

#include "cli/context.h"
#include "rotate/progress.h"
#include "ui/progress.h"

namespace cli {

/// A run told on the terminal: questions unless `yes`, steps and what is waited for, all on standard error.
class RunProgress final : public rotate::Progress {
 public:
  RunProgress(Context& context, bool yes);
  base::Result<bool> confirm(const plan::Step& step, const plan::Decision& decision) override;
  base::Status acting(const plan::Step& step) override;
  void acted(const plan::Step& step, base::Millis took) override;
  void waiting(const plan::Decision& decision, base::Millis since, base::Millis timeout) override;
  void reached(const plan::Decision& decision) override;
  void note(std::string_view text) override;

 private:
  Context& context_;
  bool yes_;
  std::unique_ptr<ui::Progress> progress_;
};

}  // namespace cli
