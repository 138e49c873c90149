#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "json/value.h"
#include "kube/access.h"
#include "net/http.h"

namespace kube {

/// A resource collection: GVR and, for namespaced objects, the namespace ("" = all, or cluster-scoped).
struct Resource {
  std::string group;    // "" for core
  std::string version;  // "v1"
  std::string plural;   // "pods"
  /// "/api/v1/namespaces/NS/pods/NAME/SUB", percent-encoded.
  [[nodiscard]] std::string path(std::string_view ns, std::string_view name = {},
                                 std::string_view sub = {}) const;
};

inline const Resource pods{"", "v1", "pods"};
inline const Resource secrets{"", "v1", "secrets"};
inline const Resource configMaps{"", "v1", "configmaps"};
inline const Resource namespaces{"", "v1", "namespaces"};
inline const Resource serviceAccounts{"", "v1", "serviceaccounts"};
inline const Resource events{"", "v1", "events"};
inline const Resource deployments{"apps", "v1", "deployments"};
inline const Resource statefulSets{"apps", "v1", "statefulsets"};
inline const Resource daemonSets{"apps", "v1", "daemonsets"};
inline const Resource replicaSets{"apps", "v1", "replicasets"};
inline const Resource leases{"coordination.k8s.io", "v1", "leases"};
inline const Resource mutatingWebhooks{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"};
inline const Resource validatingWebhooks{"admissionregistration.k8s.io", "v1",
                                         "validatingwebhookconfigurations"};

/// The type of a PATCH.
enum class Patch { json, merge, strategicMerge, apply };

/// A change to the cluster as data, so that a dry run can print the very request that a run would send.
struct Write {
  std::string method;       // POST, PUT, PATCH or DELETE
  std::string path;         // with query
  std::string contentType;  // of the body
  json::Value body;
  bool secret = false;  // body or answer hold a key or token: what is serialized of both is cleansed
  bool evenIfInterrupted = false;  // sent after Ctrl-C too (net::Request), within two seconds
};
/// Each names our field manager, but for remove; none forces a conflict (force=true is the caller's to add).
Write create(const Resource& resource, std::string_view ns, json::Value object);
Write patch(const Resource& resource, std::string_view ns, std::string_view name, Patch type,
            json::Value body);
Write replace(const Resource& resource, std::string_view ns, std::string_view name, json::Value object);
Write remove(const Resource& resource, std::string_view ns, std::string_view name, json::Value options);

/// The field manager of everything that we write, and the User-Agent's first word.
inline constexpr std::string_view fieldManager = "kubectl-istio-ca";

/// The Kubernetes API of one cluster. Every response of 400 and above becomes an Error made of the server's
/// Status: 401 and 403 -> forbidden, 404 -> notFound, 409 -> conflict, 429 and 5xx -> unavailable, else
/// failed; message says what was asked of which server, reason is the Status message, hint what to do (which
/// verb on which resource to be granted; to log in again on 401). Reads are tried again on 429 and 503 as
/// Retry-After says, and on broken connections, until the request timeout; writes only on 429. On 401 an exec
/// credential plugin runs once more.
class Api {
 public:
  virtual ~Api() = default;
  virtual base::Result<json::Value> get(const std::string& path) = 0;
  virtual std::vector<base::Result<json::Value>> getAll(const std::vector<std::string>& paths) = 0;
  /// All items of a list, page by page (limit=500, continue; an expired continue token starts over once).
  /// `query` is "labelSelector=..." or empty. Each item carries what the server sent. `first`: its first page
  /// of that kind, if somebody has it already.
  virtual base::Result<json::Array> list(const Resource& resource, std::string_view ns,
                                         std::string_view query = {}, json::Value first = {}) = 0;
  virtual base::Result<json::Value> write(const Write& write) = 0;
  virtual std::vector<base::Result<json::Value>> writeAll(const std::vector<Write>& writes) = 0;
  /// WebSockets below the API server, with its credentials; errors of a refused upgrade as above.
  virtual base::Status converse(std::vector<net::Dialogue> dialogues, int inFlight = 32) = 0;
  /// "https://host:6443", for messages.
  [[nodiscard]] virtual const std::string& server() const = 0;
};

/// Over the real network. Runs the credential plugin when first needed.
base::Result<std::unique_ptr<Api>> connect(const ClusterAccess& access, base::Clock& clock,
                                           net::Trace trace = nullptr);
/// Over a transport of the caller's, for tests; credentials other than token and tokenFile are the
/// transport's.
std::unique_ptr<Api> makeApi(std::unique_ptr<net::Transport> transport, ClusterAccess access,
                             base::Clock& clock);

/// The Error for a response of 400 and above; see Api. `what` is "get secret istio-system/cacerts" or the
/// path.
base::Error errorOf(const net::Response& response, std::string_view what);

}  // namespace kube
