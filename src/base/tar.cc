#include "base/tar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

namespace base {

namespace {

constexpr std::size_t blockSize = 512, sizeAt = 124, magicAt = 257;

void put(std::string& header, std::size_t at, std::string_view text) {
  header.replace(at, text.size(), text);
}

std::size_t padded(std::size_t size) {
  return (size + blockSize - 1) / blockSize * blockSize;
}

}  // namespace

void Tar::add(std::string_view name, std::string_view bytes) {
  std::string header(blockSize, '\0');
  put(header, 0, name.substr(0, 100));
  put(header, 100, "0000600");
  put(header, 108, "0000000");  // owner and group
  put(header, 116, "0000000");
  put(header, sizeAt, fmt::format("{:011o}", bytes.size()));
  put(header, 136, fmt::format("{:011o}", static_cast<std::uint64_t>(time_.time_since_epoch().count())));
  put(header, 148, "        ");  // the checksum counts as spaces
  put(header, 156, "0");         // a regular file
  put(header, magicAt, std::string_view("ustar\00000", 8));
  put(header, 265, "root");
  put(header, 297, "root");
  const auto sum = std::accumulate(header.begin(), header.end(), 0U,
                                   [](unsigned all, char c) { return all + static_cast<unsigned char>(c); });
  put(header, 148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  blocks_ += header;
  blocks_ += bytes;
  blocks_.append(padded(bytes.size()) - bytes.size(), '\0');
}

std::string Tar::finish() const {
  return blocks_ + std::string(2 * blockSize, '\0');
}

bool isTar(std::string_view bytes) {
  return bytes.size() >= blockSize && bytes.substr(magicAt, 5) == "ustar";
}

std::optional<std::string> tarMember(std::string_view archive, std::string_view name) {
  while (isTar(archive)) {
    const auto header = archive.substr(0, blockSize);
    const auto own = header.substr(0, std::min<std::size_t>(header.find('\0'), 100));
    const auto digits = header.substr(sizeAt, 11);
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 8);
    if (error != std::errc() || size > archive.size() - blockSize) return std::nullopt;
    const bool regular = header[156] == '0' || header[156] == '\0';
    const bool meant = own == name || own.ends_with("/" + std::string(name));
    if (regular && meant) return std::string(archive.substr(blockSize, size));
    archive.remove_prefix(std::min(archive.size(), blockSize + padded(size)));
  }
  return std::nullopt;
}

}  // namespace base
