#include "kube/retry.h"

#include <algorithm>
#include <charconv>

namespace kube {
namespace {

constexpr int mostTries = 10;           // client-go rest/request.go gives up after as many
constexpr int mostConnectionTries = 3;  // a server that is not there is better named soon

/// 250 ms, 500 ms, 1 s, ... 8 s.
base::Millis backoff(int tries) {
  return base::Millis{250} * (1 << std::min(tries - 1, 5));
}

/// Retry-After in seconds; a date or nonsense counts as absent.
std::optional<base::Millis> retryAfter(const net::Response& response) {
  const std::string_view text = response.header("retry-after");
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || seconds < 0)
    return std::nullopt;
  return base::Seconds{seconds};
}

}  // namespace

std::optional<base::Millis> retryDelay(std::string_view method, const base::Result<net::Response>& answer,
                                       int tries) {
  const bool read = method == "GET" || method == "HEAD";
  if (!answer) {
    const bool again = read && answer.error().kind == base::Kind::unavailable && tries < mostConnectionTries;
    return again ? std::optional{backoff(tries)} : std::nullopt;
  }
  const bool again = answer->status == 429 || (read && answer->status == 503);
  if (!again || tries >= mostTries) return std::nullopt;
  return std::max(retryAfter(*answer).value_or(base::Millis{0}), backoff(tries));
}

}  // namespace kube
