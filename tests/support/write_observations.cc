// Writes the observations of tests/data/observations, for the commands that look at a file. They are judged
// at the time when they were taken, so they stay as good as they are; made again only when an observation
// gains a field:
//
//   ninja -C build/test tests/unit/write_observations && build/test/tests/unit/write_observations
//   tests/data/observations

#include <cstdio>
#include <filesystem>

#include "base/file.h"
#include "mesh/observation_json.h"
#include "plan/plan.h"
#include "support/tiny_mesh.h"

namespace {

using support::start;
using support::TestCa;
using support::TinyMesh;
using trust::Observation;

trust::Certificates leafOf(const TestCa& ca, const std::string& ns, const std::string& account,
                           base::Seconds since) {
  const pki::Validity day{start - since, start - since + base::Seconds{86'400}};
  auto chain = ca.issue(account);
  chain.front() =
      *pki::makeWorkload(*pki::PrivateKey::generate(pki::KeyType::ecP256),
                         "spiffe://cluster.local/ns/" + ns + "/sa/" + account, day, ca.signer, ca.key);
  return chain;
}

/// More workloads than the smallest mesh has, each with a certificate of a day.
void grow(Observation& mesh, const TestCa& signer) {
  const auto like = mesh.proxies.front();
  const auto add = [&](const char* ns, const char* pod, const char* kind, const char* workload) {
    auto proxy = like;
    proxy.ns = ns;
    proxy.pod = proxy.uid = pod;
    proxy.workload = {kind, ns, workload};
    mesh.proxies.push_back(std::move(proxy));
  };
  add("front", "gateway-1", "Deployment", "gateway");
  mesh.proxies.back().type = trust::ProxyType::gateway;
  add("stock", "db-0", "StatefulSet", "db");
  add("stock", "db-1", "StatefulSet", "db");
  for (std::size_t i = 0; i < mesh.proxies.size(); ++i) {
    auto& proxy = mesh.proxies[i];
    proxy.version = "1.27.1";
    proxy.secrets->chain =
        leafOf(signer, proxy.ns, proxy.workload.name, base::Seconds{3600 * (1 + 3 * std::int64_t(i))});
  }
  mesh.server = "https://api.example.org:6443";
  mesh.installation.istioVersion = "1.27.1";
  for (auto& istiod : mesh.istiods) istiod.version = "1.27.1";
  mesh.distribution.push_back(
      {trust::Distribution::Kind::configMap, "front", *mesh.distribution.front().roots});
  mesh.distribution.push_back(
      {trust::Distribution::Kind::configMap, "stock", *mesh.distribution.front().roots});
}

/// The mesh of a rotation that has come as far as this stage.
Observation at(plan::Stage stage) {
  TinyMesh mesh(TestCa::selfSigned("cluster.local"), TestCa::withIntermediate("new"));
  plan::Goal goal;
  goal.newRoot = mesh.newCa.root;
  goal.newCa = support::forPlan(mesh.newCa);
  goal.until = stage;
  goal.restartWorkloads = goal.mountBoundReached = true;
  auto seen = mesh.observe(false);
  for (int look = 0; look < 100 && stage != plan::Stage::selfSigned; ++look) {
    const auto decision = plan::next(seen, goal);
    if (decision->kind == plan::Decision::Kind::done) break;
    const bool lasts = look % 5 == 4;  // a wait with a step to take if it lasts
    if (decision->step && (decision->kind == plan::Decision::Kind::act || lasts))
      mesh.perform(decision->step->action);
    seen = mesh.observe(false);
  }
  grow(seen, stage >= plan::Stage::newLeaves ? mesh.newCa : mesh.oldCa);
  if (stage != plan::Stage::newSigner) return seen;
  // Half of the way to new-leaves: two have a new certificate, one of them a moment too early for a third.
  for (const std::size_t i : {1, 2})
    seen.proxies[i].secrets->chain = leafOf(mesh.newCa, "shop", "server", base::Seconds{60});
  return seen;
}

void write(const std::filesystem::path& folder, const char* name, const Observation& mesh) {
  const auto text = json::dumpPretty(mesh::observationToJson(mesh)) + "\n";
  const auto path = folder / (std::string(name) + ".json");
  std::filesystem::remove(path);
  const auto done = base::writeNewFile(path, text);
  if (!done) std::fprintf(stderr, "%s\n", base::describe(done.error()).c_str());
}

}  // namespace

int main(int, char** argv) {
  const std::filesystem::path folder(argv[1]);
  using plan::Stage;
  write(folder, "self-signed", at(Stage::selfSigned));
  write(folder, "both-roots", at(Stage::bothRoots));
  write(folder, "new-signer", at(Stage::newSigner));
  write(folder, "done", at(Stage::done));

  auto broken = at(Stage::newSigner);
  broken.proxies.back().secrets->roots.pop_back();  // trusts the old root alone
  write(folder, "will-break", broken);

  auto unread = at(Stage::bothRoots);
  unread.proxies.front().secrets =
      tl::unexpected(trust::Unreadable{"port-forward to 15000: connection refused"});
  unread.opaque.push_back({"WorkloadEntry", "legacy", "vm-1", {}, "is a virtual machine"});
  write(folder, "unproven", unread);

  auto forbidden = at(Stage::bothRoots);
  const trust::Unreadable why{
      "secrets \"cacerts\" is forbidden: User \"dev\" cannot get resource \"secrets\"", true};
  forbidden.cacerts = tl::unexpected(why);
  forbidden.selfSigned = tl::unexpected(why);
  forbidden.backups = tl::unexpected(why);
  write(folder, "forbidden", forbidden);
  return 0;
}
