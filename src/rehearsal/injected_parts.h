#pragma once

// What an injected pod gets. For injector.cc.

#include <string>

#include "json/value.h"
#include "rehearsal/injector.h"

namespace rehearsal {

struct ProxyPlan {
  const InjectionTerms& terms;
  const json::Value& config;  // the pod's ProxyConfig
  const std::string& image;
  bool gateway = false;
  bool withoutEnvoy = false;  // proxyless gRPC (grpc-agent.yaml)
};

/// The container istio-proxy.
json::Value proxyContainer(const json::Value& pod, const ProxyPlan& plan);
/// The container istio-init, which sends the pod's traffic through the proxy.
json::Value initContainer(const std::string& image);
json::Array proxyVolumes();

}  // namespace rehearsal
