#pragma once

#include "base/result.h"
#include "cli/context.h"
#include "cli/options.h"
#include "cli/rehearsal_shape.h"
#include "rehearsal/built_in_mesh.h"
#include "rehearsal/faults.h"

namespace cli {

/// The faults that --fault names, in their order. Kind::usage.
base::Result<std::vector<rehearsal::Fault>> readFaults(const Options& options);
/// One line each, for the help.
std::string faultsHelp();

/// A built-in mesh of that shape, with the faults on.
base::Result<std::unique_ptr<rehearsal::BuiltInMesh>> startMesh(Context& context, const Options& options,
                                                                RehearsedShape& rehearsed);

/// --serve: keeps the mesh up on wall time until Ctrl-C; tells where its kubeconfig is and what to try.
base::Result<int> serveMesh(Context& context, const Options& options, RehearsedShape rehearsed);

}  // namespace cli
