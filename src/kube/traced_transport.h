#pragma once

#include <memory>
#include <string>

#include "kube/api.h"

namespace kube {

/// What is told of each request, by kubectl's levels: 1 to 6 method, URL, status and time; 7 the request's
/// headers too; 8 headers and bodies, shortened; 9 whole. No token, no key and no value of a Secret in any.
struct Tracing {
  net::Trace write = nullptr;  // one line, or several; nullptr: nothing is told
  int level = 0;
};

/// kube::connect, telling that much.
base::Result<std::unique_ptr<Api>> connectTraced(const ClusterAccess& access, base::Clock& clock,
                                                 Tracing tracing);

/// A transport that tells of headers and bodies, as tracing.level asks; nothing secret is told.
std::unique_ptr<net::Transport> traced(std::unique_ptr<net::Transport> inner, Tracing tracing);

/// What is told of one request and its answer, a line each; for tests apart.
std::string describeRequest(const net::Request& request, int level);
std::string describeResponse(const net::Request& request, const net::Response& response, int level);

}  // namespace kube
