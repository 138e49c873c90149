#include "kube/http_get.h"

#include <fmt/format.h>

#include "base/text.h"

namespace kube {

HttpGet::HttpGet(std::string path, std::string host) : path_(std::move(path)), host_(std::move(host)) {}

std::string HttpGet::onOpen() {
  return net::formatGet(path_, host_);
}

base::Result<std::string> HttpGet::onBytes(std::string_view bytes) {
  const auto complete = parser_.feed(bytes);
  if (!complete) return base::fail(complete.error().context("GET " + path_));
  return std::string();
}

base::Status HttpGet::onEnd() {
  return base::fail({base::Kind::unavailable,
                     fmt::format("GET {}: the connection ended before the response was complete", path_)});
}

base::Result<std::string_view> HttpGet::body() const {
  const net::Response& got = response();
  if (got.status == 200) return std::string_view(got.body);
  return base::fail({base::Kind::failed, fmt::format("GET {}: status {}", path_, got.status),
                     std::string(base::trim(std::string_view(got.body).substr(0, 200)))});
}

}  // namespace kube
