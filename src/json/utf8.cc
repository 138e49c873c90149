#include "json/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace json {

std::size_t asciiLength(std::string_view text) {
  std::size_t at = 0;
  for (std::uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & 0x8080808080808080) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

std::size_t characterLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return byte(i) >= low && byte(i) <= high;
  };
  // Unicode 15, table 3-7: the second byte's range rules out overlong forms, surrogates and what is beyond
  // 10FFFF.
  const unsigned first = byte(0);
  if (text.empty()) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

std::string_view asUtf8(std::string_view text, std::string& scratch) {
  std::size_t good = asciiLength(text);
  while (good < text.size()) {
    const auto length = characterLength(text.substr(good));
    if (length == 0) break;
    good += length;
  }
  if (good == text.size()) return text;

  scratch.assign(text.substr(0, good));
  for (text.remove_prefix(good); !text.empty();) {
    const auto length = characterLength(text);
    if (length == 0) {
      scratch += "\xEF\xBF\xBD";
    } else {
      scratch += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return scratch;
}

}  // namespace json
