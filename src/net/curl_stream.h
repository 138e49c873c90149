#pragma once

#include <poll.h>

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "net/curl_handle.h"

namespace net {

/// Handles for streams to one server, used by one after the other: they are told of it once, and look its
/// name up once. For one thread.
class StreamHandles {
 public:
  /// An easy handle with a multi handle of its own: in a common one, curl takes a connection of CONNECT_ONLY
  /// for an idle one and may close it when another is opened.
  struct Pair {
    MultiPtr multi;
    EasyPtr easy;
  };

  /// Borrows it.
  explicit StreamHandles(const Target& target) : target_(target) {}
  [[nodiscard]] const Target& target() const { return target_; }
  Pair take();
  void giveBack(Pair pair) { idle_.push_back(std::move(pair)); }

 private:
  [[nodiscard]] Pair make() const;

  const Target& target_;
  std::vector<Pair> idle_;
};

/// A byte stream to the server over curl's CONNECT_ONLY: TCP, proxy and TLS (curl's, or ours over a
/// connection of curl's) as for a request, then our own protocol. The caller polls.
class CurlStream {
 public:
  /// Borrows them.
  explicit CurlStream(StreamHandles& handles);
  ~CurlStream();
  CurlStream(const CurlStream&) = delete;
  CurlStream& operator=(const CurlStream&) = delete;

  /// What to wait for; `wantsWrite` matters once connected.
  void addTo(std::vector<pollfd>& fds, bool wantsWrite) const;
  /// When to come back at the latest though nothing is ready, on base::Clock::elapsed; nullopt for whenever.
  [[nodiscard]] std::optional<base::Millis> wakeAt() const {
    return socket_ == CURL_SOCKET_BAD ? timer_ : std::nullopt;
  }
  /// Goes on with connecting. True once connected.
  base::Result<bool> connect(const std::vector<pollfd>& fds, base::Millis now);
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] bool reached() const;

  /// How many of the bytes were taken, 0 if none can be now. What was not taken must be offered again
  /// unchanged.
  base::Result<std::size_t> write(std::string_view bytes);
  /// Bytes; "" if there are none now, nullopt at the end of the stream.
  base::Result<std::optional<std::string_view>> read();

 private:
  [[nodiscard]] CURLM* multi() const { return handles_.multi.get(); }
  [[nodiscard]] CURL* easy() const { return handles_.easy.get(); }
  void listen(curl_socket_callback socket, curl_multi_timer_callback timer);
  static int onSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* socketData);
  static int onTimer(CURLM* multi, long millis, void* self);
  /// Goes on with what curl does of it: TCP, proxies, and TLS where it is curl's.
  base::Result<bool> reach(const std::vector<pollfd>& fds, base::Millis now);
  base::Result<bool> checkReached();

  StreamHandles& all_;
  const Target& target_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  std::array<char, 65536> chunk_;           // not cleared: there may be thousands of these
  std::map<curl_socket_t, short> sockets_;  // poll's events, while connecting
  std::optional<base::Millis> timer_;
  bool connected_ = false;
  curl_socket_t socket_ = CURL_SOCKET_BAD;
  StreamHandles::Pair handles_;
  std::unique_ptr<TlsLink> link_;  // where TLS is not curl's
};

}  // namespace net
