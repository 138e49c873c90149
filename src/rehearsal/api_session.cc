#include "rehearsal/api_session.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <utility>

namespace rehearsal {
namespace {

/// Watches are ended by wall time, as their clients count it.
base::Millis wallTime() {
  return std::chrono::duration_cast<base::Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

std::string chunk(std::string_view data) {
  return fmt::format("{:x}\r\n{}\r\n", data.size(), data);
}

/// Where the client says no time: as long as the API server lets a watch last at least.
base::Millis timeoutOf(const ApiRequest& request) {
  const std::string_view text = request.parameter("timeoutSeconds");
  int seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds(seconds > 0 ? seconds : 1800);
}

}  // namespace

std::string ApiSession::encrypted(std::string data) {
  auto bytes = tls_.encrypt(data);
  if (bytes) return std::move(*bytes);
  ended_ = true;
  return {};
}

std::string ApiSession::feed(std::string_view bytes) {
  auto fed = tls_.feed(bytes);
  if (!fed) {
    ended_ = true;
    return tls_.farewell();
  }
  std::string out = std::move(fed->answer);
  if (!fed->data.empty()) out += encrypted(hear(fed->data));
  if (fed->closed) closing_ = true;
  if (closing_ && !ended_) {
    out += tls_.farewell();
    ended_ = true;
  }
  return out;
}

std::string ApiSession::hear(std::string_view data) {
  if (closing_) return {};
  if (frames_) return hearFrames(data);
  return watch_ ? std::string() : hearRequests(data);
}

std::string ApiSession::hearRequests(std::string_view data) {
  parser_.feed(data);
  std::string out;
  while (!closing_ && !watch_ && !frames_) {
    auto request = parser_.next();
    if (!request) {
      closing_ = true;
      return out + send(answerOf(badRequest(base::describe(request.error()))), false, false);
    }
    if (!*request) {
      if (parser_.takeExpectation()) out += "HTTP/1.1 100 Continue\r\n\r\n";
      return out;
    }
    out += answer(std::move(**request));
  }
  return out;
}

std::string ApiSession::answer(net::IncomingRequest request) {
  const bool keepAlive = request.keepAlive;
  const bool bodyless = request.method == "HEAD";
  ApiRequest read = readRequest(std::move(request));
  const base::Millis watched = timeoutOf(read);
  ApiAnswer answer = api_.handle(std::move(read), tls_.peerChain());
  if (answer.silent) {
    closing_ = true;
    return {};
  }
  if (answer.upgrade) return upgrade(std::move(*answer.upgrade));
  if (answer.watch) {
    watch_ = std::move(answer.watch);
    watchUntil_ = wallTime() + watched;
    return net::formatHead(200, {{"Content-Type", "application/json"}, {"Transfer-Encoding", "chunked"}}) +
           takeWatched();
  }
  return send(std::move(answer), keepAlive, bodyless);
}

std::string ApiSession::send(ApiAnswer answer, bool keepAlive, bool bodyless) {
  std::vector<net::Header> headers{{"Content-Type", answer.type},
                                   {"Cache-Control", "no-cache, private"},
                                   {"Content-Length", std::to_string(answer.body.size())}};
  for (net::Header& each : answer.headers) headers.push_back(std::move(each));
  if (!keepAlive) {
    headers.emplace_back("Connection", "close");
    closing_ = true;
  }
  std::string out = net::formatHead(answer.status, headers);
  return bodyless ? out : out + answer.body;
}

std::string ApiSession::upgrade(Upgrade upgrade) {
  std::string out = net::formatHead(101, upgrade.headers);
  channels_ = std::move(upgrade.channels);
  frames_.emplace(net::Frames::Side::server);
  out += queue(channels_->open());
  const std::string rest = parser_.takeRest();
  return rest.empty() ? out : out + hearFrames(rest);
}

std::string ApiSession::queue(const std::vector<std::string>& messages) {
  for (const std::string& message : messages) frames_->send(message);
  std::string out = takeFrames();
  if (channels_->done() && !std::exchange(saidClose_, true)) {
    frames_->close();  // behind all that is said: control frames overtake; then the client closes, too
    out += takeFrames();
  }
  return out;
}

std::string ApiSession::takeFrames() {
  auto out = frames_->takeOutput();
  if (out) return std::move(*out);
  closing_ = true;
  return {};
}

std::string ApiSession::hearFrames(std::string_view data) {
  const base::Status fed = frames_->feed(data);
  std::vector<std::string> messages;
  {
    const std::lock_guard lock(api_.mutex());
    for (const std::string& message : frames_->takeMessages()) {
      for (std::string& answer : channels_->onMessage(message)) messages.push_back(std::move(answer));
    }
  }
  std::string out = queue(messages);
  if (!fed || frames_->closing()) closing_ = true;
  return out;
}

std::string ApiSession::wake() {
  if (ended_ || (!watch_ && !frames_)) return {};
  const std::string out = watch_ ? takeWatched() : hearFrames({});  // what was connected to may be gone
  std::string bytes = out.empty() ? std::string() : encrypted(out);
  if (closing_ && !ended_) {
    bytes += tls_.farewell();
    ended_ = true;
  }
  return bytes;
}

std::string ApiSession::takeWatched() {
  const std::string events = watch_->take();
  std::string out = events.empty() ? std::string() : chunk(events);
  if (watch_->ended() || wallTime() >= *watchUntil_) {
    out += "0\r\n\r\n";
    watch_->end();
    closing_ = true;  // kept alive it would be of no use: clients watch again on another
  }
  return out;
}

}  // namespace rehearsal
