#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

/// Standard base64 with padding, one line.
std::string base64Encode(std::string_view bytes);
/// Standard or raw base64, white space ignored; nullopt if it is not base64.
std::optional<std::string> base64Decode(std::string_view text);
/// Lower case, no separators.
std::string hex(std::string_view bytes);
std::string sha256Hex(std::string_view bytes);
/// The raw digest of 20 bytes. For protocols that prescribe it (WebSocket's accept key), never for trust.
std::string sha1(std::string_view bytes);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);
/// The candidate closest to `word` by edit distance, if it is close enough to be a likely typing error.
std::optional<std::string> didYouMean(std::string_view word, const std::vector<std::string>& candidates);
/// "1 proxy", "3 proxies": plural(3, "proxy", "proxies").
std::string plural(std::size_t count, std::string_view one, std::string_view many);

}  // namespace base
