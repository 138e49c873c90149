#include "base/random.h"

#include <openssl/rand.h>

#include <cstdlib>

namespace base {

std::string randomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  // Without randomness nothing may go on: keys and masks would be guessable.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), int(count)) != 1) std::abort();
  return bytes;
}

}  // namespace base
