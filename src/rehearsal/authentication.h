#pragma once

#include <vector>

#include "base/clock.h"
#include "pki/certificate.h"
#include "rehearsal/api_request.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// Who asks: a client certificate (CN and O), a service account's token, else system:anonymous; and on whose
/// behalf (Impersonate-User and -Group, for those who may). 401 for a token that is not good.
Granted<User> authenticate(const ApiRequest& request, const std::vector<pki::Certificate>& client,
                           const Store& store, base::Time now);

}  // namespace rehearsal
