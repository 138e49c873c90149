#pragma once

#include "base/error.h"
#include "trust/observation.h"

namespace mesh {

/// Why something could not be read, as an observation keeps it.
inline trust::Unreadable unreadable(const base::Error& error) {
  return {base::describe(error), error.kind == base::Kind::forbidden};
}

}  // namespace mesh
