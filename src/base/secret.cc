#include "base/secret.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace base {

Secret::Secret(std::string&& bytes) : bytes_(std::move(bytes)) {
  cleanse(bytes);
}

Secret::Secret(const Secret& other) = default;

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {
  cleanse(other.bytes_);
}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    cleanse(bytes_);  // first: an assignment that has to grow frees the old buffer as it is
    bytes_ = other.bytes_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    cleanse(bytes_);
    bytes_ = std::move(other.bytes_);
    cleanse(other.bytes_);
  }
  return *this;
}

Secret::~Secret() {
  cleanse(bytes_);
}

void cleanse(std::string& bytes) {
  // The whole capacity: a string that was moved from or shortened still holds the bytes behind its end.
  bytes.resize(bytes.capacity());
  cleanse(bytes.data(), bytes.size());
  bytes.clear();
}

void cleanse(char* bytes, std::size_t size) {
  OPENSSL_cleanse(bytes, size);
}

void appendCleansing(std::string& to, std::string_view bytes) {
  if (to.capacity() - to.size() < bytes.size()) {
    std::string larger;
    larger.reserve(std::max(to.size() + bytes.size(), 2 * to.capacity()));
    larger.append(to);
    cleanse(to);
    to.swap(larger);
  }
  to.append(bytes);
}

}  // namespace base
