#include "kube/exec_stream.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "json/value.h"

namespace kube {
namespace {

constexpr std::size_t largestOutput = std::size_t{256} << 20;
constexpr std::size_t largestStatus = std::size_t{1} << 20;

std::optional<int> toInt(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

base::Result<int> exitCodeOf(std::string_view status) {
  const auto parsed = json::parse(status, {.bytes = largestStatus});
  if (!parsed || !(*parsed)["status"].isString())
    return base::fail({base::Kind::failed, "the exec ended without a Status that can be read"});
  const json::Value& value = *parsed;
  if (value["status"].text() == "Success") return 0;
  if (value["reason"].text() == "NonZeroExitCode") {
    for (const json::Value& cause : value["details"]["causes"].items()) {
      if (cause["reason"].text() != "ExitCode") continue;
      if (const auto code = toInt(cause["message"].text()); code && *code != 0) return *code;
    }
    return base::fail({base::Kind::failed, "the exec ended with a failure but no exit code"});
  }
  return base::fail(
      {base::Kind::failed, "the command did not run to its end", std::string(value["message"].text())});
}

void ExecConversation::fail(base::Error error) {
  if (ended_) return;
  ended_ = true;
  error_ = std::move(error);
}

std::vector<std::string> ExecConversation::onOpen(std::string_view protocol) {
  if (protocol != "v5.channel.k8s.io" && protocol != "v4.channel.k8s.io")
    fail({base::Kind::failed, "the server speaks neither v5 nor v4.channel.k8s.io"});
  return {};
}

std::vector<std::string> ExecConversation::onMessage(std::string_view message) {
  if (ended_ || message.empty()) return {};
  const auto channel = static_cast<unsigned char>(message.front());
  const std::string_view payload = message.substr(1);
  if (output_.out.size() + output_.err.size() + payload.size() > largestOutput) {
    fail({base::Kind::failed, "the command printed more than 256 MiB"});
  } else if (channel == 1) {
    output_.out += payload;
  } else if (channel == 2) {
    output_.err += payload;
  } else if (channel == 3 && status_.size() + payload.size() <= largestStatus) {
    status_ += payload;
  } else {
    fail({base::Kind::failed, fmt::format("an unexpected message on channel {}", int{channel})});
  }
  return {};
}

void ExecConversation::onClose(int code, std::string_view reason) {
  if (ended_) return;
  constexpr int normal = 1000, noStatus = 1005;
  if (code != normal && code != noStatus)
    return fail({base::Kind::unavailable, "the connection ended early",
                 reason.empty() ? fmt::format("close code {}", code) : std::string(reason)});
  const auto exitCode = exitCodeOf(status_);
  if (!exitCode) return fail(exitCode.error());
  output_.exitCode = *exitCode;
  ended_ = true;
}

void ExecConversation::onError(const base::Error& error) {
  fail(error);
}

base::Result<ExecOutput> ExecConversation::result() {
  if (error_) return base::fail(*error_);
  if (!ended_) return base::fail({base::Kind::failed, "it was not held"});
  return std::move(output_);
}

}  // namespace kube
