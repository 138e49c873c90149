#pragma once

#include "base/result.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "rehearsal/shape.h"
#include "trust/observation.h"

namespace cli {

/// A mesh to rehearse on, and what about it is not as in the mesh that it stands for.
struct RehearsedShape {
  rehearsal::Shape shape;
  std::vector<std::string> notes{};  // one sentence each, without a full stop
};

/// --namespaces, --workloads, --replicas, --istiod-replicas, --sail, --plain, --plugged-in, --multi-root,
/// --like-cluster, --observation, --save-observation.
std::vector<Option> shapeOptions();

/// By the options; reads the cluster or the file where they name one. Kind::usage for options that
/// contradict each other; unsupported for a mesh that cannot be rotated either.
base::Result<RehearsedShape> shapeFrom(Context& context, const Options& options);

/// The shape of a mesh that was read: its proxies by workload, its istiods, its hazards.
base::Result<RehearsedShape> shapeOf(const trust::Observation& mesh);

}  // namespace cli
