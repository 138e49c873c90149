#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "trust/blocker.h"
#include "trust/observation.h"

namespace trust {

/// "CN = Root CA (9b1e77d2)": the most telling part of the subject and the first 8 digits of the fingerprint.
std::string shortName(const pki::Certificate& certificate);
std::string shortNames(const Certificates& certificates);
bool contains(const Certificates& set, const pki::Certificate& certificate);

/// Answers questions about one observation. Everything is decided by signature and validity at the time of
/// the observation, never by names; equal chains and root sets are verified once. What could not be read is
/// an unproven blocker of every question that it bears on. The observation is borrowed.
class Judge {
 public:
  explicit Judge(const Observation& observation) : mesh_(observation) {}

  /// Why a chain does not verify with these roots alone as Envoy does it (both TLS purposes, SPIFFE SAN in
  /// the trust domain); nullopt if it does.
  std::optional<std::string> whyNotTrusted(const Certificates& chain, const Certificates& roots);
  /// Those of the candidates that the chain verifies with, each alone: its anchors.
  Certificates anchors(const Certificates& chain, const Certificates& candidates);

  // Proxies. Pods whose proxy does not run yet block nothing: they start with what the istiods hand out then.
  Answer everyProxyTrusts(const Certificates& roots);
  Answer noProxyTrusts(const Certificates& roots);
  Answer everyLeafVerifiesWith(const pki::Certificate& root);
  Answer everyProxyHasXdsAgent();
  /// I1: every leaf verifies with every proxy's whole root set.
  Answer everyPairWorks();
  /// Every mounted istio-ca-root-cert holds the roots; `boundReached` accepts those that cannot be read.
  Answer everyMountHolds(const Certificates& roots, bool boundReached);

  // Istiods.
  Answer everyIstiodHasMultiRoot();
  /// Every replica signs with the key of `signer` (its serving certificate is issued by it).
  Answer everyIstiodSignsWith(const pki::Certificate& signer);
  /// Every replica's serving certificate verifies with `root` alone.
  Answer everySignerVerifiesWith(const pki::Certificate& root);
  /// Every replica was started after the CA secret got its present content: by the annotation of our restart,
  /// or by the API server's two times. One that was plugged in only then serves the secret's CA in its chain.
  Answer everyIstiodStartedAfter(const CaSecret& secret);
  /// Every replica has loaded the CA secret's present content: started after it, or its serving certificate
  /// is not the one that it served before the write (the secret's annotation lists those).
  Answer everyIstiodLoaded(const CaSecret& secret);
  /// Each Deployment has rolled out: observed, all replicas updated and available, none left over.
  Answer everyIstiodRolledOut();

  // Trust distribution: istio-ca-root-cert and the webhooks' caBundles.
  Answer everyDistributionHolds(const Certificates& roots);
  Answer noDistributionHolds(const Certificates& roots);

 private:
  template <class Test>
  Answer ofProxies(std::string predicate, Test test);
  template <class Test>
  Answer ofIstiods(std::string predicate, Test test);
  template <class Test>
  Answer ofDistribution(std::string predicate, Test test);

  const Observation& mesh_;
  std::map<std::string, std::optional<std::string>> verified_;  // by chain and root set
};

/// The annotation on the CA secret that lists what each istiod served before the last write of ours:
/// "<pod uid>=<serial of its leaf>,...".
inline constexpr std::string_view servedBeforeAnnotation = "istio-ca/served-before";
/// How often the re-issue of leaves (or roots) has been triggered since the signer (or the root) changed.
inline constexpr std::string_view triggersAnnotation = "istio-ca/triggers";

/// What marks an istiod as restarted for this very version of the CA secret (Istiod::startedFor).
std::string startMark(const CaSecret& secret);

/// The value of servedBeforeAnnotation for this observation.
std::string servedNow(const Observation& observation);

}  // namespace trust
