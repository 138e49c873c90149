#pragma once

#include <string>

#include "base/result.h"
#include "net/url.h"

namespace net {

/// HTTPS_PROXY, HTTP_PROXY and NO_PROXY (or in lower case).
struct ProxyEnvironment {
  std::string httpsProxy{}, httpProxy{}, noProxy{};
};
ProxyEnvironment proxyEnvironment();

/// The proxy for a server, as curl wants it, or "" for none. An explicit one (the kubeconfig's proxy-url) is
/// always used. That of the environment is not for localhost and loopback addresses, nor for what NO_PROXY
/// names: hosts with their subdomains, ".domain" for subdomains alone, addresses, CIDR blocks, each with or
/// without a port, or "*" (Go's golang.org/x/net/http/httpproxy and client-go's NewProxierWithNoProxyCIDR). A
/// socks5 proxy resolves names. We decide and not curl, because with tls-server-name curl sees another host
/// than the one that is talked to.
base::Result<std::string> chooseProxy(const Url& server, const std::string& explicitProxy,
                                      const ProxyEnvironment& environment);

}  // namespace net
