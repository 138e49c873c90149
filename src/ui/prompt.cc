#include "ui/prompt.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/interrupt.h"
#include "base/suspend.h"
#include "base/text.h"
#include "ui/echo_off.h"

namespace ui {
namespace {

base::Error noTerminal(std::string_view what, std::string_view hint) {
  return {base::Kind::usage, std::string(what), "standard input is not a terminal", std::string(hint)};
}

/// How often a terminal is asked for its size while nobody answers.
constexpr int sizeInterval = 200;  // ms

/// What a terminal shows may be gone when one of these has changed.
struct Shown {
  Size size;
  unsigned returns = 0;
  bool operator==(const Shown&) const = default;
};

/// Waits until standard input can be read or the user interrupts; calls `changed` when the terminal has.
base::Status awaitInput(const Stream& stream, const std::function<void()>& changed) {
  pollfd ready[] = {{STDIN_FILENO, POLLIN, 0}, {base::interruptFd(), POLLIN, 0}};
  Shown shown{stream.size(), base::returns()};
  while (true) {
    TRY(base::checkInterrupt());
    const int count = ::poll(ready, 2, changed ? sizeInterval : -1);
    if (count < 0 && errno != EINTR) {
      return base::fail({base::Kind::failed, "cannot wait for an answer", std::strerror(errno)});
    }
    if (count > 0 && ready[1].revents == 0) return {};
    const Shown now{stream.size(), base::returns()};
    if (changed && now != shown) changed();
    shown = now;
  }
}

/// A line from the terminal without its newline; byte by byte, so that nothing stays behind in a buffer.
/// Where it was not ended by one (Ctrl-C, Ctrl-D), `shown` gets it.
base::Result<base::Secret> readLine(Stream& shown, const std::function<void()>& changed = {}) {
  std::string line;
  line.reserve(1024);  // does not move while it grows: no copies of a passphrase left behind
  while (line.size() < 1024) {
    if (const auto input = awaitInput(shown, changed); !input) {
      shown.write("\n");
      return base::fail(input.error());
    }
    char letter = 0;
    const ssize_t count = ::read(STDIN_FILENO, &letter, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::fail({base::Kind::failed, "cannot read the answer", std::strerror(errno)});
    if (count == 0) shown.write("\n");
    if (count == 0 || letter == '\n') break;
    line.push_back(letter);
  }
  return base::Secret(std::move(line));
}

base::Result<base::Secret> readHidden(Terminal& terminal, const std::string& question) {
  const EchoOff quiet;
  ::tcflush(STDIN_FILENO, TCIFLUSH);  // what was typed before is no answer
  terminal.err.write(question);
  auto answer = readLine(terminal.err);
  if (answer) terminal.err.write("\n");
  return answer;
}

}  // namespace

base::Result<std::string> askLine(Terminal& terminal, std::string_view question, std::string_view hint,
                                  const std::function<void()>& redraw) {
  if (!terminal.canAsk) return base::fail(noTerminal("cannot ask \"" + std::string(question) + "\"", hint));
  const auto ask = [&] {
    tcflush(STDIN_FILENO, TCIFLUSH);  // what was typed before the question is no answer to it
    terminal.err.write(terminal.err.style().paint(Colour::bold, question) + " ");
  };
  const auto again = [&] {
    terminal.err.write("\n");
    redraw();
    ask();
  };
  ask();
  const auto line = readLine(terminal.err, redraw ? std::function<void()>(again) : nullptr);
  if (!line) return base::fail(line.error());
  return std::string(base::trim(line->reveal()));
}

base::Result<bool> confirm(Terminal& terminal, std::string_view question, std::string_view hint) {
  TRY_ASSIGN(std::string answer, askLine(terminal, std::string(question) + " [y/N]", hint));
  std::transform(answer.begin(), answer.end(), answer.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return answer == "y" || answer == "yes";
}

base::Result<base::Secret> askPassphrase(Terminal& terminal, std::string_view what, std::string_view hint) {
  if (!terminal.canAsk) return base::fail(noTerminal("cannot ask for " + std::string(what), hint));
  return readHidden(terminal, "Enter " + std::string(what) + ": ");
}

base::Result<base::Secret> askNewPassphrase(Terminal& terminal, std::string_view what,
                                            std::string_view hint) {
  TRY_ASSIGN(base::Secret first, askPassphrase(terminal, what, hint));
  if (first.empty()) {
    return base::fail(
        {base::Kind::usage, "no " + std::string(what) + " given", "it is empty", std::string(hint)});
  }
  TRY_ASSIGN(const base::Secret second, readHidden(terminal, "Enter " + std::string(what) + " again: "));
  if (first.reveal() != second.reveal()) {
    return base::fail({base::Kind::usage, "the two entries of " + std::string(what) + " differ"});
  }
  return first;
}

}  // namespace ui
