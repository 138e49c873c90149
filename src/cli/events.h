#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/options.h"
#include "json/value.h"
#include "rotate/entry.h"
#include "rotate/progress.h"

namespace cli {

/// -o jsonl: tells another listener everything, and writes each event to standard output as one line of JSON
/// (docs/output.md, docs/schemas/event.json). Off, it only tells the other one.
class Events final : public rotate::Progress {
 public:
  using LastWrite = std::function<std::vector<rotate::Written>()>;
  /// All but the values are borrowed.
  Events(Context& context, const Options& options, rotate::Progress& inner, LastWrite lastWrite);

  base::Result<bool> confirm(const plan::Step& step, const plan::Decision& decision) override;
  base::Status acting(const plan::Step& step) override;
  void acted(const plan::Step& step, base::Millis took) override;
  void waiting(const plan::Decision& decision, base::Millis since, base::Millis timeout) override;
  void reached(const plan::Decision& decision) override;
  void note(std::string_view text) override;
  void looking() override;
  void looked(const trust::Observation& mesh, const plan::Decision& decision) override;
  void glanced(const plan::Decision& decision) override { inner_.glanced(decision); }
  void failed(const plan::Step& step, const base::Error& error) override;
  void tookOver(std::string_view holder) override;

 private:
  void write(std::string_view event, json::Object members);
  [[nodiscard]] json::Object about(const plan::Step& step) const;

  Context& context_;
  const bool on_;
  rotate::Progress& inner_;
  const LastWrite lastWrite_;
  std::optional<plan::Decision> decision_{};  // of the last look
  std::string told_{};                        // what the last event of waiting said, but for the time
};

/// The last event of a run, with -o jsonl: how it ended, and the exit code.
void tellEnd(Context& context, const Options& options, std::string_view stage, std::string_view nextCommand);
void tellEnd(Context& context, const Options& options, const base::Error& error);

}  // namespace cli
