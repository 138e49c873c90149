#include "rehearsal/api_server.h"

#include <fmt/format.h>

#include "base/text.h"
#include "json/yaml.h"
#include "net/loopback_server.h"
#include "pki/issue.h"
#include "rehearsal/api_session.h"

namespace rehearsal {
namespace {

using json::Value;

/// The cluster's own CA and whom it has certified; nothing to do with the mesh's.
struct Identities {
  pki::Certificate ca;
  pki::Certificate server;
  pki::PrivateKey serverKey;
  pki::Certificate admin;
  pki::PrivateKey adminKey;
};

base::Result<Identities> makeIdentities(pki::Validity validity) {
  constexpr auto type = pki::KeyType::ecP256;
  TRY_ASSIGN(const auto caKey, pki::PrivateKey::generate(type));
  TRY_ASSIGN(auto ca, pki::makeRoot(caKey, {{"CN", "rehearsal-kubernetes"}}, validity));
  TRY_ASSIGN(auto serverKey, pki::PrivateKey::generate(type));
  TRY_ASSIGN(auto server,
             pki::makeServer(serverKey, {"127.0.0.1", "localhost", "kubernetes"}, validity, ca, caKey));
  TRY_ASSIGN(auto adminKey, pki::PrivateKey::generate(type));
  TRY_ASSIGN(auto admin, pki::makeUser(adminKey, {{"O", "system:masters"}, {"CN", "rehearsal-admin"}},
                                       validity, ca, caKey));
  return Identities{std::move(ca), std::move(server), std::move(serverKey), std::move(admin),
                    std::move(adminKey)};
}

base::Result<std::string> makeKubeconfig(const Identities& identities, int port) {
  const std::string name = "rehearsal";
  TRY_ASSIGN(const base::Secret key, identities.adminKey.pem());
  const Value cluster =
      Value::object({{"server", fmt::format("https://127.0.0.1:{}", port)},
                     {"certificate-authority-data", base::base64Encode(identities.ca.pem())}});
  const Value user = Value::object({{"client-certificate-data", base::base64Encode(identities.admin.pem())},
                                    {"client-key-data", base::base64Encode(key.reveal())}});
  const Value context = Value::object({{"cluster", name}, {"user", name}});
  return json::dumpYaml(
      Value::object({{"apiVersion", "v1"},
                     {"kind", "Config"},
                     {"clusters", Value::array({Value::object({{"name", name}, {"cluster", cluster}})})},
                     {"users", Value::array({Value::object({{"name", name}, {"user", user}})})},
                     {"contexts", Value::array({Value::object({{"name", name}, {"context", context}})})},
                     {"current-context", name}}));
}

class Server final : public ApiServer {
 public:
  Server(Simulation& simulation, Store& store, Pods& pods, pki::TlsAcceptor acceptor,
         std::unique_ptr<net::LoopbackServer> server, std::string kubeconfig, base::Time certifiedAt)
      : kubeconfig_(std::move(kubeconfig)),
        acceptor_(std::move(acceptor)),
        server_(std::move(server)),
        api_(simulation, store, pods, [this] { server_->wake(); }) {
    server_->start(
        [this, certifiedAt] { return std::make_unique<ApiSession>(api_, acceptor_.accept(certifiedAt)); });
  }
  ~Server() override { server_.reset(); }  // its thread uses all the others

  [[nodiscard]] const std::string& kubeconfig() const override { return kubeconfig_; }
  void interfere(std::function<int(std::string_view, std::string_view)> fault) override {
    api_.interfere(std::move(fault));
  }
  void admitPods(AdmitPod admit) override { api_.admitPods(std::move(admit)); }
  void audit(AuditTrail trail) override { api_.audit(std::move(trail)); }
  void serveMetrics(std::function<std::string()> metrics) override { api_.serveMetrics(std::move(metrics)); }

 private:
  std::string kubeconfig_;
  pki::TlsAcceptor acceptor_;
  std::unique_ptr<net::LoopbackServer> server_;
  Api api_;
};

}  // namespace

base::Result<std::unique_ptr<ApiServer>> ApiServer::start(Simulation& simulation, Store& store, Pods& pods,
                                                          int port) {
  // Clients verify by the wall clock, whatever time it is in the mesh.
  const base::Time now = base::SystemClock().now();
  TRY_ASSIGN(const Identities identities,
             makeIdentities({now - std::chrono::hours(1), now + std::chrono::days(365)}));
  TRY_ASSIGN(auto acceptor, pki::TlsAcceptor::make({{identities.server, identities.ca},
                                                    identities.serverKey,
                                                    {"http/1.1"},
                                                    pki::TlsIdentity::Clients::mayPresent,
                                                    {identities.ca},
                                                    true}));
  TRY_ASSIGN(auto server, net::LoopbackServer::listen(port));
  TRY_ASSIGN(auto kubeconfig, makeKubeconfig(identities, server->port()));
  return std::make_unique<Server>(simulation, store, pods, std::move(acceptor), std::move(server),
                                  std::move(kubeconfig), now);
}

}  // namespace rehearsal
