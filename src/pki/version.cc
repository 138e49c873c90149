#include "pki/version.h"

#include <openssl/crypto.h>

namespace pki {

std::string libraryVersion() {
  return OpenSSL_version(OPENSSL_VERSION);
}

}  // namespace pki
