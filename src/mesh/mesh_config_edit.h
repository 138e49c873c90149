#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace mesh {

/// The mesh config (YAML) with defaultConfig.proxyMetadata.PROXY_CONFIG_XDS_AGENT: "true". Changes that one
/// node and keeps all other bytes; the result is parsed again and compared with what the change should come
/// to, because an istiod that cannot parse its mesh config starts with defaults. Block style, and flow style
/// on one line. Errors: usage (not YAML), unsupported (written in a way that this cannot edit safely; hint:
/// what to set by hand).
base::Result<std::string> withXdsAgent(std::string_view meshYaml);

}  // namespace mesh
