#include "rehearsal/spdy_forward.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "net/header.h"
#include "net/spdy.h"

namespace rehearsal {
namespace {

using Event = net::SpdyServer::Event;

std::string header(const Event& event, std::string_view name) {
  for (const auto& [each, value] : event.headers)
    if (net::equalsIgnoringCase(each, name)) return value;
  return {};
}

int portOf(const Event& event) {
  const std::string text = header(event, "port");
  int port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

class SpdyForward final : public PodChannels {
 public:
  SpdyForward(Pods& pods, std::string ns, std::string pod)
      : pods_(pods), ns_(std::move(ns)), pod_(std::move(pod)) {}

  std::vector<std::string> open() override { return {}; }
  std::vector<std::string> onMessage(std::string_view message) override {
    auto events = spdy_.feed(message);
    done_ = done_ || !events;
    for (const Event& event : events ? *events : std::vector<Event>()) see(event);
    std::string output = spdy_.takeOutput();
    return output.empty() ? std::vector<std::string>() : std::vector{std::move(output)};
  }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  struct Connection {
    std::uint32_t errors = 0;  // the stream for them
    std::unique_ptr<PortEnd> end{};
  };

  void see(const Event& event) {
    if (event.kind == Event::Kind::opened) {
      spdy_.reply(event.stream);
      if (header(event, "streamtype") == "error") {
        errors_[header(event, "requestid")] = event.stream;
      } else {
        connect(event);
      }
      return;
    }
    const auto found = connections_.find(event.stream);
    if (found == connections_.end()) return;
    if (!event.data.empty()) spdy_.send(event.stream, found->second.end->feed(event.data), false);
    if (event.kind == Event::Kind::reset || event.ends || found->second.end->closed()) finish(event.stream);
  }
  void connect(const Event& event) {
    const auto errors = errors_.extract(header(event, "requestid"));
    if (errors.empty()) return;  // not before its other half, as all clients do
    auto end = pods_.connect(ns_, pod_, portOf(event));
    if (!end) {
      spdy_.send(errors.mapped(), whyNotForwarded(portOf(event), pod_, end.error()), true);
      spdy_.send(event.stream, {}, true);
      return;
    }
    connections_[event.stream] = {errors.mapped(), std::move(*end)};
  }
  void finish(std::uint32_t stream) {
    spdy_.send(stream, {}, true);
    spdy_.send(connections_[stream].errors, {}, true);
    connections_.erase(stream);
  }

  Pods& pods_;
  std::string ns_, pod_;
  net::SpdyServer spdy_;
  std::map<std::string, std::uint32_t> errors_;  // by request
  std::map<std::uint32_t, Connection> connections_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<PodChannels> makeSpdyForward(Pods& pods, std::string ns, std::string pod) {
  return std::make_unique<SpdyForward>(pods, std::move(ns), std::move(pod));
}

std::string whyNotForwarded(int port, const std::string& pod, const base::Error& error) {
  return fmt::format("error forwarding port {} to pod {}: {}", port, pod, base::describe(error));
}

}  // namespace rehearsal
