#include "ui/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ui/text.h"

namespace ui {
namespace {

constexpr std::size_t defaultWidth = 80;

base::Status writeAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written < 0 && errno == EPIPE) return {};
    if (written < 0) {
      return base::fail({base::Kind::failed,
                         fd == STDOUT_FILENO ? "cannot write standard output" : "cannot write standard error",
                         std::strerror(errno)});
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

std::size_t widthOf(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return defaultWidth;
  return size.ws_col;
}

Stream systemStream(int fd) {
  const bool isTerminal = ::isatty(fd) == 1;
  return {[fd](std::string_view text) { return writeAll(fd, text); }, isTerminal,
          isTerminal && !systemColourEnvironment().dumbTerminal, isTerminal ? widthOf(fd) : defaultWidth};
}

void printMessage(Stream& stream, Colour colour, std::string_view label, std::string_view message,
                  std::string_view hint) {
  std::string text = stream.style().paint(colour, label) + " " + printable(message) + "\n";
  if (!hint.empty())
    text += "  " + stream.style().paint(Colour::cyan, "hint:") + " " + printable(hint) + "\n";
  stream.write(text);
}

}  // namespace

void Stream::write(std::string_view text) {
  if (status_ && sink_) status_ = sink_(text);
}

void Terminal::setColour(ColourChoice choice, const ColourEnvironment& environment) {
  out.setStyle(Style(wantsColour(choice, out.isTerminal(), environment)));
  err.setStyle(Style(wantsColour(choice, err.isTerminal(), environment)));
}

Terminal systemTerminal() {
  return {systemStream(STDOUT_FILENO), systemStream(STDERR_FILENO), ::isatty(STDIN_FILENO) == 1};
}

void printError(Stream& stream, const base::Error& error) {
  printMessage(stream, Colour::red, "error:", base::describe(error), error.hint);
}

void printWarning(Stream& stream, std::string_view message, std::string_view hint) {
  printMessage(stream, Colour::yellow, "warning:", message, hint);
}

}  // namespace ui
