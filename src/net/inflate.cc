#include "net/inflate.h"

#include <array>
#include <vector>

namespace net {
namespace {

constexpr std::size_t mostOutput = std::size_t{1} << 20;
constexpr std::size_t windowSize = std::size_t{32} << 10;
constexpr int longestCode = 15;

/// Bits of a message, the lowest of each byte first. Behind the end all are 0, and failed() says so.
class Bits {
 public:
  explicit Bits(std::string_view bytes) : bytes_(bytes) {}

  unsigned take(int count) {
    unsigned value = 0;
    for (int i = 0; i < count; ++i) value |= bit() << i;
    return value;
  }
  unsigned bit() {
    if (at_ / 8 >= bytes_.size()) {
      failed_ = true;
      return 0;
    }
    const auto byte = static_cast<unsigned char>(bytes_[at_ / 8]);
    return (byte >> (at_++ % 8)) & 1U;
  }
  std::string_view takeBytes(std::size_t count) {
    at_ = (at_ + 7) / 8 * 8;
    if (bytes_.size() - at_ / 8 < count) {
      failed_ = true;
      return {};
    }
    const std::string_view taken = bytes_.substr(at_ / 8, count);
    at_ += 8 * count;
    return taken;
  }
  [[nodiscard]] bool failed() const { return failed_; }
  /// Nothing left but what fills up the last byte.
  [[nodiscard]] bool empty() const { return (at_ + 7) / 8 >= bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

/// A canonical Huffman code.
class Code {
 public:
  explicit Code(const std::vector<int>& lengths) {
    for (const int length : lengths) ++counts_[std::size_t(length)];
    counts_[0] = 0;
    std::array<unsigned, longestCode + 2> offsets{};
    for (std::size_t i = 1; i <= longestCode; ++i) offsets[i + 1] = offsets[i] + counts_[i];
    symbols_.resize(lengths.size());
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol)
      if (lengths[symbol] != 0) symbols_[offsets[std::size_t(lengths[symbol])]++] = static_cast<int>(symbol);
  }
  /// The next symbol; -1 if the bits are none.
  int decode(Bits& bits) const {
    unsigned code = 0, first = 0, index = 0;
    for (std::size_t length = 1; length <= longestCode; ++length) {
      code |= bits.bit();
      const unsigned count = counts_[length];
      if (code < first + count) return symbols_[index + (code - first)];
      index += count;
      first = (first + count) << 1U;
      code <<= 1U;
    }
    return -1;
  }

 private:
  std::array<unsigned, longestCode + 1> counts_{};
  std::vector<int> symbols_;
};

constexpr std::array lengthBases{3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::array lengthBits{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::array distanceBases{1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                                   33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                                   1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr std::array distanceBits{0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                  6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

Code fixedCode() {
  std::vector<int> lengths(288, 8);
  for (std::size_t i = 144; i < 256; ++i) lengths[i] = 9;
  for (std::size_t i = 256; i < 280; ++i) lengths[i] = 7;
  return Code(lengths);
}

/// The two codes that a block of type 2 begins with; empty lengths if they are none.
struct Codes {
  std::vector<int> literals, distances;
};

Codes readCodes(Bits& bits) {
  constexpr std::array order{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  const std::size_t literals = bits.take(5) + 257, distances = bits.take(5) + 1, count = bits.take(4) + 4;
  std::vector<int> lengths(19, 0);
  for (std::size_t i = 0; i < count; ++i) lengths[std::size_t(order[i])] = static_cast<int>(bits.take(3));
  const Code code(lengths);
  std::vector<int> all;
  while (all.size() < literals + distances && !bits.failed()) {
    const int symbol = code.decode(bits);
    if (symbol < 0 || (symbol == 16 && all.empty())) return {};
    if (symbol < 16) {
      all.push_back(symbol);
      continue;
    }
    const int value = symbol == 16 ? all.back() : 0;
    const unsigned times = symbol == 16   ? 3 + bits.take(2)
                           : symbol == 17 ? 3 + bits.take(3)
                                          : 11 + bits.take(7);
    all.insert(all.end(), times, value);
  }
  if (all.size() != literals + distances) return {};
  const auto middle = all.begin() + std::ptrdiff_t(literals);
  return {{all.begin(), middle}, {middle, all.end()}};
}

/// Appends what a compressed block says; false if it says nothing sensible.
bool readCompressed(Bits& bits, const Code& literals, const Code& distances, std::string& out,
                    std::size_t most) {
  while (!bits.failed() && out.size() <= most) {
    const int symbol = literals.decode(bits);
    if (symbol == 256) return true;
    if (symbol < 0 || symbol > 285) return false;
    if (symbol < 256) {
      out += static_cast<char>(symbol);
      continue;
    }
    const auto at = std::size_t(symbol - 257);
    const std::size_t length = std::size_t(lengthBases[at]) + bits.take(lengthBits[at]);
    const int far = distances.decode(bits);
    if (far < 0 || far > 29) return false;
    const std::size_t distance =
        std::size_t(distanceBases[std::size_t(far)]) + bits.take(distanceBits[std::size_t(far)]);
    if (distance > out.size()) return false;
    for (std::size_t i = 0; i < length; ++i) out += out[out.size() - distance];
  }
  return false;
}

bool readBlock(Bits& bits, std::string& out, std::size_t most) {
  bits.bit();  // whether it is the last: the stream has none
  switch (bits.take(2)) {
    case 0: {
      const std::string_view head = bits.takeBytes(4);
      if (head.size() != 4) return false;
      const std::size_t size =
          static_cast<unsigned char>(head[0]) + 256U * static_cast<unsigned char>(head[1]);
      out += bits.takeBytes(size);
      return !bits.failed() && out.size() <= most;
    }
    case 1: {
      static const Code literals = fixedCode(), distances(std::vector<int>(30, 5));
      return readCompressed(bits, literals, distances, out, most);
    }
    case 2: {
      const Codes codes = readCodes(bits);
      return !codes.literals.empty() &&
             readCompressed(bits, Code(codes.literals), Code(codes.distances), out, most);
    }
    default:
      return false;
  }
}

}  // namespace

base::Result<std::string> Inflater::feed(std::string_view message) {
  const auto broken = base::fail({base::Kind::failed, "not a zlib stream"});
  if (!begun_) {
    const bool hasDictionary = message.size() > 1 && (static_cast<unsigned char>(message[1]) & 0x20U) != 0;
    const std::size_t head = hasDictionary ? 6 : 2;
    if (message.size() < head || (static_cast<unsigned char>(message[0]) & 0x0fU) != 8) return broken;
    message.remove_prefix(head);
    begun_ = true;
  }
  const std::size_t before = history_.size();
  for (Bits bits(message); !bits.empty();)
    if (!readBlock(bits, history_, before + mostOutput)) return broken;
  std::string said = history_.substr(before);
  if (history_.size() > 4 * windowSize) history_.erase(0, history_.size() - windowSize);
  return said;
}

}  // namespace net
