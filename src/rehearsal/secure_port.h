#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "rehearsal/pods.h"
#include "rehearsal/store.h"

namespace rehearsal {

class Istiod;
class Mesh;

/// The far end of an istiod's port 15012 (istio: security/pkg/server/ca/server.go): TLS, and behind it gRPC's
/// CreateCertificate for whoever shows a service account's token.
std::unique_ptr<PortEnd> makeSecurePort(Mesh& mesh, Istiod& istiod);

/// The service account that a bearer token is of, "NAMESPACE/NAME", if istiod takes it: made by the API
/// server for the audience `istio-ca`, not expired, of an account that exists (istio:
/// security/pkg/k8s/tokenreview/k8sauthn.go).
std::optional<std::string> tokenAccount(const Store& store, std::string_view token, base::Time now);

}  // namespace rehearsal
