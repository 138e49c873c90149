// What a client sends on a SPDY connection, its compressed headers too, does not depend on how it is cut.
#include "net/spdy.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "fuzz/check.h"

namespace fuzz {
namespace {

/// All that happened; nullopt if the bytes were refused.
std::optional<std::string> inPieces(std::string_view bytes, std::size_t piece) {
  net::SpdyServer server;
  std::string seen;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    const auto events = server.feed(bytes.substr(0, piece));
    if (!events) return std::nullopt;
    for (const auto& event : *events) {
      seen += std::to_string(event.stream) + (event.ends ? "!" : ":") + event.data + "\n";
      for (const auto& [name, value] : event.headers) seen += name + "=" + value + "\n";
    }
  }
  return seen + server.takeOutput();
}

}  // namespace

void checkSpdy(std::string_view bytes) {
  const auto whole = inPieces(bytes, bytes.size() + 1);
  for (const std::size_t piece : {1U, 7U}) {
    if (inPieces(bytes, piece) != whole) std::abort();
  }
}

}  // namespace fuzz
