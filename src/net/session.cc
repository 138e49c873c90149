#include "net/session.h"

#include "base/secret.h"
#include "base/text.h"
#include "net/websocket.h"

namespace net {

namespace {

constexpr std::size_t largestRefusal = 64 << 10;  // of a body: a Status is far smaller

base::Error refusalError(const Response& response) {
  const auto body = base::trim(std::string_view(response.body).substr(0, 300));
  return {
      .kind = response.status >= 500 || response.status == 429 ? base::Kind::unavailable : base::Kind::failed,
      .message = "the server refused the WebSocket with status " + std::to_string(response.status),
      .reason = std::string(body)};
}

}  // namespace

Session::Session(Dialogue dialogue, std::string target, std::string host)
    : dialogue_(std::move(dialogue)),
      conversation_(*dialogue_.conversation),
      target_(std::move(target)),
      host_(std::move(host)),
      key_(newWebSocketKey()) {}

Session::~Session() {
  base::cleanse(output_);
}

void Session::onConnected() {
  output_ = formatUpgrade(dialogue_, target_, host_, key_);
  state_ = State::upgrading;
}

void Session::onBytes(std::string_view bytes) {
  if (state_ == State::upgrading) {
    readUpgrade(bytes);
  } else if (state_ == State::open) {
    readFrames(bytes);
  }
}

void Session::onEnd() {
  if (state_ == State::open) {
    state_ = State::ended;
    conversation_.onClose(1006, "the connection ended without a close");
  } else if (state_ == State::upgrading && parser_.headComplete()) {
    refuse();  // a body that ends early still says more than nothing
  } else if (state_ == State::upgrading) {
    fail({.kind = base::Kind::unavailable,
          .message = "no answer to the WebSocket upgrade",
          .reason = "the server closed the connection"});
  }
}

void Session::onFailure(const base::Error& error) {
  if (state_ == State::upgrading && parser_.headComplete()) return refuse();
  if (state_ != State::ended) fail(error);
}

std::string Session::takeOutput() {
  return std::exchange(output_, {});
}

void Session::readUpgrade(std::string_view bytes) {
  const auto complete = parser_.feed(bytes);
  if (!complete && !parser_.headComplete()) return fail(complete.error().context("the WebSocket upgrade"));
  if (!complete || parser_.response().body.size() >= largestRefusal) return refuse();
  if (!*complete) return;
  if (status() != 101) return refuse();
  const auto protocol = agreedProtocol(parser_.response(), key_, dialogue_.protocols);
  if (!protocol) return fail(protocol.error());
  open(*protocol);
}

void Session::open(const std::string& protocol) {
  state_ = State::open;
  say(conversation_.onOpen(protocol));
  if (state_ == State::open) readFrames(parser_.rest());
}

void Session::readFrames(std::string_view bytes) {
  const base::Status good = frames_.feed(bytes);
  for (const auto& message : frames_.takeMessages()) {
    if (state_ == State::open) say(conversation_.onMessage(message));
  }
  if (state_ != State::open) return;
  flush();  // pongs, or the answer to a close
  if (!good) return fail(good.error());
  if (const auto& closing = frames_.closing()) {
    state_ = State::ended;
    conversation_.onClose(closing->code, closing->reason);
  }
}

/// Says what the conversation wants said, and farewell once it needs no more.
void Session::say(const std::vector<std::string>& messages) {
  for (const auto& message : messages) frames_.send(message);
  if (conversation_.done()) {
    state_ = State::ended;
    frames_.close();
  }
  flush();
}

void Session::flush() {
  const auto bytes = frames_.takeOutput();
  if (bytes) {
    output_ += *bytes;
  } else if (state_ == State::open) {
    fail(bytes.error());
  }
}

void Session::refuse() {
  const Response& response = parser_.response();
  fail(dialogue_.refusal != nullptr ? dialogue_.refusal(response) : refusalError(response));
}

void Session::fail(const base::Error& error) {
  state_ = State::ended;
  conversation_.onError(error);
}

}  // namespace net
