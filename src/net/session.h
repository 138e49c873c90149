#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/frames.h"
#include "net/http.h"
#include "net/http_message.h"

namespace net {

/// One dialogue from the upgrade to its end, without I/O: a small state machine between the bytes of a
/// connection and a Conversation, which it tells everything that Conversation promises, and nothing after its
/// end.
class Session {
 public:
  /// `target` and `host` are the request line's and the Host header's.
  Session(Dialogue dialogue, std::string target, std::string host);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The connection stands: the upgrade is to be sent.
  void onConnected();
  void onBytes(std::string_view bytes);
  /// The other side has closed the connection.
  void onEnd();
  /// The connection could not be made, broke, or took too long.
  void onFailure(const base::Error& error);

  /// Bytes to send now. Those of the upgrade hold the token: cleanse them once they are sent.
  std::string takeOutput();
  /// Nothing more will be said to the conversation; what takeOutput() gives is the farewell.
  [[nodiscard]] bool ended() const { return state_ == State::ended; }
  /// 101 or what the server said instead; 0 before.
  [[nodiscard]] int status() const { return parser_.response().status; }
  [[nodiscard]] const Dialogue& dialogue() const { return dialogue_; }

 private:
  enum class State { connecting, upgrading, open, ended };

  void readUpgrade(std::string_view bytes);
  void open(const std::string& protocol);
  void readFrames(std::string_view bytes);
  void refuse();
  void fail(const base::Error& error);
  void say(const std::vector<std::string>& messages);
  void flush();

  Dialogue dialogue_;
  Conversation& conversation_;
  std::string target_, host_, key_;
  State state_ = State::connecting;
  ResponseParser parser_;
  Frames frames_;
  std::string output_;
};

}  // namespace net
