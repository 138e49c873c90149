#pragma once

#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "cli/context.h"
#include "cli/new_ca.h"
#include "mesh/observe.h"
#include "ui/progress.h"

namespace cli {

/// The procedure that Istio's users follow today, its eleven stages as they are written down (Sail operator:
/// docs/general/plugin-ca.adoc), by the requests that kubectl would send, the secret deleted and created
/// anew. After each stage nothing is waited for but `pause`; what is looked at is the first workload, as the
/// document does. For rehearsals, to see what that costs; never for a mesh of anybody.
class ByTheBook {
 public:
  /// `context` is borrowed.
  ByTheBook(Context& context, LoadedCa ca, base::Millis pause);
  /// Errors: those of the requests, and Kind::usage for a mesh that the document is not about.
  base::Status run();

 private:
  void stage(int number, std::string_view what);
  base::Status wait();
  base::Status look();
  base::Status enableMultiRoot();
  base::Status createCaSecret();
  base::Status replaceCaSecret(const std::string& bundle);
  base::Status restartIstiods();
  base::Status lookAtRoots();
  base::Status lookAtIssuer();

  Context& context_;
  LoadedCa ca_;
  base::Millis pause_;
  std::unique_ptr<ui::Progress> progress_;
  mesh::Reading mesh_{};
};

}  // namespace cli
