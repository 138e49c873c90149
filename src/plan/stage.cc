#include "plan/stage.h"

#include <array>
#include <utility>

namespace plan {

namespace {
constexpr std::array<std::pair<Stage, std::string_view>, 7> stages{{
    {Stage::selfSigned, "self-signed"},
    {Stage::multiRoot, "multi-root"},
    {Stage::bothRoots, "both-roots"},
    {Stage::newSigner, "new-signer"},
    {Stage::newLeaves, "new-leaves"},
    {Stage::oldRootRemoved, "old-root-removed"},
    {Stage::done, "done"},
}};
constexpr std::array<std::string_view, 7> wayBack{"self-signed",   "multi-root",    "former-root-added",
                                                  "former-signer", "former-leaves", "later-root-removed",
                                                  "rolled-back"};
}  // namespace

std::string_view nameOnTheWayBack(Stage stage) {
  return wayBack[static_cast<std::size_t>(stage)];
}

std::string_view name(Stage stage) {
  return stages[static_cast<std::size_t>(stage)].second;
}

std::optional<Stage> stageNamed(std::string_view text) {
  for (const auto& [stage, itsName] : stages) {
    if (itsName == text) return stage;
  }
  return std::nullopt;
}

}  // namespace plan
