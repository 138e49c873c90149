#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "trust/blocker.h"
#include "trust/observation.h"
#include "trust/subjects.h"
#include "trust/waivers.h"

namespace trust {

/// "CN = Root CA (9b1e77d2)": the most telling part of the subject and the first 8 digits of the fingerprint.
std::string shortName(const pki::Certificate& certificate);
std::string shortNames(const Certificates& certificates);

/// Answers questions about one observation. Everything is decided by signature and validity at the time of
/// the observation, never by names; equal chains and root sets are verified once. What could not be read is
/// an unproven blocker of every question that it bears on, unless a waiver names it. The observation is
/// borrowed.
class Judge {
 public:
  explicit Judge(const Observation& observation, Waivers waivers = {})
      : mesh_(observation), waivers_(std::move(waivers)) {}

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
  /// Every mounted istio-ca-root-cert holds the roots; `boundReached` accepts those that cannot be read.
  Answer everyMountHolds(const Certificates& roots, bool boundReached);

  // The invariants, for all at once (trust/invariants.h).
  /// I1: every leaf verifies with every proxy's whole root set.
  Answer everyPairWorks();
  /// I2: what every istiod signs now, by its serving certificate and by what it issued, verifies with every
  /// proxy's roots.
  Answer everySignerIsTrusted();
  /// I3: every proxy's leaf and every signer verify with every bundle that an istiod hands out.
  Answer everyBundleCoversAll();
  /// I4: every istiod's serving certificate verifies with every config map, every mounted one that was read,
  /// and every webhook.
  Answer everyServingCertificateIsAccepted();
  /// I5: an istiod that starts now signs and hands out what the stage allows.
  Answer noIstiodCanStartOutside();

  // Istiods.
  Answer everyIstiodHasMultiRoot();
  /// Every replica signs with the key of `signer`: its serving certificate is issued by it, and so is what it
  /// issued to us, where that was read.
  Answer everyIstiodSignsWith(const pki::Certificate& signer);
  /// Every replica runs with a plugged-in CA and so watches the CA secret: it serves its CA's chain too,
  /// which a self-signed one has none of.
  Answer everyIstiodIsPluggedIn();
  /// Every replica was started after the CA secret got its present content: by the annotation of our restart,
  /// or by the API server's two times. One that was plugged in only then serves the secret's CA in its chain.
  Answer everyIstiodStartedAfter(const CaSecret& secret);
  /// Every replica has loaded the CA secret's present content: where it issued something to us, it signs with
  /// the secret's CA and handed out its very bundle; else it was started after it, or its serving certificate
  /// is not the one that it served before the write (the secret's annotation lists those).
  Answer everyIstiodLoaded(const CaSecret& secret);
  /// Each Deployment has rolled out: observed, all replicas updated and available, none left over.
  Answer everyIstiodRolledOut();

  // Trust distribution: istio-ca-root-cert and the webhooks' caBundles.
  Answer everyDistributionHolds(const Certificates& roots);
  Answer noDistributionHolds(const Certificates& roots);

 private:
  /// Several are called at once.
  using ProxyTest = std::function<std::optional<Blocker>(const Proxy&)>;
  using IstiodTest = std::function<std::optional<Blocker>(const Istiod&)>;
  using RootsTest = std::function<std::optional<std::string>(const Certificates&)>;

  Answer ofProxies(std::string predicate, bool opaqueToo, const ProxyTest& test);
  Answer ofIstiods(std::string predicate, const IstiodTest& test);
  Answer ofDistribution(std::string predicate, const RootsTest& test);
  /// Counts for or against, or as waived.
  void add(Answer& answer, std::optional<Blocker> blocker, const std::vector<std::string>& waivers) const;
  /// What an istiod hands out, or why that is not known.
  Reading<Certificates> handedOut(const Istiod& istiod);
  /// A chain that an istiod sends, for TLS as a server.
  std::optional<std::string> whyNotServed(const Certificates& chain, const Certificates& roots) const;
  std::optional<Blocker> whyNotLoaded(const Istiod& istiod, const CaSecret& secret) const;
  /// One proxy that was read for each distinct set of roots.
  [[nodiscard]] std::map<std::string, const Proxy*> rootSets() const;

  const Observation& mesh_;
  const Waivers waivers_;
  /// Why each chain is not trusted with each set of roots, as far as that was asked.
  class Verified {
   public:
    /// nullptr: not asked yet. Stays where it is while this lives.
    const std::optional<std::string>* find(const std::string& key) const;
    void keep(const std::string& key, const std::optional<std::string>& why);

   private:
    mutable std::mutex mutex_;
    std::map<std::string, std::optional<std::string>> verdicts_;
  };
  Verified verified_;
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
