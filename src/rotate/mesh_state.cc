#include "rotate/mesh_state.h"

#include <algorithm>

#include "trust/ca_secret.h"
#include "trust/judge.h"

namespace rotate {

namespace {

void count(std::vector<Share>& shares, std::vector<Named> certificates) {
  for (auto& share : shares) {
    if (share.certificates != certificates) continue;
    ++share.proxies;
    return;
  }
  shares.push_back({std::move(certificates), 1});
}

void readSecret(MeshState& state, const trust::Observation& mesh) {
  const bool plugged = mesh.cacerts && *mesh.cacerts;
  const auto& found = plugged ? mesh.cacerts : mesh.selfSigned;
  if (!found || !*found) return;
  const auto& secret = **found;
  state.secret = secret.ns + "/" + secret.name;
  state.secretVersion = secret.resourceVersion;
  if (const auto roots = trust::rootsOf(secret)) state.bundle = named(*roots);
  if (const auto chain = trust::chainOf(secret)) state.signer = named(chain->front());
}

void countProxies(MeshState& state, const trust::Observation& mesh, const trust::Certificates& candidates) {
  trust::Judge judge(mesh);
  for (const auto& proxy : mesh.proxies) {
    if (!proxy.running) continue;
    ++state.proxies;
    if (!proxy.secrets) {
      ++state.unread;
      continue;
    }
    count(state.presented, named(judge.anchors(proxy.secrets->chain, candidates)));
    count(state.trusted, named(proxy.secrets->roots));
  }
}

}  // namespace

Named named(const pki::Certificate& certificate) {
  const auto name = trust::shortName(certificate);  // "CN = Root CA (9b1e77d2)"
  return {name.substr(0, name.rfind(" (")), certificate.fingerprint()};
}

std::vector<Named> named(const trust::Certificates& certificates) {
  std::vector<Named> list;
  for (const auto& certificate : certificates) list.push_back(named(certificate));
  return list;
}

MeshState stateOf(const trust::Observation& mesh, const plan::Decision& decision) {
  MeshState state{std::string(decision.nameOf(decision.stage))};
  state.server = mesh.server;
  state.oldRoots = named(decision.target.oldRoots);
  auto candidates = decision.target.oldRoots;
  if (decision.target.newRoot) {
    state.newRoot = named(*decision.target.newRoot);
    candidates.push_back(*decision.target.newRoot);
  }
  readSecret(state, mesh);
  state.istiods = mesh.istiods.size();
  countProxies(state, mesh, candidates);
  return state;
}

std::vector<Proven> provenBy(const std::vector<trust::Answer>& answers) {
  std::vector<Proven> list;
  for (const auto& answer : answers) {
    Proven proven{answer.predicate, answer.holds, answer.of, answer.yes(), {}};
    for (const auto& blocker : answer.waived)
      proven.waived.push_back((blocker.waiver.empty() ? blocker.subject : blocker.waiver) + ": " +
                              blocker.what);
    if (std::find(list.begin(), list.end(), proven) == list.end()) list.push_back(std::move(proven));
  }
  return list;
}

}  // namespace rotate
