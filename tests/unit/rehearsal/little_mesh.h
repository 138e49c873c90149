#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rehearsal/agent.h"
#include "rehearsal/istio_programs.h"
#include "rehearsal/istiod.h"
#include "support/test_ca.h"

/// Istio's programs without a cluster around them: pods are started, given their volumes and ended by hand.
class LittleMesh {
 public:
  struct Setting {
    std::string version = "1.27.1";
    bool multiRoot = true, xdsAgent = true;
    std::uint64_t seed = 1;
  };
  LittleMesh() : LittleMesh(Setting()) {}
  explicit LittleMesh(Setting setting);

  rehearsal::Simulation simulation;
  rehearsal::Store store;
  rehearsal::IstioPrograms programs;
  const support::TestCa o = support::TestCa::selfSigned("cluster.local"),
                        n = support::TestCa::withIntermediate("N");

  void pass(base::Seconds time) { simulation.advance(time); }

  /// Starts (or restarts) an istiod; its error, empty if it runs.
  std::string istiod(const std::string& name);
  void end(const std::string& name) { pods_.erase(name); }
  rehearsal::Istiod& istiodNamed(const std::string& name);
  /// The pod after admission; its error, empty if it runs now. `annotations`: YAML.
  std::string proxy(const std::string& name, const std::string& annotations = "{}");
  rehearsal::Agent& agent(const std::string& name);

  /// The CA secret as /etc/cacerts; the kubelet brings it to all istiods (or one).
  using Cacerts = std::map<std::string, std::string>;
  Cacerts cacerts{};
  void write(const support::TestCa& signer, const std::string& roots);
  void mount(const std::string& onlyPod = {});
  /// The kubelet brings the config maps as they are to all proxies.
  void mountRoots();

  /// What a proxy presents and trusts: "O:ON"; what it is to all of them: the same for all, or each.
  std::string state(const std::string& proxy);
  std::string states();
  /// "O", "ON": of a root bundle.
  std::string rootsIn(const std::string& pem) const;
  std::string configMap(const std::string& ns) const;
  std::string caBundle() const;
  rehearsal::TrafficReport traffic();

 private:
  rehearsal::Files istiodFiles() const;
  rehearsal::Files proxyFiles() const;

  Setting setting_;
  std::map<std::string, std::unique_ptr<rehearsal::Program>> pods_;
  std::vector<std::string> proxies_;
};
