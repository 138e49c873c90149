#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/clock.h"
#include "pki/certificate.h"

/// Everything read from a mesh at one time, as plain data without key bytes. Closed: every pod, istiod,
/// namespace and webhook that was listed occurs exactly once, as read or as unreadable-because.
namespace trust {

using Certificates = std::vector<pki::Certificate>;

/// Why something that was listed could not be read.
struct Unreadable {
  std::string reason;      // "port-forward to 15000: connection refused"
  bool forbidden = false;  // the API server refused by authorization
};

template <class T>
using Reading = tl::expected<T, Unreadable>;

/// What one Envoy holds now (its secrets `default` and `ROOTCA`).
struct ProxySecrets {
  Certificates chain;         // of `default`, leaf first; everything that is presented
  Certificates roots;         // of `ROOTCA`, distinct, in their order
  bool warming = false;       // a warming secret: what is held may change at any moment
  std::string version{};      // version_info of `default`
  std::string lastUpdated{};  // RFC 3339, as Envoy gives it
  [[nodiscard]] const pki::Certificate& leaf() const { return chain.front(); }
};

enum class ProxyType { sidecar, gateway, waypoint };

/// The object that a pod belongs to and that a restart would be asked of: Deployment, StatefulSet, DaemonSet;
/// or Job, ReplicaSet or Pod where there is nothing to restart.
struct Workload {
  std::string kind, ns, name;
  auto operator<=>(const Workload&) const = default;
};

struct Proxy {
  std::string ns, pod, uid;
  Workload workload;
  ProxyType type = ProxyType::sidecar;
  std::string container = "istio-proxy";  // the proxy's container, in containers or initContainers
  std::string serviceAccount{}, revision{};
  std::string version{};  // tag of the container's image, "1.27.1-distroless"; empty if it has none
  base::Time created{};
  bool running = false;  // the proxy's container runs
  bool ready = false;
  bool terminating = false;  // has a deletionTimestamp: leaves by itself
  /// PROXY_CONFIG_XDS_AGENT in the container's env is "true".
  bool xdsAgent = false;
  /// What a newly injected pod of this workload would get: the mesh config's defaultConfig.proxyMetadata with
  /// the pod's own proxy.istio.io/config annotation over it.
  bool xdsAgentWanted = false;
  /// The gateway controller rolls these pods itself when the mesh config changes (gateway.istio.io/managed).
  bool managedGateway = false;
  Reading<ProxySecrets> secrets = tl::unexpected(Unreadable{"not read"});
  /// The roots in the mounted istio-ca-root-cert, by which the agent verifies istiod. Read only when asked
  /// for.
  Reading<Certificates> mounted = tl::unexpected(Unreadable{"not read"});
};

/// What an istiod handed out for a throwaway CSR: the direct proof of its signer and of its bundle.
struct Issued {
  Certificates chain;  // the certificate that it signed, then what it sends with it (without the bundle)
  std::string bundle;  // the bytes of the root bundle, the last element of the answer
};

/// One istiod pod.
struct Istiod {
  std::string ns, pod, uid, deployment, revision;
  std::string version{};  // tag of the container's image, or by its labels; empty if neither says
  base::Time created{};
  std::int64_t restarts = 0;  // of its container
  bool ready = false, terminating = false;
  bool multiRoot = false;  // env ISTIO_MULTIROOT_MESH is true
  /// The pod template annotation istio-ca/started-for, by which our restart marks what version of the CA
  /// secret it was started for (trust::startMark).
  std::string startedFor{};
  /// The certificates that it serves on 15012, leaf first. Its issuer is what it signs with: the serving
  /// certificate is made by the same CA key and again on every accepted reload (certcontroller.go:102,208).
  Reading<Certificates> serving = tl::unexpected(Unreadable{"not read"});
  /// The answer to a CSR of ours, where a token for one may be requested. Its absence blocks nothing: the
  /// serving certificate tells the signer too.
  Reading<Issued> issued = tl::unexpected(Unreadable{"not asked"});
};

struct IstiodDeployment {
  std::string ns, name, revision, resourceVersion;
  std::int64_t generation = 0, observedGeneration = 0;
  std::int64_t replicas = 0, updated = 0, available = 0, total = 0;  // wanted, and of status
  bool multiRoot = false;                                            // in the template's env
  std::string container = "discovery";
  std::string startedFor{};
  std::map<std::string, std::string> env{};  // plain values of the discovery container
  std::vector<std::string> owners{};         // others who manage it: GitOps, operators, ownerReferences
};

/// A Secret that holds (or held) a CA: `cacerts`, `istio-ca-secret`, or a backup of ours.
struct CaSecret {
  std::string ns, name, type, uid, resourceVersion;
  bool immutable = false;
  std::vector<std::string> keys;            // of its data
  std::string caCert, certChain, rootCert;  // PEM as stored (istio-ca-secret: rootCert = ca-cert.pem)
  std::string keyFingerprint{};  // SHA-256 of the key's SubjectPublicKeyInfo; empty: no readable key
  /// SHA-256 over the certificates' bytes and the key's fingerprint: equal content, equal value.
  std::string content{};
  std::optional<base::Time>
      lastWritten{};                  // of its data, by the API server's clock (managedFields, else creation)
  std::vector<std::string> owners{};  // others who manage it: GitOps, cert-manager, ownerReferences
  std::map<std::string, std::string> annotations{};  // ours only ("istio-ca/...")
  /// kubectl apply left a copy of all of it, the key too, in the annotation last-applied-configuration.
  bool appliedCopy = false;
};

/// `istio-ca-root-cert` of one meshed namespace, or the caBundle of one webhook configuration.
struct Distribution {
  enum class Kind { configMap, mutatingWebhook, validatingWebhook };
  Kind kind = Kind::configMap;
  std::string name;  // the namespace, or the webhook configuration
  Reading<Certificates> roots = tl::unexpected(Unreadable{"not read"});
  std::optional<base::Time> lastWritten{};  // of a config map's data, by the API server's clock
};

enum class InstallationKind { sail, plain };

struct MeshConfig {
  std::string ns, name, resourceVersion;  // the ConfigMap
  std::string text;                       // its key `mesh`
  bool xdsAgent = false;                  // defaultConfig.proxyMetadata.PROXY_CONFIG_XDS_AGENT is "true"
  std::vector<std::string> owners{};      // others who manage it
  bool caCertificates = false;            // it adds roots of its own (meshConfig.caCertificates)
};

struct Installation {
  InstallationKind kind = InstallationKind::plain;
  std::string ns = "istio-system";
  std::string trustDomain = "cluster.local";
  std::string istioVersion{};  // of the istiods' image tag or labels, for messages
  // Sail only:
  std::string istioName{};  // the Istio resource
  std::int64_t istioGeneration = 0, istioObserved = 0;
  bool istioReady = false;
  bool istioMultiRoot = false, istioXdsAgent = false;  // in its spec.values
  std::vector<std::string> istioOwners{};              // others who manage it
  std::vector<MeshConfig> meshConfigs{};               // one a revision
};

/// A ztunnel (ambient mode), of which no more is read.
struct Ztunnel {
  std::string ns, pod;
  std::string version{};  // tag of its image
};

/// How a workload's pods are replaced.
struct Rollout {
  Workload workload;
  std::int64_t replicas = 1;
  std::string strategy{};  // "RollingUpdate", "Recreate", "OnDelete"
  bool paused = false;
  bool surge = false;  // a new pod may be there before an old one goes
};

/// Something that changes the number of pods: HorizontalPodAutoscaler.
struct Autoscaler {
  std::string ns, name;
  Workload target;
  std::int64_t least = 1, most = 1;
};

/// PodDisruptionBudget that lets no pod go now.
struct ShutBudget {
  std::string ns, name;
};

/// What no proof depends on and only `doctor` reads.
struct Surroundings {
  Reading<std::vector<Rollout>> rollouts =
      tl::unexpected(Unreadable{"not read"});  // of the proxies' workloads
  Reading<std::vector<Autoscaler>> autoscalers = tl::unexpected(Unreadable{"not read"});  // of istiods
  Reading<std::vector<ShutBudget>> budgets = tl::unexpected(Unreadable{"not read"});
};

/// Something that takes part in the mesh and presents or verifies certificates, but cannot be read from here:
/// a virtual machine, a proxyless gRPC pod, a pod with certificates of SPIRE or from files. Unproven, unless
/// the user answers for it by name.
struct Opaque {
  std::string kind, ns, name;  // "WorkloadEntry", "Pod"
  Workload workload{};         // a pod's
  std::string reason;          // "takes its certificates from SPIRE (WORKLOAD_IDENTITY_SOCKET_FILE)"
};

/// Something that this program does not handle or know: ends with exit 5 before the first write.
struct Unsupported {
  std::string code;     // "multicluster"
  std::string message;  // "secret istio-system/istio-remote-secret-west (istio/multiCluster=true): ..."
  std::string hint;
};

struct Observation {
  base::Time takenAt{};
  std::string server;
  Installation installation;
  std::vector<IstiodDeployment> istiodDeployments;
  std::vector<Istiod> istiods;
  Reading<std::optional<CaSecret>> cacerts = tl::unexpected(Unreadable{"not read"});
  Reading<std::optional<CaSecret>> selfSigned = tl::unexpected(Unreadable{"not read"});
  Reading<std::vector<CaSecret>> backups = tl::unexpected(Unreadable{"not read"});
  std::vector<Distribution> distribution;
  std::vector<Proxy> proxies;
  std::vector<Opaque> opaque;
  std::vector<Ztunnel> ztunnels;
  std::vector<Unsupported> unsupported;
  /// Whole kinds of things that could not be listed: (what, why). Each is unproven.
  std::vector<std::pair<std::string, Unreadable>> unlisted;
  std::optional<Surroundings> surroundings{};
};

}  // namespace trust
