#include "mesh/observe.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "mesh/containers.h"
#include "mesh/distribution.h"
#include "mesh/installation.h"
#include "mesh/mesh_config.h"
#include "mesh/opaque.h"
#include "mesh/pods.h"
#include "mesh/questions.h"
#include "mesh/read_proxies.h"
#include "mesh/recheck.h"
#include "mesh/serving.h"
#include "mesh/unreadable.h"
#include "mesh/unsupported.h"
#include "trust/subjects.h"

namespace mesh {

namespace {

using json::Value;

const kube::Resource workloadEntries{"networking.istio.io", "v1beta1", "workloadentries"};

/// Everything that one observation asks the API server for at once.
struct Survey {
  Questions questions;
  std::vector<std::size_t> pods;  // lists, one for each namespace
  std::size_t namespaces, configMaps, mutating, validating, deployments, remotes, backups, istios, revisions,
      machines;                                           // lists
  std::size_t cacerts, selfSigned, istiodTls, sailGroup;  // objects

  Survey(const std::string& ns, const Part& part)
      : namespaces(questions.list(kube::namespaces, "")),
        configMaps(questions.list(kube::configMaps, "", "fieldSelector=metadata.name%3Distio-ca-root-cert")),
        mutating(questions.list(kube::mutatingWebhooks, "")),
        validating(questions.list(kube::validatingWebhooks, "")),
        deployments(questions.list(kube::deployments, "", "labelSelector=app%3Distiod")),
        remotes(questions.list(kube::secrets, ns, "labelSelector=istio%2FmultiCluster%3Dtrue")),
        backups(questions.list(kube::secrets, ns, "labelSelector=istio-ca%2Fbackup%3Dtrue")),
        istios(questions.list(mesh::istios, "")),
        revisions(questions.list(istioRevisions, "")),
        machines(questions.list(workloadEntries, "")),
        cacerts(questions.object(kube::secrets.path(ns, "cacerts"))),
        selfSigned(questions.object(kube::secrets.path(ns, "istio-ca-secret"))),
        istiodTls(questions.object(kube::secrets.path(ns, "istiod-tls"))),
        sailGroup(questions.object("/apis/sailoperator.io")) {
    auto names = part.namespaces.value_or(std::set<std::string>());
    names.insert(part.namespaces ? ns : "");  // "" is all
    for (const auto& each : names) pods.push_back(questions.list(kube::pods, each));
  }

  /// All pods of those lists, moved out of them.
  base::Result<json::Array> takePods() {
    json::Array all;
    for (const auto number : pods) {
      auto& list = questions.items(number);
      if (!list) return base::fail(list.error());
      all.insert(all.end(), std::make_move_iterator(list->begin()), std::make_move_iterator(list->end()));
    }
    return all;
  }
};

/// The pod was found to be a proxy whose settings come from its revision's mesh config, or from the only one
/// there is.
bool xdsAgentOf(const Value& pod, const std::map<std::string, bool>& byConfigName) {
  const auto own = byConfigName.find(meshConfigName(revisionOf(pod)));
  if (own != byConfigName.end()) return own->second;
  return !byConfigName.empty() && byConfigName.begin()->second;
}

std::vector<trust::Proxy> proxiesIn(const json::Array& pods, const std::map<std::string, bool>& xdsAgent) {
  std::vector<trust::Proxy> proxies;
  for (const auto& pod : pods) {
    if (auto proxy = proxyOf(pod, xdsAgentOf(pod, xdsAgent))) proxies.push_back(*std::move(proxy));
  }
  return proxies;
}

/// The audience that istiod wants to see in a token (istio: pkg/security/security.go:139): the first of its
/// list.
std::string tokenAudience(const trust::IstiodDeployment& istiod) {
  const auto set = istiod.env.find("TOKEN_AUDIENCES");
  const auto first = set == istiod.env.end() ? "" : set->second.substr(0, set->second.find(','));
  return first.empty() ? "istio-ca" : first;
}

/// To an observation of some namespaces' pods, what an earlier one had seen of the others'.
void addPodsOfOthers(trust::Observation& seen, const trust::Observation& before,
                     const std::set<std::string>& namespaces) {
  const auto unread = [&](const auto& each) {
    return !namespaces.contains(each.ns) && each.ns != seen.installation.ns;
  };
  std::copy_if(before.proxies.begin(), before.proxies.end(), std::back_inserter(seen.proxies), unread);
  std::copy_if(before.ztunnels.begin(), before.ztunnels.end(), std::back_inserter(seen.ztunnels), unread);
  std::copy_if(before.opaque.begin(), before.opaque.end(), std::back_inserter(seen.opaque),
               [&](const trust::Opaque& each) { return each.kind == "Pod" && unread(each); });
}

/// The same pods by their uids: `keep(now, before)`.
template <class Pod, class Keep>
void forSame(std::vector<Pod>& now, const std::vector<Pod>& before, Keep keep) {
  std::unordered_map<std::string_view, const Pod*> known;
  for (const auto& pod : before) known.emplace(pod.uid, &pod);
  for (auto& pod : now) {
    const auto same = known.find(pod.uid);
    if (same != known.end()) keep(pod, *same->second);
  }
}

/// Builds an observation out of what a survey brought.
class Observer {
 public:
  Observer(kube::Api& api, base::Clock& clock, const ObserveOptions& options)
      : api_(api),
        clock_(clock),
        options_(options),
        ns_(options.istioNamespace),
        survey_(ns_, options.part) {}

  base::Result<Reading> run() {
    TRY(survey_.questions.ask(api_));
    TRY_ASSIGN(pods_, survey_.takePods());
    TRY(basics());
    istiods();
    sail();
    secrets();
    TRY(meshConfigs());
    opaque();
    reading_.observation.proxies = proxiesIn(pods_, xdsAgent_);
    if (options_.part.namespaces) addPodsOfOthers(mesh(), *options_.before, *options_.part.namespaces);
    distribution();
    unsupported();
    if (options_.before != nullptr) keepFrom(*options_.before);
    if (options_.part.streams) TRY(streams());
    reading_.observation.server = api_.server();
    reading_.observation.takenAt = clock_.now();
    leaveOutOutlived();
    return std::move(reading_);
  }

 private:
  [[nodiscard]] const base::Result<json::Array>& items(std::size_t list) const {
    return survey_.questions.items(list);
  }
  [[nodiscard]] base::Result<Value>& object(std::size_t number) { return survey_.questions.object(number); }
  trust::Observation& mesh() { return reading_.observation; }

  void unlisted(std::string what, const base::Error& error) {
    mesh().unlisted.emplace_back(std::move(what), unreadable(error));
  }
  /// The list, or none and a note that it could not be had; a kind that the server does not know has no
  /// objects.
  const json::Array& optional(std::size_t list, const char* what) {
    static const json::Array none;
    const auto& answer = items(list);
    if (answer) return *answer;
    if (!absent(answer)) unlisted(what, answer.error());
    return none;
  }

  base::Status basics() {
    if (!items(survey_.deployments)) return base::fail(items(survey_.deployments).error());
    mesh().installation.ns = ns_;
    for (const auto& deployment : *items(survey_.deployments)) {
      if (deployment["metadata"]["namespace"].text() != ns_) continue;
      mesh().istiodDeployments.push_back(istiodDeploymentOf(deployment));
    }
    if (!mesh().istiodDeployments.empty()) return {};
    std::string elsewhere;
    for (const auto& deployment : *items(survey_.deployments)) {
      elsewhere = deployment["metadata"]["namespace"].text();
    }
    return base::fail({base::Kind::failed, "there is no istiod in namespace " + ns_,
                       "no Deployment there has the label app=istiod",
                       elsewhere.empty()
                           ? "name istiod's namespace with --istio-namespace"
                           : "there is one in " + elsewhere + ": --istio-namespace " + elsewhere});
  }

  void istiods() {
    for (const auto& pod : pods_) {
      if (pod["metadata"]["namespace"].text() != ns_) continue;
      auto istiod = istiodOf(pod);
      if (!istiod) continue;
      if (mesh().installation.istioVersion.empty()) mesh().installation.istioVersion = istioVersionOf(pod);
      running_.push_back(istiodRuns(pod));
      mesh().istiods.push_back(*std::move(istiod));
    }
  }

  void sail() {
    const auto& all = optional(survey_.istios, "Istio resources (sailoperator.io)");
    if (absent(items(survey_.istios)) && object(survey_.sailGroup))
      mesh().unsupported.push_back(sailWithoutV1());
    const auto own = inNamespace(all, ns_);
    if (own.empty()) return;
    applyIstioResource(mesh().installation, *own.front());
    const auto& revisions = optional(survey_.revisions, "IstioRevision resources (sailoperator.io)");
    append(unsupportedSail(own, inNamespace(revisions, ns_), mesh().istiodDeployments.size()));
  }

  trust::Reading<std::optional<trust::CaSecret>> secret(std::size_t number, base::Secret& key) {
    auto& answer = object(number);
    if (absent(answer)) return std::nullopt;
    if (!answer) return tl::unexpected(unreadable(answer.error()));
    auto read = readCaSecret(*std::move(answer));
    key = std::move(read.key);
    return std::move(read.secret);
  }

  void secrets() {
    mesh().cacerts = secret(survey_.cacerts, reading_.keys.cacerts);
    mesh().selfSigned = secret(survey_.selfSigned, reading_.keys.selfSigned);
    if (mesh().cacerts && *mesh().cacerts) append(unsupportedCacerts(**mesh().cacerts));
    if (object(survey_.istiodTls)) {
      cleanseData(*object(survey_.istiodTls));
      mesh().unsupported.push_back(istiodTlsFound(ns_));
    } else if (!absent(object(survey_.istiodTls))) {
      unlisted("secret " + ns_ + "/istiod-tls", object(survey_.istiodTls).error());
    }
    auto& backups = survey_.questions.items(survey_.backups);
    if (!backups) {
      mesh().backups = tl::unexpected(unreadable(backups.error()));
    } else {
      std::vector<trust::CaSecret> read;
      for (auto& backup : *backups) {
        auto ca = readCaSecret(std::move(backup));
        reading_.keys.backups[ca.secret.name] = std::move(ca.key);
        read.push_back(std::move(ca.secret));
      }
      mesh().backups = std::move(read);
    }
  }

  base::Status meshConfigs() {
    std::map<std::string, std::size_t> numbers;
    Questions questions;
    for (const auto& deployment : mesh().istiodDeployments) {
      const auto name = meshConfigName(deployment.revision);
      if (!numbers.contains(name)) numbers[name] = questions.object(kube::configMaps.path(ns_, name));
    }
    TRY(questions.ask(api_));
    for (const auto& [name, number] : numbers) {
      const auto& answer = questions.object(number);
      const auto read = answer ? readMeshConfig(*answer) : base::fail(answer.error());
      if (!read) {
        unlisted("mesh config " + ns_ + "/" + name, read.error());
        continue;
      }
      mesh().installation.meshConfigs.push_back(read->config);
      mesh().installation.trustDomain = read->settings.trustDomain;
      xdsAgent_[name] = read->config.xdsAgent;
    }
    return {};
  }

  void opaque() {
    mesh().opaque = takeOpaque(pods_);
    for (auto& machine : opaqueMachines(optional(survey_.machines, "WorkloadEntry objects")))
      mesh().opaque.push_back(std::move(machine));
    for (const auto& pod : pods_) {
      if (auto ztunnel = ztunnelOf(pod)) mesh().ztunnels.push_back(*std::move(ztunnel));
    }
  }

  void distribution() {
    std::set<std::string> meshed;
    for (const auto& proxy : mesh().proxies) meshed.insert(proxy.ns);
    for (const auto& entry : mesh().opaque) {
      if (entry.kind == "Pod") meshed.insert(entry.ns);
    }
    for (const auto& nameSpace : optional(survey_.namespaces, "namespaces")) {
      const bool leaving = nameSpace["status"]["phase"].text() == "Terminating";
      if (wantsInjection(nameSpace) && !leaving) meshed.emplace(nameSpace["metadata"]["name"].text());
    }
    const auto& configMaps = items(survey_.configMaps);
    if (configMaps) {
      mesh().distribution = configMapsOf(meshed, *configMaps);
    } else {
      for (const auto& ns : meshed) {
        mesh().distribution.push_back(
            {trust::Distribution::Kind::configMap, ns, tl::unexpected(unreadable(configMaps.error()))});
      }
    }
    using Kind = trust::Distribution::Kind;
    webhooks(Kind::mutatingWebhook, optional(survey_.mutating, "mutating webhooks"));
    webhooks(Kind::validatingWebhook, optional(survey_.validating, "validating webhooks"));
  }

  void webhooks(trust::Distribution::Kind kind, const json::Array& configurations) {
    for (auto& entry : webhooksOf(kind, configurations, ns_)) mesh().distribution.push_back(std::move(entry));
  }

  void append(UnsupportedList found) {
    for (auto& entry : found) mesh().unsupported.push_back(std::move(entry));
  }

  void unsupported() {
    append(unsupportedIstiods(*items(survey_.deployments), ns_));
    append(unsupportedPods(pods_, ns_));
    const auto& remotes = optional(survey_.remotes, "secrets of other clusters");
    append(unsupportedRemotes(remotes));
    for (const auto& remote : remotes) cleanseData(remote);
  }

  /// With what each istiod is asked for a certificate, or why it is not. Fails only when interrupted.
  base::Result<trust::Reading<CsrTerms>> csrTerms() {
    trust::Reading<CsrTerms> terms = tl::unexpected(trust::Unreadable{"not asked"});
    if (!options_.directProof) return terms;
    CsrTerms wanted{.now = clock_.now()};
    if (items(survey_.configMaps)) {
      auto roots = configMapsOf({ns_}, *items(survey_.configMaps)).front().roots;
      if (roots) wanted.roots = *std::move(roots);
    }
    if (wanted.roots.empty()) {
      terms = tl::unexpected(
          trust::Unreadable{"not asked: config map " + ns_ +
                            "/istio-ca-root-cert, which istiod is verified with, is not read"});
      return terms;
    }
    CaToken own;
    auto& cached = options_.caToken == nullptr ? own : *options_.caToken;
    auto token = cached.get(api_, clock_, ns_, tokenAudience(mesh().istiodDeployments.front()));
    if (!token && token.error().kind == base::Kind::interrupted) return base::fail(token.error());
    if (!token) {
      terms = tl::unexpected(unreadable(token.error()));
    } else {
      wanted.token = *std::move(token);
      terms = std::move(wanted);
    }
    return terms;
  }

  /// What an istiod issues for a minute is judged at the time of the observation: where that is not within
  /// the minute, clocks differ or reading took long, and it is no proof of anything.
  void leaveOutOutlived() {
    for (auto& istiod : mesh().istiods) {
      if (!istiod.issued) continue;
      const auto from = istiod.issued->chain.front().notBefore(),
                 to = istiod.issued->chain.front().notAfter();
      if (from <= mesh().takenAt && mesh().takenAt <= to) continue;
      istiod.issued = tl::unexpected(
          trust::Unreadable{"the certificate that it issued is not valid now by the clock here, but from " +
                            base::formatTime(from) + " to " + base::formatTime(to)});
    }
  }

  /// What proxies and istiods held before, where they are not asked anew.
  void keepFrom(const trust::Observation& before) {
    forSame(mesh().proxies, before.proxies, [&](trust::Proxy& proxy, const trust::Proxy& earlier) {
      proxy.secrets = earlier.secrets;
      proxy.mounted = earlier.mounted;
      known_.insert(proxy.uid);
    });
    forSame(mesh().istiods, before.istiods, [](trust::Istiod& istiod, const trust::Istiod& earlier) {
      istiod.serving = earlier.serving;
      istiod.issued = earlier.issued;
    });
  }

  [[nodiscard]] bool isAsked(const trust::Proxy& proxy) const {
    const auto& named = options_.part.proxies;
    return !named || named->contains(trust::subjectOf(proxy)) || !known_.contains(proxy.uid);
  }

  /// One fan-out over all istiods and the proxies that are asked.
  base::Status streams() {
    TRY_ASSIGN(const auto terms, csrTerms());
    std::vector<trust::Proxy*> asked, mounts;
    for (auto& proxy : mesh().proxies) {
      if (!isAsked(proxy)) continue;
      mounts.push_back(&proxy);
      if (!options_.part.mountsAlone || !known_.contains(proxy.uid)) asked.push_back(&proxy);
    }
    SecretsReader secrets(asked);
    ServingReader serving(mesh().istiods, running_, terms);
    auto forwards = secrets.forwards();
    const auto proxies = std::ptrdiff_t(forwards.size());
    for (const auto& forward : serving.forwards()) forwards.push_back(forward);
    const auto held = forwards.empty() ? std::vector<base::Result<void>>()
                                       : kube::forward(api_, forwards, options_.timeoutPerStream);
    TRY(secrets.finish(api_, {held.begin(), held.begin() + proxies}, options_.timeoutPerStream));
    TRY(serving.finish({held.begin() + proxies, held.end()}));
    if (options_.withMountedRoots) TRY(readMountedRoots(api_, mounts, options_.timeoutPerStream));
    return recheck(api_, mesh().proxies, mesh().istiods);
  }

  kube::Api& api_;
  base::Clock& clock_;
  const ObserveOptions& options_;
  const std::string ns_;
  Survey survey_;
  json::Array pods_;
  Reading reading_;
  std::vector<bool> running_;                   // by place in istiods
  std::unordered_set<std::string_view> known_;  // proxies that were there before, by uid
  std::map<std::string, bool> xdsAgent_;        // by the name of the mesh config
};

}  // namespace

base::Result<Reading> observe(kube::Api& api, base::Clock& clock, const ObserveOptions& options) {
  return Observer(api, clock, options).run();
}

base::Result<trust::Observation> observeProxies(kube::Api& api, base::Clock& clock,
                                                const ObserveOptions& options, const ProxyFilter& filter) {
  Questions questions;
  const auto pods = questions.list(kube::pods, filter.ns);
  const auto config = questions.object(kube::configMaps.path(options.istioNamespace, "istio"));
  TRY(questions.ask(api));
  if (!questions.items(pods)) return base::fail(questions.items(pods).error());

  trust::Observation mesh;
  mesh.installation.ns = options.istioNamespace;
  std::map<std::string, bool> xdsAgent;
  const auto& answer = questions.object(config);
  if (const auto read = answer ? readMeshConfig(*answer) : base::fail(answer.error())) {
    mesh.installation.trustDomain = read->settings.trustDomain;
    mesh.installation.meshConfigs.push_back(read->config);
    xdsAgent["istio"] = read->config.xdsAgent;
  } else {
    // The injector writes it into each proxy's environment (istio: files/injection-template.yaml,
    // TRUST_DOMAIN).
    for (const auto& pod : *questions.items(pods)) {
      const auto domain = envValue(proxyContainer(pod["spec"]), "TRUST_DOMAIN");
      if (!domain.empty()) mesh.installation.trustDomain = domain;
    }
  }
  mesh.opaque = takeOpaque(*questions.items(pods));
  mesh.proxies = proxiesIn(*questions.items(pods), xdsAgent);
  TRY(applyFilter(mesh, filter));
  TRY(readSecrets(api, mesh.proxies, options.timeoutPerStream));
  std::vector<trust::Istiod> none;
  TRY(recheck(api, mesh.proxies, none));
  mesh.server = api.server();
  mesh.takenAt = clock.now();
  return mesh;
}

}  // namespace mesh
