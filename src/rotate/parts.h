#pragma once

#include <optional>
#include <set>

#include "mesh/observe.h"
#include "plan/plan.h"
#include "trust/observation.h"

namespace rotate {

/// What has to be read anew to see whether a write has arrived, or its arrival goes on: first the objects
/// that it changes, or the istiods that load it.
mesh::Part partAfter(const plan::Action& action);

/// While workloads restart: what has to be read anew are the namespaces where something restarted still
/// stands in the way; all where nothing does, and yet there is to wait (for a pod that is not there yet).
/// While istiods alone were read and no proxy stands in the way, that is enough. What the others hold is read
/// again before anything is done on it.
void narrow(mesh::Part& part, const plan::Decision& decision, const trust::Observation& mesh,
            const std::set<trust::Workload>& restarted);

/// Before what objects alone say is believed of namespaces that were not read anew, they are: those of the
/// workloads to restart next, or all where it is anything else. False if this was read already, or objects do
/// not decide alone.
bool widen(mesh::Part& part, const plan::Decision& decision);

/// What has to be read anew while this is waited for: what stands against it, or of most of a large mesh the
/// first hundred, for one that still does is enough to wait on; what is mounted alone, where nothing else is
/// missing. nullopt: all, where that is not much less.
std::optional<mesh::Part> partFor(const plan::Decision& decision, const trust::Observation& mesh);

/// What is mounted in every pod, and of istiods what they hold.
mesh::Part mountsAlone();

/// An observation of this part says surely that there is nothing to do but wait: by objects, which are read
/// anew always, or because something that was read anew stands against going on. Anything else is for a whole
/// look to say.
bool waitsSurely(const plan::Decision& decision, const trust::Observation& mesh, const mesh::Part& part);

/// A restart of something, by objects alone.
bool isRestart(const plan::Action& action);

}  // namespace rotate
