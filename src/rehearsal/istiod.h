#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "pki/tls_server.h"
#include "rehearsal/ca_bundle.h"
#include "rehearsal/mesh.h"
#include "rehearsal/program.h"
#include "rehearsal/timers.h"

namespace rehearsal {

/// One replica of istiod. References are to istio.io/istio at 1.31 (eed52ebb66ad).
class Istiod final : public Program {
 public:
  /// Loads its CA, or makes one for itself. An error is fatal, in istiod's words: its container ends.
  static base::Result<std::unique_ptr<Program>> start(Mesh& mesh, const json::Value& pod, const Files& files);
  ~Istiod() override;
  Istiod(const Istiod&) = delete;
  Istiod& operator=(const Istiod&) = delete;

  void refreshed(const Files& files) override;
  [[nodiscard]] bool ready() const override { return ready_; }
  void terminating() override;
  base::Result<std::unique_ptr<PortEnd>> connect(int port) override;
  base::Result<ExecResult> execute(const std::string& container,
                                   const std::vector<std::string>& command) override;

  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] const std::string& ns() const { return ns_; }
  [[nodiscard]] const std::string& pod() const { return pod_; }
  [[nodiscard]] const std::string& revision() const { return revision_; }
  /// The service that leads to it: "istiod", "istiod-canary".
  [[nodiscard]] std::string serviceName() const;
  [[nodiscard]] bool draining() const { return draining_; }
  [[nodiscard]] bool plugged() const { return plugged_; }
  [[nodiscard]] const CaBundle& ca() const { return *ca_; }
  [[nodiscard]] const json::Value& container() const { return container_; }

  /// What it presents on its ports, leaf first.
  [[nodiscard]] const std::vector<pki::Certificate>& serving() const { return serving_; }
  /// Whether a client that asks for this name and trusts these roots takes it for an istiod: nullopt, or why
  /// not, as Go says it.
  [[nodiscard]] std::optional<std::string> whyNotTrusted(const std::string& dnsName,
                                                         const Roots& roots) const;
  /// What signs a certificate for whoever asks now; an error where it cannot.
  [[nodiscard]] base::Result<SharedCa> signer() const;
  /// What it tells agents that listen for roots (PCDS): its own and those of the mesh config, each text once,
  /// sorted (pilot/pkg/trustbundle/trustbundle.go:127-158). nullopt without ISTIO_MULTIROOT_MESH.
  [[nodiscard]] std::optional<std::string> pushedRoots() const;
  /// For 15012.
  [[nodiscard]] const pki::TlsAcceptor* acceptor();

  /// Looks after a while whether config maps and webhooks are as they should, and puts them right.
  void reconcileSoon();
  /// Tells connected agents after a while.
  void pushSoon();

  /// What it has logged of its CA, the last lines.
  [[nodiscard]] std::vector<std::string> log() const override { return {log_.begin(), log_.end()}; }

 private:
  Istiod(Mesh& mesh, const json::Value& pod);

  base::Status begin(const Files& files);
  base::Status beginSelfSigned();
  void becomeReady();
  base::Status serve();
  // istiod_reload.cc
  void reloadSoon();
  void reload();
  base::Status accept(const CaDirectory& directory);
  // istiod_objects.cc
  void reconcile();
  void writeConfigMaps();
  void writeWebhooks(const char* plural);

  void say(std::string line);

  Mesh& mesh_;
  Timers timers_;
  std::uint64_t id_;
  std::string ns_, pod_, revision_;
  json::Value container_;
  int minor_;
  bool multiRoot_;
  bool plugged_ = false, ready_ = false, draining_ = false, reconciling_ = false, pushing_ = false;
  CaDirectory volume_{};       // /etc/cacerts as it is now
  std::uint64_t reloads_ = 0;  // planned; the last one counts
  SharedCa ca_{};
  std::optional<pki::PrivateKey> servingKey_{};
  std::vector<pki::Certificate> serving_{};
  std::optional<pki::TlsAcceptor> acceptor_{};
  std::deque<std::string> log_{};
};

}  // namespace rehearsal
