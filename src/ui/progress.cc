#include "ui/progress.h"

#include <fmt/format.h>

#include <optional>

#include "ui/painter.h"
#include "ui/text.h"

namespace ui {
namespace {

constexpr base::Millis redrawInterval{200};

std::string elapsedSince(base::Millis begin, const base::Clock& clock) {
  return base::formatDuration(std::chrono::duration_cast<base::Seconds>(clock.elapsed() - begin));
}

class LiveProgress final : public Progress {
 public:
  LiveProgress(Stream& stream, base::Clock& clock)
      : stream_(stream), clock_(clock), painter_(stream), begin_(clock.elapsed()) {}
  LiveProgress(const LiveProgress&) = delete;
  LiveProgress& operator=(const LiveProgress&) = delete;
  ~LiveProgress() override { painter_.clear(); }

  void started(std::string_view what) override {
    begin_ = clock_.elapsed();
    print(stream_.style().paint(Colour::bold, what));
  }

  void waiting(const Waiting& state) override {
    const base::Millis now = clock_.elapsed();
    if (drawn_ && now - *drawn_ < redrawInterval) return;
    drawn_ = now;
    const std::size_t width = stream_.width() - 1;
    const std::string time = elapsedSince(begin_, clock_);
    std::string first = shorten("  " + describeCount(state), width - std::min(width, time.size() + 3));
    std::vector<std::string> lines{first + stream_.style().paint(Colour::dim, " (" + time + ")")};
    if (std::string missing = describeMissing(state, width - 2); !missing.empty())
      lines.push_back("  " + stream_.style().paint(Colour::yellow, missing));
    painter_.show(lines);
  }

  void note(std::string_view text) override { print("  " + oneLine(text)); }

  void done(std::string_view what) override {
    print("  " + stream_.style().paint(Colour::green, oneLine(what)) +
          stream_.style().paint(Colour::dim, " (" + elapsedSince(begin_, clock_) + ")"));
  }

 private:
  void print(const std::string& line) {
    painter_.clear();
    drawn_.reset();
    stream_.write(line + "\n");
  }

  Stream& stream_;
  base::Clock& clock_;
  Painter painter_;
  base::Millis begin_;
  std::optional<base::Millis> drawn_;
};

class PlainProgress final : public Progress {
 public:
  PlainProgress(Stream& stream, base::Clock& clock) : stream_(stream), clock_(clock) {}

  void started(std::string_view what) override { print(what); }
  void waiting(const Waiting& state) override {
    std::string text = describeCount(state);
    if (std::string missing = describeMissing(state, 400); !missing.empty()) text += "; " + missing;
    if (text != last_) print(text);
    last_ = std::move(text);
  }
  void note(std::string_view text) override { print(oneLine(text)); }
  void done(std::string_view what) override { print(oneLine(what)); }

 private:
  void print(std::string_view text) {
    last_.clear();
    stream_.talk(fmt::format("{}  {}\n", base::formatTime(clock_.now()), text));
  }

  Stream& stream_;
  base::Clock& clock_;
  std::string last_;
};

}  // namespace

std::string describeCount(const Waiting& state) {
  if (state.total == 0) return "waiting: " + oneLine(state.what);
  return fmt::format("waiting: {} ({} of {})", oneLine(state.what), state.holding, state.total);
}

std::string describeMissing(const Waiting& state, std::size_t width) {
  if (state.missing.empty()) return "";
  std::string text = "missing: ";
  std::size_t shown = 0;
  for (const std::string& name : state.missing) {
    const std::string next = (shown == 0 ? "" : ", ") + oneLine(name);
    if (shown > 0 && displayWidth(text + next) + 15 > width) break;
    text += next;
    ++shown;
  }
  if (shown < state.missing.size()) text += fmt::format(" and {} more", state.missing.size() - shown);
  if (displayWidth(text) <= width) return text;
  const std::string more = fmt::format(" and {} more", state.missing.size() - 1);
  const std::string rest = state.missing.size() > 1 ? more : "";
  return cut("missing: " + oneLine(state.missing.front()), width - std::min(width, rest.size())) + rest;
}

std::unique_ptr<Progress> makeLiveProgress(Stream& stream, base::Clock& clock) {
  return std::make_unique<LiveProgress>(stream, clock);
}

std::unique_ptr<Progress> makePlainProgress(Stream& stream, base::Clock& clock) {
  return std::make_unique<PlainProgress>(stream, clock);
}

std::unique_ptr<Progress> makeProgress(Stream& stream, base::Clock& clock) {
  return stream.canRedraw() && !stream.quiet() ? makeLiveProgress(stream, clock)
                                               : makePlainProgress(stream, clock);
}

}  // namespace ui
