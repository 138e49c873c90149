#pragma once

#include <string_view>

#include "base/result.h"
#include "json/value.h"
#include "kube/asked.h"
#include "net/http.h"

namespace kube {

/// The Error for a response of 300 and above to what was asked of `server`: its kind as the table at Api
/// says, its reason the message of the server's Status, its hint the permission to ask for.
base::Error errorOf(const net::Response& response, const Asked& asked, std::string_view server);

/// The body of a response below 300 as JSON; errorOf otherwise. A body that is not JSON (a proxy's page, a
/// server that is not Kubernetes) is an error that shows its beginning.
base::Result<json::Value> valueOf(const net::Response& response, const Asked& asked, std::string_view server);

/// The body of an answer as JSON, or why there is none, with what was asked in front.
base::Result<json::Value> valueOf(const base::Result<net::Response>& answer, const Asked& asked,
                                  std::string_view server);

/// What a refused WebSocket upgrade becomes, for net::Dialogue: the same kinds, a message that names no pod
/// ("refused: forbidden").
base::Error refusedUpgrade(const net::Response& response);
/// How its messages end where the server wanted another credential, or less of us.
inline constexpr std::string_view upgradeUnauthorized = "refused: unauthorized";
inline constexpr std::string_view upgradeTooMany = "refused: too many requests";

}  // namespace kube
