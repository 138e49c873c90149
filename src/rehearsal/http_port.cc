#include "rehearsal/http_port.h"

#include <fmt/format.h>

namespace rehearsal {

namespace {

constexpr std::size_t largestHead = 64 * 1024;

std::string_view reasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

class HttpPort final : public PortEnd {
 public:
  explicit HttpPort(std::function<HttpAnswer(std::string_view)> handler) : handler_(std::move(handler)) {}

  std::string feed(std::string_view bytes) override {
    head_ += bytes;
    std::string out;
    for (auto end = head_.find("\r\n\r\n"); end != std::string::npos && !closed_;
         end = head_.find("\r\n\r\n")) {
      out += answer(std::string_view(head_).substr(0, end + 2));
      head_.erase(0, end + 4);
    }
    if (head_.size() > largestHead) closed_ = true;
    return out;
  }
  [[nodiscard]] bool closed() const override { return closed_; }

 private:
  std::string answer(std::string_view head) {
    const auto line = head.substr(0, head.find("\r\n"));
    const auto first = line.find(' '), second = line.find(' ', first + 1);
    const bool whole = first != std::string_view::npos && second != std::string_view::npos;
    closed_ = !whole || head.find("onnection: close\r\n") != std::string_view::npos;
    if (!whole) return "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    const auto reply = line.substr(0, first) == "GET" ? handler_(line.substr(first + 1, second - first - 1))
                                                      : HttpAnswer{405, "text/plain", "Method Not Allowed"};
    return fmt::format("HTTP/1.1 {} {}\r\ncontent-type: {}\r\ncontent-length: {}\r\n{}\r\n{}", reply.status,
                       reasonOf(reply.status), reply.contentType, reply.body.size(),
                       closed_ ? "connection: close\r\n" : "", reply.body);
  }

  std::function<HttpAnswer(std::string_view)> handler_;
  std::string head_;
  bool closed_ = false;
};

class SilentPort final : public PortEnd {
 public:
  std::string feed(std::string_view) override { return {}; }
  [[nodiscard]] bool closed() const override { return false; }
};

}  // namespace

std::unique_ptr<PortEnd> makeHttpPort(std::function<HttpAnswer(std::string_view path)> handler) {
  return std::make_unique<HttpPort>(std::move(handler));
}

std::unique_ptr<PortEnd> makeSilentPort() {
  return std::make_unique<SilentPort>();
}

base::Error noProgram(const std::vector<std::string>& command) {
  const auto name = command.empty() ? std::string() : command.front();
  return {base::Kind::failed, "failed to exec in container",
          fmt::format("exec: \"{}\": executable file not found in $PATH: unknown", name)};
}

}  // namespace rehearsal
