#include "rehearsal/pod_channels.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "net/websocket.h"
#include "rehearsal/spdy_forward.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr std::size_t largestPortion = 32 * 1024;  // as io.Copy's buffer cuts it

std::string onChannel(int channel, std::string_view bytes) {
  return std::string(1, static_cast<char>(channel)).append(bytes);
}

void addPortions(std::vector<std::string>& messages, int channel, std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += largestPortion)
    messages.push_back(onChannel(channel, bytes.substr(at, largestPortion)));
}

/// One port: channel 0 carries data, channel 1 an error; both begin with the port.
class ForwardChannels final : public PodChannels {
 public:
  ForwardChannels(Pods& pods, std::string ns, std::string pod, std::vector<int> ports) {
    for (const int port : ports) {
      Forward& each = forwards_.emplace_back();
      each.port = port;
      auto end = pods.connect(ns, pod, port);
      if (end) {
        each.end = std::move(*end);
      } else {
        each.error = whyNotForwarded(port, pod, end.error());
      }
    }
  }

  std::vector<std::string> open() override {
    std::vector<std::string> messages;
    for (std::size_t i = 0; i < forwards_.size(); ++i) {
      const int port = forwards_[i].port;
      const std::string number{static_cast<char>(port & 0xff), static_cast<char>(port >> 8)};
      const int data = static_cast<int>(2 * i), error = data + 1;
      messages.push_back(onChannel(data, number));
      messages.push_back(onChannel(error, number));
      if (!forwards_[i].error.empty()) messages.push_back(onChannel(error, forwards_[i].error));
    }
    return messages;
  }

  std::vector<std::string> onMessage(std::string_view message) override {
    std::vector<std::string> answers;
    if (message.empty()) return answers;
    const auto channel = static_cast<unsigned char>(message.front());
    const std::size_t at = channel / 2U;
    if (channel % 2 != 0 || at >= forwards_.size() || !forwards_[at].end) return answers;
    addPortions(answers, channel, forwards_[at].end->feed(message.substr(1)));
    return answers;
  }

  [[nodiscard]] bool done() const override {
    return std::all_of(forwards_.begin(), forwards_.end(),
                       [](const Forward& each) { return !each.end || each.end->closed(); });
  }

 private:
  struct Forward {
    int port = 0;
    std::unique_ptr<PortEnd> end{};
    std::string error{};
  };
  std::vector<Forward> forwards_;
};

/// Channel 3 at the end, as the kubelet says how a command ended.
Value statusOf(const base::Result<ExecResult>& result) {
  Value status = Value::object({{"metadata", Value::object()}});
  if (result && result->exitCode == 0) return status.set("status", "Success");
  status.set("status", "Failure");
  if (!result) {
    status.set("message", "Internal error occurred: error executing command in container: " +
                              base::describe(result.error()));
    status.set("reason", "InternalError");
    return status.set("code", 500);
  }
  const std::string code = std::to_string(result->exitCode);
  status.set("message",
             "command terminated with non-zero exit code: error executing command: exit status " + code);
  status.set("reason", "NonZeroExitCode");
  const Value cause = Value::object({{"reason", "ExitCode"}, {"message", code}});
  return status.set("details", Value::object({{"causes", Value::array({cause})}}));
}

class ExecChannels final : public PodChannels {
 public:
  explicit ExecChannels(const base::Result<ExecResult>& result) {
    messages_.push_back(onChannel(1, ""));  // the runtime opens with an empty message
    if (result) {
      addPortions(messages_, 1, result->out);
      addPortions(messages_, 2, result->err);
    }
    messages_.push_back(onChannel(3, json::dump(statusOf(result))));
  }

  std::vector<std::string> open() override { return std::move(messages_); }
  std::vector<std::string> onMessage(std::string_view) override { return {}; }
  [[nodiscard]] bool done() const override { return true; }

 private:
  std::vector<std::string> messages_;
};

std::optional<std::vector<int>> portsOf(const ApiRequest& request) {
  std::vector<int> ports;
  for (const std::string& list : request.parameters("ports")) {
    for (const std::string& text : base::split(list, ',')) {
      int port = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
      if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535)
        return std::nullopt;
      ports.push_back(port);
    }
  }
  return ports;
}

Granted<std::vector<net::Header>> accepted(const ApiRequest& request,
                                           const std::vector<std::string>& spoken) {
  auto headers = net::acceptUpgrade(request.http.headers, spoken);
  if (headers) return std::move(*headers);
  return refuse(badRequest(base::describe(headers.error())));
}

}  // namespace

Granted<std::string> containerOf(const ApiRequest& request, const Value& pod) {
  const std::string named(request.parameter("container"));
  const Value& spec = pod["spec"];
  std::string all, first;
  for (const char* list : {"containers", "initContainers"}) {
    for (const Value& container : spec[list].items()) {
      const std::string name(container["name"].text());
      if (name == named) return named;
      if (first.empty()) first = name;
      all += (all.empty() ? "" : " ") + name;
    }
  }
  if (!named.empty())
    return refuse(badRequest(fmt::format("container {} is not valid for pod {}", named, request.name)));
  if (spec["containers"].items().size() == 1) return first;
  return refuse(badRequest(
      fmt::format("a container name must be specified for pod {}, choose one of: [{}]", request.name, all)));
}

Granted<Upgrade> openPortForward(const ApiRequest& request, Pods& pods) {
  GRANT_ASSIGN(auto headers, accepted(request, {spdyTunnel, "v4.channel.k8s.io"}));
  if (headers.back().second == spdyTunnel)
    return Upgrade{std::move(headers), makeSpdyForward(pods, request.ns, request.name)};
  auto ports = portsOf(request);
  if (!ports) return refuse(badRequest("query parameter \"ports\" is not a list of ports"));
  if (ports->empty()) return refuse(badRequest("query parameter \"port\" is required"));
  return Upgrade{std::move(headers),
                 std::make_unique<ForwardChannels>(pods, request.ns, request.name, std::move(*ports))};
}

Granted<Upgrade> openExec(const ApiRequest& request, const Value& pod, Pods& pods) {
  const auto command = request.parameters("command");
  if (command.empty()) return refuse(badRequest("you must specify at least one command for the container"));
  if (!request.isSet("stdin") && !request.isSet("stdout") && !request.isSet("stderr"))
    return refuse(badRequest("you must specify at least one of stdin, stdout, stderr"));
  GRANT_ASSIGN(const std::string container, containerOf(request, pod));
  GRANT_ASSIGN(auto headers, accepted(request, {"v5.channel.k8s.io", "v4.channel.k8s.io"}));
  return Upgrade{std::move(headers),
                 std::make_unique<ExecChannels>(pods.execute(request.ns, request.name, container, command))};
}

}  // namespace rehearsal
