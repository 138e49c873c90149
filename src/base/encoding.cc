// base64, hex and digests, over OpenSSL.
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/text.h"

namespace base {

namespace {

const unsigned char* bytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct FreeDigest {
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
};
using DigestPtr = std::unique_ptr<EVP_MD, FreeDigest>;

DigestPtr fetch(const char* algorithm) {
  return DigestPtr(EVP_MD_fetch(nullptr, algorithm, nullptr));
}

std::string digest(const DigestPtr& algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm.get(), nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

std::string base64Encode(std::string_view bytes) {
  // In blocks, because OpenSSL counts in int; a multiple of 3 has no padding.
  constexpr std::size_t block = 3U << 20;
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL adds a NUL
  std::size_t written = 0;
  for (std::size_t i = 0; i < bytes.size(); i += block) {
    const auto part = bytes.substr(i, block);
    written += std::size_t(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data() + written),
                                           bytesOf(part), int(part.size())));
  }
  text.resize(written);
  return text;
}

std::optional<std::string> base64Decode(std::string_view text) {
  std::string digits(text.size(), '\0');
  digits.erase(std::remove_copy_if(text.begin(), text.end(), digits.begin(), isBlank), digits.end());
  const std::size_t withPadding = digits.size();
  while (!digits.empty() && digits.back() == '=' && withPadding - digits.size() < 2) digits.pop_back();
  const bool padded = digits.size() != withPadding;
  if (digits.find('=') != std::string::npos) return std::nullopt;  // OpenSSL takes it for a zero
  if (digits.size() % 4 == 1 || (padded && withPadding % 4 != 0)) return std::nullopt;

  const std::size_t size = digits.size() * 3 / 4;
  digits.resize((digits.size() + 3) / 4 * 4, 'A');
  std::string bytes(digits.size() / 4 * 3, '\0');
  constexpr std::size_t block = 4U << 20;
  for (std::size_t i = 0; i < digits.size(); i += block) {
    const auto part = std::string_view(digits).substr(i, block);
    auto* to = reinterpret_cast<unsigned char*>(bytes.data() + i / 4 * 3);
    if (EVP_DecodeBlock(to, bytesOf(part), int(part.size())) != int(part.size() / 4 * 3)) return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string sha256Hex(std::string_view bytes) {
  static const DigestPtr algorithm = fetch("SHA256");  // once: it takes as long as a short digest
  return hex(digest(algorithm, bytes));
}

std::string sha1(std::string_view bytes) {
  static const DigestPtr algorithm = fetch("SHA1");
  return digest(algorithm, bytes);
}

}  // namespace base
