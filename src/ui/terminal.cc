#include "ui/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ui/text.h"

namespace ui {
namespace {

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

Size sizeOf(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0) return {};
  Size measured;
  if (size.ws_col > 0) measured.width = size.ws_col;
  if (size.ws_row > 0) measured.height = size.ws_row;
  return measured;
}

Stream systemStream(int fd) {
  const bool isTerminal = ::isatty(fd) == 1;
  Stream stream([fd](std::string_view text) { return writeAll(fd, text); }, isTerminal,
                isTerminal && !systemColourEnvironment().dumbTerminal, Size{}.width);
  if (isTerminal) stream.setMeasure([fd] { return sizeOf(fd); });
  stream.setUtf8(systemLocaleIsUtf8());
  return stream;
}

std::string messageText(const Stream& stream, Colour colour, std::string_view label, std::string_view message,
                        std::string_view hint) {
  std::string text = stream.style().paint(colour, label) + " " + printable(message) + "\n";
  if (!hint.empty())
    text += "  " + stream.style().paint(Colour::cyan, "hint:") + " " + printable(hint) + "\n";
  return text;
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
  stream.write(messageText(stream, Colour::red, "error:", base::describe(error), error.hint));
}

void printWarning(Stream& stream, std::string_view message, std::string_view hint) {
  stream.talk(messageText(stream, Colour::yellow, "warning:", message, hint));
}

}  // namespace ui
