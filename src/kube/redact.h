#pragma once

#include <string>

#include "json/value.h"
#include "kube/api.h"

namespace kube {

/// The body of a write, fit to be shown: of a Secret's values only certificates are kept, as the PEM text
/// that they decode to, and the length of all others; anywhere else what holds or is named like a private key
/// is hidden, and last-applied-configuration always is (it holds the whole object). Understands objects,
/// merge patches and JSON patches.
json::Value redacted(const Write& write);

/// The same for what a server answers.
json::Value redactedAnswer(const json::Value& body);

/// The request as text for a dry run: method and path, content type, the body as YAML, keys hidden.
std::string describe(const Write& write);

}  // namespace kube
