#pragma once

#include <string_view>

#include "base/result.h"
#include "trust/observation.h"

namespace mesh {

/// What of an Envoy's config_dump is needed to know its secrets; as the query of a GET. The mask is the one
/// that istioctl uses (istio: istioctl/pkg/proxyconfig/proxyconfig.go:111); other data and most of the bytes
/// stay away.
inline constexpr std::string_view secretsPath =
    "/config_dump?mask=dynamic_active_secrets,dynamic_warming_secrets";

/// What an Envoy holds, from a dump in any of the forms that people have: Envoy's own config_dump (whole or
/// masked: one SecretsConfigDump among the configs), `?resource=dynamic_active_secrets` (a DynamicSecret an
/// element), and `istioctl proxy-config secret -o json` (the same in camelCase, without the configs around
/// it). The secrets are taken by their names, `default` and `ROOTCA` (istio:
/// pkg/security/security.go:102,106), never by their place. A warming one of these names sets `warming`.
/// Errors: usage (not such a dump, or what is missing in it), unproven (there is nothing active yet),
/// unsupported (a SPIFFE validator holds the roots, as with SPIRE; a ztunnel's dump).
base::Result<trust::ProxySecrets> parseEnvoySecrets(std::string_view dump);

}  // namespace mesh
