#pragma once

#include "base/result.h"
#include "json/value.h"
#include "trust/observation.h"

namespace mesh {

/// An observation as a document: apiVersion istio-ca/v1, kind Observation. Certificates stand once, in a
/// table by their SHA-256, and are named by it everywhere else. No key bytes, for an observation holds none.
json::Value observationToJson(const trust::Observation& observation);

/// Reads one back, equal to what was written. Errors: usage (another kind or version, a field that is missing
/// or is of another type, a certificate that is not in the table or does not have the SHA-256 that it is
/// named by).
base::Result<trust::Observation> observationFromJson(const json::Value& document);

}  // namespace mesh
