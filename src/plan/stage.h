#pragma once

#include <optional>
#include <string_view>

namespace plan {

/// Where a mesh stands: the last stage whose predicate holds. In order.
enum class Stage {
  selfSigned,      // the old CA alone
  multiRoot,       // every istiod and every proxy has the multi-root setting
  bothRoots,       // everyone trusts the old and the new root; the old CA signs
  newSigner,       // every istiod signs with the new CA
  newLeaves,       // every proxy presents a certificate of the new CA
  oldRootRemoved,  // nobody trusts the old root any more
  done,            // and every istiod was started since
};

/// "self-signed", "multi-root", "both-roots", "new-signer", "new-leaves", "old-root-removed", "done".
std::string_view name(Stage stage);
/// On the way back, where the old CA is the one that comes: "former-root-added", "former-signer",
/// "former-leaves", "later-root-removed", "rolled-back"; the first two as ever.
std::string_view nameOnTheWayBack(Stage stage);
std::optional<Stage> stageNamed(std::string_view name);

}  // namespace plan
