#include "cli/predicates.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/file.h"
#include "base/text.h"
#include "cli/exit_codes.h"
#include "cli/waivers.h"
#include "pki/pem.h"
#include "pki/verify.h"
#include "trust/judge.h"
#include "trust/subjects.h"

namespace cli {
namespace {

base::Result<trust::Certificates> readCertificates(const std::string& file) {
  TRY_ASSIGN(const std::string bytes, base::readFile(file));
  return pki::parseCertificates(bytes, file == "-" ? "standard input" : file);
}

/// Several certificates would make it unclear which of them may have issued: an intermediate's chain file
/// holds the root too, and with that every other intermediate of the root would pass.
base::Result<pki::Certificate> readIssuer(const std::string& file) {
  TRY_ASSIGN(const trust::Certificates certificates, readCertificates(file));
  if (certificates.size() == 1) return certificates.front();
  return base::fail(
      {base::Kind::usage, fmt::format("--issued-by {}", file),
       fmt::format("it holds {} certificates, and only one can be meant", certificates.size()),
       "name a file with the root or the intermediate alone (ca-cert.pem); repeat --issued-by for more"});
}

std::optional<trust::Blocker> whyNotIssued(const trust::Proxy& proxy, const trust::Certificates& issuers,
                                           base::Time at) {
  using Kind = trust::Blocker::Kind;
  const std::string name = proxy.ns + "/" + proxy.pod;
  if (!proxy.secrets) {
    return trust::Blocker{Kind::unproven, name, proxy.secrets.error().reason, proxy.secrets.error().forbidden,
                          trust::waiversFor(proxy).front()};
  }
  if (proxy.secrets->warming) {
    return trust::Blocker{Kind::unproven, name, "a secret is still warming", false,
                          trust::waiversFor(proxy).front()};
  }
  const trust::Certificates& chain = proxy.secrets->chain;
  const trust::Certificates rest(chain.begin() + 1, chain.end());
  std::string reason;
  for (const pki::Certificate& issuer : issuers) {
    const auto why = pki::whyNotIssuedBy(chain.front(), rest, issuer, at);
    if (!why) return std::nullopt;
    reason = *why;
  }
  return trust::Blocker{
      Kind::no, name, fmt::format("presents a certificate issued by {}: {}", chain.front().issuer(), reason)};
}

trust::Answer everyLeafIssuedBy(const trust::Observation& observation, const Predicates& predicates) {
  const auto& issuers = predicates.issuers;
  std::vector<std::string> names;
  for (const pki::Certificate& issuer : issuers) names.push_back(trust::shortName(issuer));
  trust::Answer answer{"every proxy's certificate is issued by " + base::join(names, " or "), 0, 0, {}};
  for (const trust::Proxy& proxy : observation.proxies) {
    if (!proxy.running) continue;
    ++answer.of;
    auto blocker = whyNotIssued(proxy, issuers, observation.takenAt);
    if (!blocker) ++answer.holds;
    if (!blocker) continue;
    const auto given = trust::waiversFor(proxy);
    const bool accepted = blocker->kind == trust::Blocker::Kind::unproven &&
                          std::any_of(given.begin(), given.end(),
                                      [&](const auto& each) { return predicates.waivers.contains(each); });
    (accepted ? answer.waived : answer.blockers).push_back(std::move(*blocker));
  }
  for (const auto& [what, why] : observation.unlisted) {
    answer.blockers.push_back({trust::Blocker::Kind::unproven, what, why.reason, why.forbidden});
  }
  return answer;
}

int codeOf(const trust::Blocker& blocker) {
  if (blocker.forbidden) return 6;
  return blocker.kind == trust::Blocker::Kind::no ? 3 : 4;
}

}  // namespace

base::Result<Predicates> readPredicates(const Options& options) {
  Predicates predicates;
  TRY_ASSIGN(predicates.waivers, readWaivers(options));
  for (const std::string& file : options.all("trusts")) {
    TRY_ASSIGN(trust::Certificates certificates, readCertificates(file));
    predicates.trusts.push_back(std::move(certificates));
  }
  for (const std::string& file : options.all("issued-by")) {
    TRY_ASSIGN(pki::Certificate issuer, readIssuer(file));
    predicates.issuers.push_back(std::move(issuer));
  }
  return predicates;
}

Findings judge(const trust::Observation& observation, const Predicates& predicates) {
  Findings findings{trust::verdict(observation, predicates.waivers), {}};
  trust::Judge ask(observation, predicates.waivers);
  for (const trust::Certificates& roots : predicates.trusts)
    findings.answers.push_back(ask.everyProxyTrusts(roots));
  if (!predicates.issuers.empty()) findings.answers.push_back(everyLeafIssuedBy(observation, predicates));
  return findings;
}

int Findings::exitCode() const {
  std::vector<int> codes;
  if (verdict.kind == trust::Verdict::Kind::willBreak) codes.push_back(3);
  for (const trust::Blocker& blocker : verdict.unproven) codes.push_back(codeOf(blocker));
  for (const trust::Answer& answer : answers) {
    for (const trust::Blocker& blocker : answer.blockers) codes.push_back(codeOf(blocker));
  }
  return combine(codes);
}

trust::Answer Findings::missing() const {
  for (const trust::Answer& answer : answers) {
    if (!answer.yes()) return answer;
  }
  if (verdict.kind == trust::Verdict::Kind::safe) return {};
  trust::Answer pairs{"every proxy's certificate is accepted by every other", verdict.proxies,
                      verdict.proxies, verdict.unproven};
  for (const trust::Break& broken : verdict.breaks) {
    for (const std::string& name : broken.presenters) {
      pairs.blockers.push_back(
          {trust::Blocker::Kind::no, name,
           fmt::format("is refused by {}: {}", base::plural(broken.verifiers.size(), "proxy", "proxies"),
                       broken.reason)});
    }
  }
  pairs.holds -= std::min(pairs.holds, pairs.blockers.size());
  return pairs;
}

}  // namespace cli
