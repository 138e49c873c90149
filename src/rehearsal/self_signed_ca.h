#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "rehearsal/ca_bundle.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// The CA that istiods of this namespace have for themselves: that of secret istio-ca-secret, which is made
/// where it is missing (istio: security/pkg/pki/ca/ca.go:151-214,222-238,332-346): RSA of 2048 bits, ten
/// years, "O = <trust domain>". Errors are fatal for an istiod, in its words.
base::Result<SharedCa> selfSignedCa(Store& store, const std::string& ns, const std::string& trustDomain,
                                    base::Time now);

}  // namespace rehearsal
