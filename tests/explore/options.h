#pragma once

#include <cstdint>
#include <string>

#include "plan/rules.h"

namespace explore {

/// What the explored mesh is made of, and what may happen in it.
struct Options {
  int replicas = 2, proxies = 2, operators = 1;
  bool autoscaled = false;  // an autoscaler adds a replica and takes one away
  bool evictions = false;   // a replica is lost and another pod starts in its place
  bool crashes = false;     // a container of istiod starts again in its pod, with the volume as it is mounted
  bool rereads = false;   // an istiod loads the files that it has again (istio_ca.go:432-441: two debounces)
  bool pods = false;      // proxies are killed, and new ones start
  bool renewals = false;  // certificates are renewed at half their life
  bool rollback = false;  // the user changes his mind at any time
  bool unset = false;     // the first proxy was started before the setting
  bool slowAgents = false;   // an agent may keep roots from its Envoy for longer than we look at the mesh
  bool tornLooks = false;    // a look takes time: each istiod and each proxy is read at its own instant
  bool lookTwice = true;     // then nothing is written but what two looks in a row decide on
  bool impatient = false;    // what helps if a wait lasts is done before the mesh has settled
  bool directProof = false;  // each replica's signer and bundle are read by a CSR of ours
  /// So many of those events may happen in one history; 255: any number.
  std::uint8_t surprises = 255;
  plan::Rules rules{};
  bool deleteAndCreate = false;  // a change of the CA secret is not one write
};

}  // namespace explore
