#pragma once

#include <cstddef>
#include <vector>

#include "net/curl_handle.h"
#include "net/curl_stream.h"

namespace net {

/// Transport::converse over curl: one loop for all dialogues, each a CurlStream with a Session on it.
base::Status holdDialogues(const Target& target, std::vector<Dialogue> dialogues, std::size_t inFlight,
                           base::Millis defaultTimeout, Trace trace);

}  // namespace net
