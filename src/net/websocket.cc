#include "net/websocket.h"

#include <algorithm>

#include "base/random.h"
#include "base/text.h"
#include "net/header.h"

namespace net {

namespace {

tl::unexpected<base::Error> refusal(std::string reason) {
  return base::fail({.message = "the server's answer to the WebSocket upgrade is wrong",
                     .reason = std::move(reason),
                     .hint = "a proxy or gateway in front of the API server may not pass WebSockets"});
}

std::string acceptFor(std::string_view key) {
  return base::base64Encode(
      base::sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));  // RFC 6455, 1.3
}

}  // namespace

std::string newWebSocketKey() {
  return base::base64Encode(base::randomBytes(16));
}

std::string formatUpgrade(const Dialogue& dialogue, std::string_view target, std::string_view host,
                          std::string_view key) {
  std::string text = "GET ";
  (text += target) += " HTTP/1.1\r\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    base::appendCleansing(text, std::string(name) + ": ");
    base::appendCleansing(text, value);
    base::appendCleansing(text, "\r\n");
  };
  add("Host", host);
  add("Upgrade", "websocket");
  add("Connection", "Upgrade");
  add("Sec-WebSocket-Version", "13");
  add("Sec-WebSocket-Key", key);
  if (!dialogue.protocols.empty()) add("Sec-WebSocket-Protocol", base::join(dialogue.protocols, ", "));
  for (const auto& [name, value] : dialogue.request.headers) add(name, value);
  if (const auto& token = dialogue.request.bearerToken; !token.empty()) {
    base::appendCleansing(text, "Authorization: Bearer ");
    base::appendCleansing(text, token.reveal());
    base::appendCleansing(text, "\r\n");
  }
  base::appendCleansing(text, "\r\n");
  return text;
}

base::Result<std::string> agreedProtocol(const Response& response, std::string_view key,
                                         const std::vector<std::string>& offered) {
  if (response.status != 101)
    return refusal("its status is " + std::to_string(response.status) + " instead of 101");
  if (!hasToken(response.header("Upgrade"), "websocket") ||
      !hasToken(response.header("Connection"), "upgrade")) {
    return refusal("it switches to something else than a WebSocket");
  }
  if (response.header("Sec-WebSocket-Accept") != acceptFor(key))
    return refusal("its Sec-WebSocket-Accept is not ours");
  if (!response.header("Sec-WebSocket-Extensions").empty())
    return refusal("it has an extension that we did not offer");
  const std::string protocol(response.header("Sec-WebSocket-Protocol"));
  const bool isOffered = std::find(offered.begin(), offered.end(), protocol) != offered.end();
  if (!isOffered && !(offered.empty() && protocol.empty())) {
    return refusal("it agrees to the sub-protocol '" + protocol.substr(0, 64) +
                   "', offered were: " + base::join(offered, ", "));
  }
  return protocol;
}

base::Result<std::vector<Header>> acceptUpgrade(const std::vector<Header>& headers,
                                                const std::vector<std::string>& spoken) {
  std::string key, offered;
  bool upgrades = false;
  for (const auto& [name, value] : headers) {
    if (equalsIgnoringCase(name, "Sec-WebSocket-Key")) key = value;
    if (equalsIgnoringCase(name, "Upgrade")) upgrades = hasToken(value, "websocket");
    if (equalsIgnoringCase(name, "Sec-WebSocket-Protocol")) offered += value + ",";
  }
  if (!upgrades || key.empty()) return base::fail({base::Kind::usage, "Upgrade request required"});
  const auto chosen = std::find_if(spoken.begin(), spoken.end(),
                                   [&](const std::string& protocol) { return hasToken(offered, protocol); });
  if (chosen == spoken.end()) {
    return base::fail({base::Kind::usage, "unable to upgrade: none of the offered protocols is spoken here",
                       "offered: " + offered + " spoken: " + base::join(spoken, ", ")});
  }
  return std::vector<Header>{{"Upgrade", "websocket"},
                             {"Connection", "Upgrade"},
                             {"Sec-WebSocket-Accept", acceptFor(key)},
                             {"Sec-WebSocket-Protocol", *chosen}};
}

}  // namespace net
