#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/http.h"
#include "net/inflate.h"

namespace net {

/// The server's side of SPDY/3.1 as kubectl speaks it (draft-mbelshe-httpbis-spdy-00; moby/spdystream, which
/// has no flow control), without I/O: bytes in, what happens to streams out, and the bytes to send.
class SpdyServer {
 public:
  SpdyServer();

  struct Event {
    enum class Kind { opened, data, reset };
    Kind kind = Kind::opened;
    std::uint32_t stream = 0;
    std::vector<Header> headers{};  // of what is opened; names in lower case
    std::string data{};
    bool ends = false;  // the client will say no more on it
  };
  /// Kind::failed if the bytes are not SPDY/3; the connection cannot go on then.
  base::Result<std::vector<Event>> feed(std::string_view bytes);

  /// Accepts what was opened.
  void reply(std::uint32_t stream);
  void send(std::uint32_t stream, std::string_view data, bool ends);
  std::string takeOutput() { return std::exchange(output_, {}); }

 private:
  base::Status control(unsigned type, unsigned flags, std::string_view payload, std::vector<Event>& events);
  base::Result<std::vector<Header>> headersOf(std::string_view block);
  void frame(std::uint32_t first, unsigned flags, std::string_view payload);

  Inflater inflater_;
  std::string input_, output_;
  bool replied_ = false;  // our own stream of headers has begun
};

}  // namespace net
