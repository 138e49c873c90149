#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace net {

/// The parts of a server's URL.
struct Url {
  std::string scheme;  // "https" or "http"
  std::string host;    // without the brackets of an IPv6 address
  int port = 0;
  std::string basePath;  // "" or "/k8s/clusters/x", no slash at the end

  /// The host as a URL writes it: IPv6 in brackets.
  [[nodiscard]] std::string hostInUrl() const;
  /// "host", or "host:port" where the port is not the scheme's own: for the Host header.
  [[nodiscard]] std::string authority() const;
  /// scheme://host:port + base path, the host being another one if given.
  [[nodiscard]] std::string text(std::string_view otherHost = {}) const;
};

/// Kind::usage if it is not the URL of an HTTP or HTTPS server.
base::Result<Url> parseUrl(std::string_view text);

/// A URL for messages, without user and password; a text that is not one is not shown.
std::string withoutCredentials(std::string_view url);

}  // namespace net
