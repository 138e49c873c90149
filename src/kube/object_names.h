#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kube/api.h"

namespace kube {

/// The names in the first page of a list. The server is asked for metadata alone, so that no secret's data
/// comes along. `query` is "labelSelector=..." or empty.
base::Result<std::vector<std::string>> objectNames(const ClusterAccess& access, base::Clock& clock,
                                                   const Resource& resource, std::string_view ns,
                                                   std::string_view query = {});

/// Over it, each request asks for metadata alone.
std::unique_ptr<net::Transport> metadataAlone(std::unique_ptr<net::Transport> transport);

}  // namespace kube
