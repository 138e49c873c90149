#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rehearsal/envoy.h"
#include "rehearsal/mesh.h"
#include "rehearsal/program.h"
#include "rehearsal/timers.h"

namespace rehearsal {

class Istiod;

/// A pilot-agent with its Envoy. It has two connections of their own, one for configuration and one for
/// certificates, each to any replica of its istiod (istio: pkg/istio-agent/xds_proxy.go:332;
/// security/pkg/nodeagent/caclient/providers/citadel/client.go:147).
class Agent final : public Program {
 public:
  Agent(Mesh& mesh, const json::Value& pod, const Files& files);
  ~Agent() override;
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  void refreshed(const Files& files) override;
  [[nodiscard]] bool ready() const override { return envoy_.complete() && configured_; }
  void terminating() override { draining_ = true; }
  base::Result<std::unique_ptr<PortEnd>> connect(int port) override;
  base::Result<ExecResult> execute(const std::string& container,
                                   const std::vector<std::string>& command) override;

  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] std::string name() const { return ns_ + "/" + pod_; }
  [[nodiscard]] const std::string& trustDomain() const { return trustDomain_; }
  [[nodiscard]] bool draining() const { return draining_; }
  [[nodiscard]] const Envoy& envoy() const { return envoy_; }
  [[nodiscard]] bool listensForRoots() const { return listens_; }

  /// That istiod has something new to tell to those that are connected to it.
  void told(std::uint64_t istiod);
  /// That istiod is gone.
  void lost(std::uint64_t istiod);

 private:
  /// A connection; `number` tells it from one before.
  struct Connection {
    std::uint64_t istiod = 0, number = 0;
    base::Millis until{};
  };

  // agent_xds.cc
  void connectXds();
  void reconnectXds(base::Millis least, base::Millis most);
  void hear(std::uint64_t istiod);
  // agent_ca.cc
  Istiod* caConnection();
  void requestSoon(base::Millis least, base::Millis most);
  void request(int tries);
  void certified(const SharedCa& signer);
  void renewLater();
  void pushCertificate();
  void pushRoots();

  [[nodiscard]] Istiod* reach(const Roots& trusted) const;
  [[nodiscard]] HttpAnswer health() const;

  Mesh& mesh_;
  Timers timers_;
  std::uint64_t id_;
  std::string ns_, pod_, container_, service_, serviceNs_, spiffeId_, trustDomain_;
  bool listens_, distroless_;  // listens: PROXY_CONFIG_XDS_AGENT
  bool draining_ = false, configured_ = false, requesting_ = false;
  Connection xds_{}, ca_{};
  std::uint64_t connections_ = 0, renewals_ = 0, backoff_ = 0;
  SharedRoots mounted_{};  // istio-ca-root-cert as its container sees it
  SharedRoots caPool_{};   // with which the CA client verifies istiod: mounted_ when that client was made
  Text heard_{};           // the bundle that came over PCDS
  Text answered_{};        // the bundle of the last answer to a CSR
  SharedLeaf leaf_{};
  Envoy envoy_{};
};

}  // namespace rehearsal
