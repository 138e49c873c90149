#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "json/value.h"
#include "rotate/evidence.h"

namespace cli {

json::Value evidenceJson(const rotate::Evidence& evidence);
/// The same for people: one page of Markdown.
std::string evidenceMarkdown(const rotate::Evidence& evidence);

/// Both as new files of 0600 in a folder (made if it is not there), never over others. Gives the path of the
/// Markdown; the JSON is beside it.
base::Result<std::filesystem::path> writeEvidence(const std::filesystem::path& directory,
                                                  const rotate::Evidence& evidence);

}  // namespace cli
