// An object that was read from protobuf is JSON.
#include <cstdlib>

#include "fuzz/check.h"
#include "rehearsal/protobuf_body.h"

namespace fuzz {

void checkKubernetesProtobuf(std::string_view bytes) {
  const auto object = rehearsal::readProtobuf(bytes);
  if (!object) {
    if (object.error().code != 400 && object.error().code != 415) std::abort();
    return;
  }
  if (!json::parse(json::dump(*object))) std::abort();
}

}  // namespace fuzz
