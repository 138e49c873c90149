#pragma once

#include "base/result.h"
#include "cli/staged.h"
#include "rotate/cluster.h"

namespace cli {

/// --dry-run: the very requests of the steps that are left, keys hidden, as text or as a document. 0, or the
/// error of the gate that would stop the first one now.
base::Result<int> printRequests(Context& context, const Options& options, rotate::Cluster& cluster,
                                const Staged& staged);

}  // namespace cli
