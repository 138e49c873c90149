#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "trust/observation.h"

namespace plan {

/// That `question` ("where the mesh stands") has no answer, because `what` ("secret cacerts") cannot be read.
inline base::Error unread(std::string_view question, std::string_view what, const trust::Unreadable& why) {
  return {why.forbidden ? base::Kind::forbidden : base::Kind::unproven,
          "cannot tell " + std::string(question) + ": " + std::string(what) + " cannot be read", why.reason,
          why.forbidden ? "grant the permission to get secrets in istiod's namespace"
                        : "see why the API server does not answer that, then run the same command again"};
}

}  // namespace plan
