#include "pki/openssl.h"

#include <openssl/err.h>

#include <utility>

namespace pki {

ErrorScope::ErrorScope() {
  ERR_clear_error();
}

ErrorScope::~ErrorScope() {
  ERR_clear_error();
}

std::string ErrorScope::reason() const {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  return text == nullptr ? "unknown error" : text;
}

base::Error ErrorScope::error(base::Kind kind, std::string message) const {
  return {kind, std::move(message), reason()};
}

BioPtr readBio(std::string_view bytes) {
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

BioPtr memoryBio() {
  return BioPtr(BIO_new(BIO_s_mem()));
}

std::string taken(BIO* bio) {
  std::string bytes(BIO_ctrl_pending(bio), '\0');
  std::size_t size = 0;
  if (!bytes.empty() && BIO_read_ex(bio, bytes.data(), bytes.size(), &size) != 1) return {};
  return bytes;
}

std::string contents(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace pki
