#include "rehearsal/istiod.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "pki/issue.h"
#include "pki/verify.h"
#include "rehearsal/agent.h"
#include "rehearsal/http_port.h"
#include "rehearsal/leaf.h"
#include "rehearsal/secure_port.h"
#include "rehearsal/self_signed_ca.h"

namespace rehearsal {

namespace {

constexpr base::Seconds servingLife{10LL * 365 * 24 *
                                    3600};  // CITADEL_SELF_SIGNED_CA_CERT_TTL; certcontroller.go:102
constexpr int completenessSince = 26;       // releasenotes/notes/check-cacerts-completeness.yaml
constexpr std::size_t longestLog = 50;
constexpr int securePort = 15012, readyPort = 8080, monitoringPort = 15014;

std::string labelOf(const json::Value& pod, const char* name) {
  return std::string(pod["metadata"]["labels"][name].text());
}

/// What istioctl reads of 15014 (istio: pkg/version/version.go LongForm, pkg/kube/client.go:1149): the
/// version is that of the image.
std::string versionOf(const json::Value& container) {
  const auto image = container["image"].text();
  const auto colon = image.rfind(':');
  const auto version =
      colon == std::string_view::npos ? std::string_view("unknown") : image.substr(colon + 1);
  return fmt::format("{}-rehearsal-Clean", version);
}

}  // namespace

Istiod::Istiod(Mesh& mesh, const json::Value& pod)
    : mesh_(mesh),
      timers_(mesh.simulation),
      id_(mesh.nextId()),
      ns_(pod["metadata"]["namespace"].text()),
      pod_(pod["metadata"]["name"].text()),
      revision_(labelOf(pod, "istio.io/rev")),
      container_(containerOf(pod, "discovery")),
      minor_(minorVersion(container_["image"].text())),
      multiRoot_(goTrue(envOf(container_, "ISTIO_MULTIROOT_MESH"))) {
  if (revision_.empty()) revision_ = "default";
}

Istiod::~Istiod() {
  mesh_.leave(*this);
}

base::Result<std::unique_ptr<Program>> Istiod::start(Mesh& mesh, const json::Value& pod, const Files& files) {
  std::unique_ptr<Istiod> istiod(new Istiod(mesh, pod));
  if (mesh.knobs.failingIstiods.contain(istiod->ns_, istiod->pod_))
    return base::fail({base::Kind::failed, "panic: runtime error: it is a rehearsal"});
  TRY(istiod->begin(files));
  mesh.join(*istiod);
  istiod->timers_.within(base::Millis(800), base::Millis(2500),
                         [self = istiod.get()] { self->becomeReady(); });
  return std::unique_ptr<Program>(std::move(istiod));
}

/// pilot/pkg/bootstrap/istio_ca.go:501-570: plugged in where all files are there, for itself where none is.
base::Status Istiod::begin(const Files& files) {
  volume_ = CaDirectory::in(files);
  const auto now = mesh_.simulation.now();
  const bool broken = !volume_.empty() && !volume_.complete();
  if (broken && minor_ >= completenessSince)
    return base::fail({base::Kind::failed, "failed to create CA: incomplete signing CA bundle detected"});
  if (!volume_.complete()) return beginSelfSigned();
  plugged_ = true;
  say("Use local CA certificate");
  const auto loaded = loadCa(volume_, now);
  if (!loaded) return base::fail(loaded.error().context("failed to create an istiod CA"));
  const auto may = mayStartWith(**loaded, now);
  if (!may) return base::fail(may.error().context("failed to create an istiod CA"));
  ca_ = *loaded;
  return serve();
}

base::Status Istiod::beginSelfSigned() {
  say("Use self-signed certificate as the CA certificate");
  TRY_ASSIGN(ca_, selfSignedCa(mesh_.store, ns_, meshSettings(mesh_.store, ns_, revision_).trustDomain,
                               mesh_.simulation.now()));
  return serve();
}

void Istiod::becomeReady() {
  ready_ = true;
  mesh_.elect();
  reconcileSoon();
}

/// Makes its serving certificate (pilot/pkg/bootstrap/certcontroller.go:102,208): signed by the CA as a
/// workload's is, and presented with cert-chain.pem.
base::Status Istiod::serve() {
  auto key = pki::PrivateKey::generate(pki::KeyType::ecP256);
  if (!key) return base::fail(key.error());
  std::vector<std::string> names{serviceName() + "." + ns_ + ".svc"};
  for (const auto* other : {"istiod", "istiod-remote", "istio-pilot"}) {
    auto name = fmt::format("{}.{}.svc", other, ns_);
    if (name != names.front()) names.push_back(std::move(name));
  }
  auto leaf =
      pki::makeServer(*key, names, issuedAt(mesh_.simulation.now(), servingLife), ca_->signer, ca_->key);
  if (!leaf) return base::fail(leaf.error());
  servingKey_ = *std::move(key);
  serving_ = {*std::move(leaf)};
  serving_.insert(serving_.end(), ca_->chain.begin(), ca_->chain.end());
  acceptor_.reset();
  return {};
}

void Istiod::terminating() {
  draining_ = true;
  mesh_.resign(*this, true);
}

std::string Istiod::serviceName() const {
  return revision_ == "default" ? "istiod" : "istiod-" + revision_;
}

std::optional<std::string> Istiod::whyNotTrusted(const std::string& dnsName, const Roots& roots) const {
  const auto names = serving_.front().dnsNames();
  if (std::find(names.begin(), names.end(), dnsName) == names.end()) {
    return fmt::format("tls: failed to verify certificate: x509: certificate is valid for {}, not {}",
                       fmt::join(names, ", "), dnsName);
  }
  const auto why = pki::whyNotTrusted(serving_.front(), {serving_.begin() + 1, serving_.end()},
                                      roots.certificates, mesh_.simulation.now(), pki::Purpose::tlsServer);
  if (!why) return std::nullopt;
  return "tls: failed to verify certificate: x509: certificate signed by unknown authority (" + *why + ")";
}

base::Result<SharedCa> Istiod::signer() const {
  if (!ca_->signer.isCa() || !ca_->signer.maySign() || ca_->signer.notAfter() <= mesh_.simulation.now())
    return base::fail({base::Kind::failed, "CSR signing error", "the CA certificate cannot sign now"});
  return ca_;
}

std::optional<std::string> Istiod::pushedRoots() const {
  if (!multiRoot_) return std::nullopt;
  std::set<std::string> bundles{*ca_->roots};
  for (auto& pem : meshSettings(mesh_.store, ns_, revision_).caCertificates) bundles.insert(pem);
  std::string all;
  for (const auto& bundle : bundles) {
    if (!all.empty() && all.back() != '\n') all += '\n';
    all += bundle;
  }
  return all;
}

/// Debounced, and not to all at once (PILOT_DEBOUNCE_AFTER, PILOT_PUSH_THROTTLE).
void Istiod::pushSoon() {
  if (pushing_ || !multiRoot_) return;
  pushing_ = true;
  timers_.after(base::Millis(100), [this] {
    pushing_ = false;
    for (auto* agent : mesh_.agents()) agent->told(id_);
  });
}

const pki::TlsAcceptor* Istiod::acceptor() {
  if (!acceptor_) {
    auto made = pki::TlsAcceptor::make({serving_, *servingKey_, {"h2"}});
    if (!made) return nullptr;
    acceptor_.emplace(*std::move(made));
  }
  return &*acceptor_;
}

base::Result<std::unique_ptr<PortEnd>> Istiod::connect(int port) {
  if (port == securePort && acceptor() != nullptr) return makeSecurePort(mesh_, *this);
  if (port == readyPort) {
    return makeHttpPort([ready = ready_](std::string_view path) {
      return path == "/ready" ? HttpAnswer{ready ? 200 : 503, "text/plain", ""}
                              : HttpAnswer{404, "text/plain", "404 page not found\n"};
    });
  }
  if (port == monitoringPort) {
    return makeHttpPort([version = versionOf(container_)](std::string_view path) {
      return path.ends_with("/version") ? HttpAnswer{200, "text/plain; charset=utf-8", version}
                                        : HttpAnswer{404, "text/plain", "404 page not found\n"};
    });
  }
  return base::fail({base::Kind::failed, "connection refused"});
}

base::Result<ExecResult> Istiod::execute(const std::string&, const std::vector<std::string>& command) {
  return base::fail(noProgram(command));
}

void Istiod::say(std::string line) {
  log_.push_back(base::formatTime(mesh_.simulation.now()) + " " + std::move(line));
  if (log_.size() > longestLog) log_.pop_front();
}

}  // namespace rehearsal
