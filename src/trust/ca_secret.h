#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "trust/observation.h"

namespace trust {

/// The roots of a CA secret's bundle, distinct, strictly parsed.
base::Result<Certificates> rootsOf(const CaSecret& secret);
/// Its signing certificate, and the chain that it goes out with.
base::Result<Certificates> chainOf(const CaSecret& secret);
/// Those of the candidates that the secret's signer verifies with.
base::Result<Certificates> anchorsOf(const CaSecret& secret, const Certificates& candidates, base::Time at);

/// Why an istiod that starts with this secret would fail, or sign what nobody accepts: what istiod checks
/// when it loads it (istio: keycertbundle.go:330-362) and what it does not (the chain). nullopt if it is fit.
std::optional<std::string> whyUnfit(const CaSecret& secret, base::Time at);

/// I5 where there is no `cacerts`: an istiod that runs with a plugged-in CA, by what it serves or hands out,
/// or one whose signer is not the one of istio-ca-secret. Its secret has been deleted: the next istiod that
/// starts returns to the old CA, or makes a new one (istio: security/pkg/pki/ca/ca.go:151-214). nullopt if
/// there is none.
std::optional<std::string> whoseSecretIsGone(const Observation& observation);

}  // namespace trust
