#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace net {

/// 16 random bytes in base64: Sec-WebSocket-Key.
std::string newWebSocketKey();

/// The upgrade as RFC 6455, 4.1 has it: the sub-protocols in one comma-separated header, for servers read
/// only one. `target` is the path with the server's base path. The result holds the token: cleanse it.
std::string formatUpgrade(const Dialogue& dialogue, std::string_view target, std::string_view host,
                          std::string_view key);

/// The sub-protocol that a 101 response agrees to; Kind::failed where it is not an answer to our upgrade.
base::Result<std::string> agreedProtocol(const Response& response, std::string_view key,
                                         const std::vector<std::string>& offered);

/// The server's side: the headers of the 101 that accepts an upgrade, with the first of `spoken` that the
/// client offers. `headers` are the request's. Kind::usage where it is no upgrade, or offers none of them.
base::Result<std::vector<Header>> acceptUpgrade(const std::vector<Header>& headers,
                                                const std::vector<std::string>& spoken);

}  // namespace net
