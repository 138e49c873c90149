#include "cli/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "ui/echo_off.h"
#include "ui/painter.h"
#include "ui/text.h"

namespace cli {
namespace {

constexpr base::Millis shortestInterval{200};  // five redraws a second

base::Status check(const Options& options) {
  const auto against = [](std::string_view what, std::string_view why) {
    return base::fail(
        {base::Kind::usage, fmt::format("--watch does not go with {}", what), std::string(why)});
  };
  if (options.has("observation") || options.has("save-observation"))
    return against("a saved observation", "it does not change");
  if (options.has("file")) return against("--file", "a file does not change");
  if (options.on("wait")) return against("--wait", "the one goes on for ever, the other until all holds");
  if (options.duration("interval") >= shortestInterval) return {};
  return base::fail(
      {base::Kind::usage, "--interval " + options.text("interval") + " is too short", "at least 200ms"});
}

/// What two looks that say the same have in common.
json::Value withoutTime(json::Value document) {
  document.erase("observedAt");
  document.erase("takenAt");
  return document;
}

/// Where the looks go.
class View {
 public:
  virtual ~View() = default;
  virtual void show(const Watched& seen, base::Millis took) = 0;
  /// The API server does not answer.
  virtual void silent(const base::Error& error) = 0;
  virtual void end() = 0;
};

/// A screen on the terminal of standard output.
class Screen final : public View {
 public:
  Screen(Context& context, const Options& options)
      : context_(context), painter_(context.terminal().out), interval_(options.duration("interval")) {}

  void show(const Watched& seen, base::Millis took) override {
    last_ = seen.text;
    draw(fmt::format("{}, read in {:.1f}s", time(), static_cast<double>(took.count()) / 1000),
         ui::Colour::dim);
  }
  void silent(const base::Error& error) override {
    if (silentSince_.empty()) silentSince_ = time();
    draw(fmt::format("not read since {}: {}", silentSince_, ui::oneLine(base::describe(error))),
         ui::Colour::red);
  }
  void end() override {
    painter_.clear();
    context_.print(last_);
  }

 private:
  [[nodiscard]] std::string time() const { return base::formatTime(context_.clock().now()).substr(11); }

  void draw(const std::string& state, ui::Colour colour) {
    if (colour == ui::Colour::dim) silentSince_.clear();
    const ui::Stream& out = context_.terminal().out;
    std::vector<std::string> lines{
        out.style().paint(ui::Colour::bold, context_.command()) +
            out.style().paint(ui::Colour::dim,
                              fmt::format("  every {}, Ctrl-C ends  ",
                                          base::formatDuration(std::chrono::duration_cast<base::Seconds>(
                                              std::max(interval_, base::Millis{1000}))))) +
            out.style().paint(colour, state),
        ""};
    auto text = base::split(last_, '\n');
    if (!text.empty() && text.back().empty()) text.pop_back();
    const std::size_t room = std::max<std::size_t>(out.size().height, 4) - 1 - lines.size();
    const std::size_t shown = text.size() <= room ? text.size() : room - 1;
    lines.insert(lines.end(), text.begin(), text.begin() + static_cast<std::ptrdiff_t>(shown));
    if (shown < text.size()) {
      lines.push_back(out.style().paint(
          ui::Colour::dim, fmt::format("{} and {} more lines", out.symbols().more, text.size() - shown)));
    }
    painter_.show(lines);
  }

  Context& context_;
  ui::Painter painter_;
  base::Millis interval_;
  std::string last_{}, silentSince_{};
  ui::EchoOff echoOff_{};
};

/// What has changed, printed again.
class Changes final : public View {
 public:
  Changes(Context& context, const std::string& format) : context_(context), format_(format) {}

  void show(const Watched& seen, base::Millis) override {
    error_.clear();
    const json::Value now = withoutTime(seen.document);
    if (last_ && *last_ == now) return;
    if (format_ == "yaml") {
      context_.print("---\n" + seen.text);
    } else if (format_ == "json") {
      context_.print(seen.text);
    } else {
      context_.print(
          fmt::format("{}{}\n{}", last_ ? "\n" : "", base::formatTime(context_.clock().now()), seen.text));
    }
    last_ = now;
  }
  void silent(const base::Error& error) override {
    const std::string text = base::describe(error);
    if (text != error_)
      context_.say(
          fmt::format("{}  {}; trying again\n", base::formatTime(context_.clock().now()), ui::oneLine(text)));
    error_ = text;
  }
  void end() override {}

 private:
  Context& context_;
  const std::string format_;
  std::optional<json::Value> last_{};
  std::string error_{};
};

std::unique_ptr<View> viewFor(Context& context, const Options& options) {
  const std::string format = options.text("output");
  const bool documents = format == "json" || format == "yaml";
  if (!documents && context.terminal().out.canRedraw()) return std::make_unique<Screen>(context, options);
  return std::make_unique<Changes>(context, format);
}

base::Status lookForEver(Context& context, const Options& options, View& view,
                         const std::function<base::Result<Watched>()>& look) {
  base::Clock& clock = context.clock();
  bool seenAny = false;
  while (true) {
    const base::Millis began = clock.elapsed();
    const auto seen = look();
    const bool mayPass = !seen && seenAny && seen.error().kind == base::Kind::unavailable;
    if (!seen && !mayPass) return base::fail(seen.error());
    if (seen) view.show(*seen, clock.elapsed() - began);
    if (!seen) view.silent(seen.error());
    seenAny = true;
    if (const auto& out = context.terminal().out.status(); !out) return base::fail(out.error());
    TRY(clock.pause(options.duration("interval")));
  }
}

}  // namespace

std::vector<Option> watchOptions() {
  return {{.name = "watch", .letter = 'w', .help = "look again and again, until Ctrl-C"},
          {.name = "interval",
           .takes = Takes::duration,
           .value = "DURATION",
           .help = "with --watch: the pause between two looks",
           .fallback = "2s"}};
}

base::Result<int> watch(Context& context, const Options& options,
                        const std::function<base::Result<Watched>()>& look) {
  TRY(check(options));
  const auto view = viewFor(context, options);
  const auto ended = lookForEver(context, options, *view, look);
  view->end();
  if (!ended && ended.error().kind == base::Kind::interrupted) return base::exitCode(ended.error().kind);
  return base::fail(ended.error());
}

}  // namespace cli
