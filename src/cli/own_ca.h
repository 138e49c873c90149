#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/context.h"
#include "pki/certificate.h"

namespace cli {

/// Where rotate keeps the CA that it makes when none is named: one for each cluster, under the user's data
/// directory
/// ($XDG_DATA_HOME, else ~/.local/share), by the uid of namespace kube-system (or, where that may not be
/// read, the server's address).
base::Result<std::filesystem::path> ownCaDirectory(Context& context);

/// The folder of the CA that is there already: its intermediate, fit for --ca; nullopt if there is none.
std::optional<std::filesystem::path> findOwnCa(const std::filesystem::path& directory);

/// Makes one there. Gives the intermediate's folder.
base::Result<std::filesystem::path> makeOwnCa(Context& context, const std::filesystem::path& directory);

}  // namespace cli
