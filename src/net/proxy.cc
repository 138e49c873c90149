#include "net/proxy.h"

#include <arpa/inet.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/text.h"
#include "net/header.h"

namespace net {

namespace {

/// An IP address as 16 bytes, IPv4 mapped into IPv6.
struct Address {
  std::array<unsigned char, 16> bytes{};
  bool isV4 = false;
};

std::optional<Address> parseAddress(std::string_view text) {
  const std::string copy(text);
  Address address;
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  address = {};
  address.bytes[10] = address.bytes[11] = 0xFF;
  address.isV4 = true;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes.data() + 12) == 1) return address;
  return std::nullopt;
}

bool isLoopback(std::string_view host) {
  if (equalsIgnoringCase(host, "localhost")) return true;
  const auto address = parseAddress(host);
  if (!address) return false;
  const auto mapped = parseAddress("127.0.0.0")->bytes;
  return std::memcmp(address->bytes.data(), mapped.data(), 13) == 0 ||
         address->bytes == parseAddress("::1")->bytes;
}

bool isInBlock(const Address& address, std::string_view block) {
  const auto slash = block.find('/');
  const auto network = parseAddress(block.substr(0, slash));
  if (slash == std::string_view::npos || !network || network->isV4 != address.isV4) return false;
  const std::string digits(block.substr(slash + 1));
  const int width = network->isV4 ? 32 : 128;
  if (digits.empty() || digits.size() > 3 || digits.find_first_not_of("0123456789") != std::string::npos)
    return false;
  const int prefix = std::atoi(digits.c_str());
  if (prefix > width) return false;
  for (int bit = 128 - width; bit < 128 - width + prefix; ++bit) {
    const auto at = [&](const Address& a) { return a.bytes[std::size_t(bit / 8)] >> (7 - bit % 8) & 1; };
    if (at(address) != at(*network)) return false;
  }
  return true;
}

/// Takes ":port" off an entry, unless the colons are those of an IPv6 address.
std::string_view takePort(std::string_view& entry) {
  const auto colon = entry.rfind(':');
  if (colon == std::string_view::npos || parseAddress(entry)) return {};
  const auto port = entry.substr(colon + 1);
  if (port.find_first_not_of("0123456789") != std::string_view::npos) return {};
  entry = entry.substr(0, colon);
  if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  return port;
}

bool endsWithDomain(std::string_view host, std::string_view domain) {
  return host.size() > domain.size() && equalsIgnoringCase(host.substr(host.size() - domain.size()), domain);
}

bool matches(const Url& server, std::string_view entry) {
  if (entry == "*") return true;
  const auto address = parseAddress(server.host);
  if (address && isInBlock(*address, entry)) return true;
  const auto port = takePort(entry);
  if (entry.empty() || (!port.empty() && port != std::to_string(server.port))) return false;
  if (const auto other = parseAddress(entry)) return address && address->bytes == other->bytes;
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) return endsWithDomain(server.host, entry);
  return equalsIgnoringCase(server.host, entry) || endsWithDomain(server.host, "." + std::string(entry));
}

bool isExempt(const Url& server, std::string_view noProxy) {
  if (isLoopback(server.host)) return true;
  for (const auto& entry : base::split(noProxy, ','))
    if (matches(server, base::trim(entry))) return true;
  return false;
}

std::string variable(const char* upper, const char* lower) {
  for (const char* name : {upper, lower})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  return {};
}

/// As curl names the schemes. Go takes a proxy without a scheme for an HTTP one.
base::Result<std::string> forCurl(const std::string& proxy) {
  const auto end = proxy.find("://");
  if (end == std::string::npos) return "http://" + proxy;
  const auto scheme = std::string_view(proxy).substr(0, end);
  if (scheme == "http" || scheme == "https" || scheme == "socks5h") return proxy;
  if (scheme == "socks5") return "socks5h" + proxy.substr(end);
  return base::fail({.kind = base::Kind::usage,
                     .message = "cannot use the proxy " + withoutCredentials(proxy),
                     .reason = "its scheme is not http, https or socks5",
                     .hint = "check proxy-url in the kubeconfig and HTTPS_PROXY in the environment"});
}

}  // namespace

ProxyEnvironment proxyEnvironment() {
  return {.httpsProxy = variable("HTTPS_PROXY", "https_proxy"),
          .httpProxy = variable("HTTP_PROXY", "http_proxy"),
          .noProxy = variable("NO_PROXY", "no_proxy")};
}

base::Result<std::string> chooseProxy(const Url& server, const std::string& explicitProxy,
                                      const ProxyEnvironment& environment) {
  if (!explicitProxy.empty()) return forCurl(explicitProxy);
  const std::string& proxy = server.scheme == "https" ? environment.httpsProxy : environment.httpProxy;
  if (proxy.empty() || isExempt(server, environment.noProxy)) return std::string();
  return forCurl(proxy);
}

}  // namespace net
