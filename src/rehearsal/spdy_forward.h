#pragma once

#include <memory>
#include <string>

#include "rehearsal/pod_channels.h"

namespace rehearsal {

/// What kubectl offers for a port-forward: SPDY in the messages of a WebSocket (kubernetes: KEP-4006).
inline constexpr const char* spdyTunnel = "SPDY/3.1+portforward.k8s.io";

/// A pair of streams, one for errors and one for data, for each connection; as many as the client opens
/// (kubernetes: staging/src/k8s.io/cri-streaming/pkg/streaming/portforward/httpstream.go).
std::unique_ptr<PodChannels> makeSpdyForward(Pods& pods, std::string ns, std::string pod);

/// In the kubelet's words.
std::string whyNotForwarded(int port, const std::string& pod, const base::Error& error);

}  // namespace rehearsal
