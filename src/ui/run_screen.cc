#include "ui/run_screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "ui/text.h"

namespace ui {
namespace {

using State = RunView::State;
using Phase = RunView::Phase;

constexpr int mostFolded = 6;
constexpr std::size_t narrow = 60;
constexpr base::Millis longWait{30'000};

std::string duration(base::Millis time) {
  return base::formatDuration(std::chrono::duration_cast<base::Seconds>(std::max(time, base::Millis{0})));
}

std::string usually(const Usual& usual) {
  if (usual.most.count() == 0) return "";
  return fmt::format("usually {}-{}", base::formatDuration(usual.least), base::formatDuration(usual.most));
}

std::string padded(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width - std::min(width, displayWidth(text)), ' ');
}

std::string right(std::string_view text, std::size_t width) {
  return std::string(width - std::min(width, displayWidth(text)), ' ') + std::string(text);
}

/// One drawing; `folded` says how much is left out: 0 nothing, mostFolded nearly everything.
class Drawing {
 public:
  Drawing(const RunView& view, const Frame& frame, base::Millis now, int folded)
      : view_(view),
        frame_(frame),
        now_(now),
        folded_(folded),
        width_(std::max<std::size_t>(frame.size.width, 2) - 1) {}

  std::vector<std::string> screen() {
    header();
    stages();
    if (folded_ == mostFolded) {
      shortest();
      return std::move(lines_);
    }
    step();
    for (const auto& each : view_.predicates) predicate(each);
    held();
    wait();
    gap();
    look();
    notes();
    footer();
    return std::move(lines_);
  }

  std::vector<std::string> summary() {
    for (const auto& stage : view_.stages) stageLine(stage);
    notes();
    return std::move(lines_);
  }

 private:
  void line(std::string text) { lines_.push_back(std::move(text)); }
  /// Wrapped where there is room for it, else one line.
  void text(std::string_view words, std::size_t indent, Colour colour = Colour::none) {
    const bool whole = view_.phase == Phase::asking;  // what is agreed to is shown to its end
    if (folded_ >= 2 && !whole) return line(std::string(indent, ' ') + paint(colour, words));
    for (const auto& each : base::split(wrap(words, width_, indent), '\n')) {
      if (each.empty()) continue;
      line(std::string(indent, ' ') + paint(colour, each.substr(indent)));
    }
  }
  void gap() {
    if (folded_ < 2 && !lines_.empty() && !lines_.back().empty()) line("");
  }
  [[nodiscard]] std::string paint(Colour colour, std::string_view words) const {
    return frame_.style.paint(colour, words);
  }
  [[nodiscard]] std::string dim(std::string_view words) const { return paint(Colour::dim, words); }

  /// What is left, by what the stages usually take.
  [[nodiscard]] std::string expected() const {
    Usual left;
    for (const auto& stage : view_.stages) {
      if (stage.state != State::now && stage.state != State::todo) continue;
      const auto gone = stage.state == State::now
                            ? std::chrono::duration_cast<base::Seconds>(now_ - stage.began)
                            : base::Seconds{0};
      left.least += std::max(stage.usual.least - gone, base::Seconds{0});
      left.most += std::max(stage.usual.most - gone, base::Seconds{0});
    }
    if (left.most.count() == 0) return "";
    return fmt::format(", usually {}-{} more", base::formatDuration(left.least),
                       base::formatDuration(left.most));
  }

  void header() {
    const std::string time = duration(now_ - view_.begun) + " so far" + expected();
    if (folded_ == mostFolded) return;
    line(paint(Colour::bold, view_.command) + "  " + dim(time));
    if (folded_ < 5 && !view_.server.empty()) field("mesh", fmt::format("{}, {}", view_.server, view_.mesh));
    if (folded_ >= 4) return;
    for (const auto& root : view_.leaving) field(view_.back ? "later CA" : "old CA", root);
    if (!view_.coming.empty()) field(view_.back ? "former CA" : "new CA", view_.coming);
    gap();
  }
  void field(std::string_view label, std::string_view value) {
    line(dim(padded(label, view_.back ? 11 : 8)) + std::string(value));
  }

  void stages() {
    std::vector<std::string> passed, coming;
    for (const auto& stage : view_.stages) {
      const bool past = stage.state == State::before || stage.state == State::done;
      if (past && folded_ >= 3) passed.push_back(stage.name);
      if (stage.state == State::todo && folded_ >= 3) coming.push_back(stage.name);
    }
    if (!passed.empty() && folded_ < mostFolded)
      line("  " + paint(Colour::green, frame_.symbols.done) + " " + base::join(passed, ", "));
    for (const auto& stage : view_.stages) {
      if (folded_ < 3 || stage.state == State::now) stageLine(stage);
    }
    if (!coming.empty() && folded_ < 5)
      line(dim(fmt::format("  {} then {}", frame_.symbols.todo, base::join(coming, ", "))));
    gap();
  }

  void stageLine(const RunView::Stage& stage) {
    std::size_t names = 0, whats = 0;
    for (const auto& each : view_.stages) {
      names = std::max(names, displayWidth(each.name));
      whats = std::max(whats, displayWidth(each.what));
    }
    const bool wide = width_ >= narrow;
    std::string text = "  " + sign(stage.state) + " ";
    text += stage.state == State::now ? paint(Colour::bold, padded(stage.name, names))
                                      : padded(stage.name, names);
    if (wide) text += "  " + padded(stage.what, whats);
    const std::string time = timeOf(stage);
    if (!time.empty()) text += "  " + dim(time);
    while (text.ends_with(' ')) text.pop_back();
    line(stage.state == State::todo ? dim(text) : text);
  }

  [[nodiscard]] std::string sign(State state) const {
    if (state == State::todo) return std::string(frame_.symbols.todo);
    if (state != State::now) return paint(Colour::green, frame_.symbols.done);
    if (view_.phase == Phase::stopped) return paint(Colour::red, frame_.symbols.failed);
    return paint(Colour::cyan, frame_.symbols.now);
  }

  [[nodiscard]] std::string timeOf(const RunView::Stage& stage) const {
    const bool over = view_.phase == Phase::ended || view_.phase == Phase::stopped;
    switch (stage.state) {
      case State::before:
        return "before";
      case State::done:
        return duration(stage.took);
      case State::todo:
        return over ? "" : usually(stage.usual);
      case State::now:
        if (over) return "stopped after " + duration(stage.took);
        return fmt::format("{} {}", padded(duration(now_ - stage.began), 6), usually(stage.usual));
    }
    return "";
  }

  void step() {
    if (view_.step.empty()) return;
    if (view_.phase == Phase::asking) {
      text("Next: " + view_.step, 0, Colour::bold);
      if (!view_.effect.empty()) text("what changes: " + view_.effect, 2);
      if (!view_.predicates.empty() && folded_ < 3) text("the proof, read just now:", 2);
      return;
    }
    const std::string ago = duration(now_ - view_.stepAt);
    if (view_.phase == Phase::writing) return text(fmt::format("Writing: {}", view_.step), 0, Colour::bold);
    text(fmt::format("Written {} ago: {}", ago, view_.step), 0);
  }

  [[nodiscard]] std::string count(const RunView::Predicate& predicate, std::size_t digits) const {
    if (predicate.of == 0) return std::string(2 * digits + 1, ' ');
    return right(fmt::format("{}/{}", predicate.holds, predicate.of), 2 * digits + 1);
  }
  [[nodiscard]] std::string bar(const RunView::Predicate& predicate) const {
    constexpr std::size_t cells = 10;
    if (width_ < narrow) return "";
    if (predicate.of == 0) return std::string(cells, ' ') + "  ";
    const std::size_t full = predicate.holds * cells / predicate.of;
    std::string drawn, rest;
    for (std::size_t i = 0; i < cells; ++i)
      (i < full ? drawn : rest) += i < full ? frame_.symbols.full : frame_.symbols.empty;
    return paint(full == cells ? Colour::green : Colour::yellow, drawn) + dim(rest) + "  ";
  }
  [[nodiscard]] std::size_t digits() const {
    std::size_t most = 1;
    for (const auto& each : view_.predicates) most = std::max(most, std::to_string(each.of).size());
    return most;
  }

  void predicate(const RunView::Predicate& predicate) {
    const bool holds = predicate.missing.empty();
    if (holds && folded_ >= 2) return;
    const std::string mark =
        holds ? paint(Colour::green, frame_.symbols.done) : paint(Colour::yellow, frame_.symbols.now);
    const std::string head = fmt::format("  {} {} {}", mark, count(predicate, digits()), bar(predicate));
    const std::size_t indent = displayWidth(head);
    const bool wrapped = folded_ == 0 && width_ > indent + 20;
    bool first = true;
    for (const auto& each :
         base::split(wrapped ? wrap(predicate.text, width_ - indent, 0) : predicate.text, '\n')) {
      if (each.empty()) continue;
      line(first ? head + each : std::string(indent, ' ') + each);
      first = false;
    }
    missing(predicate);
  }

  void missing(const RunView::Predicate& predicate) {
    constexpr std::size_t shown[] = {8, 4, 3, 2, 1, 1, 0};
    std::size_t lines = 0;
    for (const auto& each : predicate.missing) {
      if (lines++ < shown[folded_]) line("      " + missingText(each));
    }
    if (lines <= shown[folded_]) return;
    line(dim(fmt::format("      {} and {} more reasons", frame_.symbols.more, lines - shown[folded_])));
  }

  [[nodiscard]] std::string missingText(const RunView::Missing& missing) const {
    std::string what = ": " + (missing.unproven ? paint(Colour::yellow, "unproven: ") : std::string());
    what += missing.what + dim(fmt::format(" ({})", duration(now_ - missing.since)));
    // As many names as leave room for the rest, and at least one.
    const std::size_t room = width_ - std::min(width_, displayWidth(what) + 6);
    std::string names = missing.subjects.front();
    std::size_t listed = 1;
    for (; listed < missing.subjects.size(); ++listed) {
      const std::string next = names + ", " + missing.subjects[listed];
      const std::size_t left = missing.subjects.size() - listed - 1;
      if (displayWidth(next) + (left > 0 ? fmt::format(" and {} more", left).size() : 0) > room) break;
      names = next;
    }
    if (listed < missing.subjects.size())
      names += fmt::format(" and {} more", missing.subjects.size() - listed);
    return names + what;
  }

  /// What holds, when there is no room for a line each.
  void held() {
    if (folded_ < 2) return;
    const auto n =
        static_cast<std::size_t>(std::count_if(view_.predicates.begin(), view_.predicates.end(),
                                               [](const auto& each) { return each.missing.empty(); }));
    if (n == 0) return;
    const bool all = n == view_.predicates.size();
    line(fmt::format("  {} {}", paint(Colour::green, frame_.symbols.done),
                     all ? base::plural(n, "predicate holds", "predicates hold")
                         : base::plural(n, "other predicate holds", "other predicates hold")));
  }

  void wait() {
    if (view_.phase != Phase::waiting) return;
    const base::Millis still = now_ - view_.moved;
    std::string text = still >= base::Millis{2'000} ? "nothing has moved for " + duration(still) : "";
    if (view_.givesUpAt) {
      text += fmt::format("{}gives up in {}", text.empty() ? "" : "; ", duration(*view_.givesUpAt - now_));
    }
    const bool stuck = still >= longWait;
    if (!text.empty()) line("  " + (stuck ? paint(Colour::yellow, text) : dim(text)));
    if (!view_.later.empty() && folded_ < 4) line(dim("  if it lasts: " + view_.later));
    if (!stuck || folded_ >= 5) return;
    const std::size_t most =
        folded_ < 3 ? view_.advice.size() : std::min<std::size_t>(1, view_.advice.size());
    for (std::size_t i = 0; i < most; ++i) line("  " + paint(Colour::cyan, "look:") + " " + view_.advice[i]);
  }

  void look() {
    if (folded_ >= 5) return;
    if (!view_.look) {
      if (view_.phase == Phase::looking)
        line(dim("looking at the mesh " + duration(now_ - view_.lookingSince.value_or(now_))));
      return;
    }
    const auto& look = *view_.look;
    std::string text = fmt::format("read {} of {} and {} of {} in {:.1f}s", look.proxiesRead,
                                   base::plural(look.proxies, "proxy", "proxies"), look.istiodsRead,
                                   base::plural(look.istiods, "istiod", "istiods"),
                                   static_cast<double>(look.took.count()) / 1000);
    if (look.requests > 0) text += ", " + base::plural(look.requests, "request", "requests");
    const base::Millis lasts = view_.lookingSince ? now_ - *view_.lookingSince : base::Millis{0};
    if (lasts >= base::Millis{3'000}) text += "; the present look lasts for " + duration(lasts);
    line(dim(text));
  }

  void notes() {
    constexpr std::size_t shown[] = {4, 3, 2, 1, 1, 0, 0};
    const std::size_t n = std::min(view_.notes.size(), shown[folded_]);
    for (std::size_t i = view_.notes.size() - n; i < view_.notes.size(); ++i) {
      const auto& note = view_.notes[i];
      const std::string times = note.times > 1 ? fmt::format(" ({} times)", note.times) : "";
      line(dim(base::formatTime(note.at).substr(11)) + "  " + note.text + times);
    }
  }

  void footer() {
    if (folded_ >= 3 || view_.phase == Phase::asking) return;
    line(dim("Ctrl-C stops at once: nothing is half done then, and the same command goes on"));
  }

  /// Where there is no room for more than a line or two.
  void shortest() {
    if (view_.phase == Phase::asking) return step();
    for (const auto& each : view_.predicates) {
      if (each.missing.empty()) continue;
      line(fmt::format("  {} {}/{} {}", frame_.symbols.now, each.holds, each.of, each.text));
      return;
    }
    if (!view_.step.empty()) line("  " + view_.step);
  }

  const RunView& view_;
  const Frame& frame_;
  base::Millis now_;
  int folded_;
  std::size_t width_;
  std::vector<std::string> lines_{};
};

}  // namespace

std::vector<std::string> runScreen(const RunView& view, const Frame& frame, base::Millis now) {
  // A question needs a row of its own below.
  const std::size_t below = view.phase == Phase::asking ? 2 : 1;
  const std::size_t room = std::max<std::size_t>(frame.size.height, below + 1) - below;
  for (int folded = 0; folded < mostFolded; ++folded) {
    auto lines = Drawing(view, frame, now, folded).screen();
    if (lines.size() <= room) return lines;
  }
  auto lines = Drawing(view, frame, now, mostFolded).screen();
  if (lines.size() > room) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(room));
  return lines;
}

std::vector<std::string> runSummary(const RunView& view, const Frame& frame, base::Millis now) {
  return Drawing(view, frame, now, 0).summary();
}

}  // namespace ui
