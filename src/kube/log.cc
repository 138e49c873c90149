#include "kube/log.h"

#include <fmt/format.h>

#include "kube/credentials.h"
#include "kube/rest_api.h"
#include "kube/status.h"
#include "kube/uri.h"

namespace kube {

base::Result<std::string> readLog(const ClusterAccess& access, base::Clock& clock, const PodRef& pod,
                                  const std::string& container, int lines) {
  Credentials credentials(access, clock);
  TRY(credentials.prepare());
  net::Request request;
  request.path = pods.path(pod.ns, pod.name, "log") +
                 fmt::format("?container={}&tailLines={}", percentEncode(container), lines);
  credentials.apply(request);
  const auto timeout =
      access.requestTimeout > base::Millis{0} ? access.requestTimeout : defaultRequestTimeout;
  const auto asked = askedOf("GET", request.path);
  TRY_ASSIGN(net::Response response,
             net::makeCurlTransport(credentials.endpoint(), timeout)->send(std::move(request)));
  if (response.status >= 300) return base::fail(errorOf(response, asked, access.server));
  return std::move(response.body);
}

}  // namespace kube
