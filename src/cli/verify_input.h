#pragma once

#include "base/result.h"
#include "cli/context.h"
#include "cli/options.h"
#include "trust/observation.h"

namespace cli {

/// The proxies that verify is about: of the files of --file, or of the cluster, by namespace and TYPE/NAME.
/// Proxies of the cluster that cannot be read are in it as unreadable. Errors: a file that does not parse
/// (usage), words that name nothing (notFound), and those of the API.
base::Result<trust::Observation> observeForVerify(Context& context, const Options& options);

}  // namespace cli
