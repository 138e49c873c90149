#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "json/value.h"

namespace rehearsal {

/// Secret `cacerts` as someone plugged it in long ago: a root that is nowhere, and its intermediate. Small
/// keys: nobody lives from them.
base::Result<json::Value> pluggedCaSecret(const std::string& istioNamespace, base::Time now);

}  // namespace rehearsal
