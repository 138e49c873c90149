#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "doctor/diagnose.h"
#include "plan/plan.h"
#include "support/tiny_mesh.h"
#include "trust/judge.h"

namespace {

using support::TestCa;
using support::TinyMesh;
using trust::Observation;

const TestCa& oldCa() {
  static const auto ca = TestCa::selfSigned("cluster.local");
  return ca;
}
const TestCa& newCa() {
  static const auto ca = TestCa::withIntermediate("new");
  return ca;
}

/// Rotates a mesh as rotate::run does, up to a stage; `look` sees each observation. True if it got there.
bool rotate(TinyMesh& mesh, plan::Stage until, const std::function<void(const Observation&)>& look) {
  plan::Goal goal;
  goal.until = until;
  goal.newRoot = newCa().root;
  goal.newCa = support::forPlan(newCa());
  goal.restartWorkloads = goal.mounts = true;
  int waited = 0;
  for (int i = 0; i < 200; ++i) {
    const auto seen = mesh.observe(true);
    look(seen);
    const auto decision = plan::next(seen, goal);
    if (!decision || decision->kind == plan::Decision::Kind::blocked) return false;
    if (decision->kind == plan::Decision::Kind::done) return true;
    const bool wait = decision->kind == plan::Decision::Kind::wait;
    if (wait && (++waited < 5 || !decision->step)) continue;  // for stragglers
    waited = 0;
    mesh.perform(decision->step->action);
    if (const auto* restart = std::get_if<plan::RestartWorkloads>(&decision->step->action))
      goal.restarted.insert(restart->workloads.begin(), restart->workloads.end());
  }
  return false;
}

/// A mesh that nothing is wrong with, at the start or when it has just been given both roots.
Observation healthy(bool bothRoots = false) {
  TinyMesh mesh(oldCa(), newCa(), true);
  for (auto& istiod : mesh.state().istiods) istiod.version = "1.31.0";
  if (bothRoots) {
    EXPECT_TRUE(rotate(mesh, plan::Stage::bothRoots, [](const Observation&) {}));
  }
  for (auto& proxy : mesh.state().proxies) proxy.version = "1.31.0";
  mesh.observe(true);
  return mesh.observe(true);
}

std::map<std::string, doctor::Sightings> found(const Observation& mesh,
                                               std::vector<doctor::Denied> denied = {}) {
  std::map<std::string, doctor::Sightings> codes;
  for (auto& finding : doctor::diagnose(doctor::Facts(mesh, std::move(denied))))
    codes[std::string(finding.hazard->code)] = finding.seen;
  return codes;
}

std::set<std::string> codesOf(const Observation& mesh) {
  std::set<std::string> codes;
  for (const auto& [code, seen] : found(mesh)) codes.insert(code);
  return codes;
}

trust::Certificates leaf(base::Time from, base::Time to, const std::string& domain = "cluster.local",
                         const TestCa& ca = oldCa()) {
  trust::Certificates chain{*pki::makeWorkload(*pki::PrivateKey::generate(pki::KeyType::ecP256),
                                               "spiffe://" + domain + "/ns/shop/sa/x", {from, to}, ca.signer,
                                               ca.key)};
  return chain;
}

pki::Certificate root(const std::string& organization, base::Time from, base::Time to,
                      const pki::PrivateKey& key = *pki::PrivateKey::generate(pki::KeyType::ecP256)) {
  return *pki::makeRoot(key, {{"O", organization}}, {from, to});
}

constexpr base::Seconds day{86400};

/// Puts a root beside the one that is there, into the bundle of cacerts.
void addRoot(Observation& mesh, const pki::Certificate& root) {
  (**mesh.cacerts).rootCert += root.pem();
}

trust::Distribution configMap(const std::string& ns, trust::Certificates roots) {
  return {trust::Distribution::Kind::configMap, ns, std::move(roots)};
}

struct Case {
  std::string code;
  std::string seen;  // part of the first sighting
  std::function<void(Observation&)> change;
  bool bothRoots = false;
};

const std::vector<Case>& cases() {
  using O = Observation;
  const auto unsupported = [](std::string code, std::string found) {
    return Case{std::move(code), "the message",
                [found](O& mesh) { mesh.unsupported.push_back({found, "the message", "the hint"}); }};
  };
  static const std::vector<Case> table{
      unsupported("ICA0101", "ambient"),
      unsupported("ICA0102", "multicluster"),
      unsupported("ICA0103", "several-control-planes"),
      unsupported("ICA0104", "several-revisions"),
      unsupported("ICA0105", "istio-csr"),
      unsupported("ICA0106", "foreign-ca"),
      unsupported("ICA0107", "ca-server-off"),
      unsupported("ICA0108", "external-ca"),
      unsupported("ICA0109", "cert-provider"),
      unsupported("ICA0110", "cluster-trust-bundle"),
      unsupported("ICA0111", "root-config-map"),
      unsupported("ICA0112", "root-ca-dir"),
      unsupported("ICA0113", "self-signed-cacerts"),
      unsupported("ICA0114", "serving-cert"),
      unsupported("ICA0115", "cacerts-tls-layout"),
      unsupported("ICA0116", "cacerts-immutable"),
      unsupported("ICA0117", "cacerts-crl"),
      unsupported("ICA0118", "cacerts-incomplete"),
      unsupported("ICA0119", "sail-version"),
      unsupported("ICA0199", "of-tomorrow"),

      {"ICA0201", "ISTIO_MULTIROOT_MESH", [](O&) {}},
      {"ICA0202", "lacks", [](O& mesh) { mesh.istiods[0].multiRoot = false; }, true},
      {"ICA0203", "1 available", [](O& mesh) { mesh.istiodDeployments[0].available = 1; }},
      {"ICA0204", "no istiod is ready", [](O& mesh) { mesh.istiods.clear(); }},
      {"ICA0205", "one replica", [](O& mesh) { mesh.istiodDeployments[0].replicas = 1; }},
      {"ICA0206", "between 2 and 5",
       [](O& mesh) {
         mesh.surroundings.emplace().autoscalers = std::vector<trust::Autoscaler>{
             {"istio-system", "istiod", {"Deployment", "istio-system", "istiod"}, 2, 5}};
       }},
      {"ICA0207", "7 times", [](O& mesh) { mesh.istiods[1].restarts = 7; }},
      {"ICA0208", "not Ready", [](O& mesh) { mesh.installation.istioReady = false; }},
      {"ICA0209", "take it away", [](O& mesh) { mesh.istiodDeployments[0].multiRoot = true; }},
      {"ICA0210", "signs for", [](O& mesh) { mesh.istiods[1].serving = newCa().serve(true); }, true},

      {"ICA0301", "does not belong", [](O& mesh) { (**mesh.cacerts).keyFingerprint = "0f"; }, true},
      {"ICA0302", "istiod istio-system/", [](O& mesh) { mesh.cacerts = std::optional<trust::CaSecret>(); },
       true},
      {"ICA0303", "neither", [](O& mesh) { mesh.selfSigned = std::optional<trust::CaSecret>(); }},
      {"ICA0304", "of istio-ca-secret",
       [](O& mesh) { mesh.distribution[0].roots = trust::Certificates{newCa().root}; }},
      {"ICA0305", "istio-ca-secret",
       [](O& mesh) {
         const auto weak = root("cluster.local", support::start - day, support::start + 20 * day);
         (**mesh.selfSigned).caCert = (**mesh.selfSigned).rootCert = weak.pem();
       }},
      {"ICA0306", "istiod istio-system/",
       [](O& mesh) {
         for (auto& istiod : mesh.istiods) {
           istiod.startedFor.clear();
           istiod.created = support::start - day;
         }
         (**mesh.cacerts).annotations[std::string(trust::servedBeforeAnnotation)] = trust::servedNow(mesh);
       },
       true},
      {"ICA0307", "last-applied", [](O& mesh) { (**mesh.selfSigned).appliedCopy = true; }},
      {"ICA0308", "no other secret",
       [](O& mesh) {
         mesh.selfSigned = std::optional<trust::CaSecret>();
         mesh.backups = std::vector<trust::CaSecret>();
       },
       true},
      {"ICA0309", "holds the key of",
       [](O& mesh) {
         const auto other = TestCa::selfSigned("long gone");
         auto backup = **mesh.selfSigned;
         backup.name = "istio-ca-rotation-backup-1";
         backup.caCert = backup.rootCert = other.caCert;
         mesh.backups->push_back(backup);
       },
       true},

      {"ICA0401", "the same key",
       [](O& mesh) {
         addRoot(mesh, root("cluster.local", support::start - day, support::start + 900 * day, oldCa().key));
       },
       true},
      {"ICA0402", "the same subject",
       [](O& mesh) {
         addRoot(mesh, root("cluster.local", support::start - day, support::start + 900 * day));
       },
       true},
      {"ICA0403", "expired",
       [](O& mesh) { addRoot(mesh, root("x", support::start - 9 * day, support::start - day)); }, true},
      {"ICA0404", "expires in",
       [](O& mesh) { addRoot(mesh, root("x", support::start - day, support::start + 80 * day)); }, true},
      {"ICA0405", "expired",
       [](O& mesh) { mesh.proxies[0].secrets->chain = leaf(mesh.takenAt - 2 * day, mesh.takenAt - day); }},
      {"ICA0406", "due for renewal",
       [](O& mesh) {
         mesh.proxies[0].secrets->chain = leaf(mesh.takenAt - day / 2, mesh.takenAt + day / 12);
       }},
      {"ICA0407", "not valid before",
       [](O& mesh) { mesh.proxies[0].secrets->chain = leaf(mesh.takenAt + day, mesh.takenAt + 2 * day); }},
      {"ICA0408", "trust domain is cluster.local",
       [](O& mesh) {
         mesh.proxies[0].secrets->chain = leaf(mesh.takenAt - day, mesh.takenAt + 9 * day, "old.domain");
       }},
      {"ICA0409", "none of istiod's CAs",
       [](O& mesh) { mesh.proxies[0].secrets->chain = newCa().issue("x"); }},
      {"ICA0410", "refused by", [](O& mesh) { mesh.proxies[0].secrets->chain = newCa().issue("x"); }},
      {"ICA0411", "caCertificates", [](O& mesh) { mesh.installation.meshConfigs[0].caCertificates = true; }},
      {"ICA0412", "valid since",
       [](O& mesh) { addRoot(mesh, root("x", mesh.takenAt - base::Seconds{60}, mesh.takenAt + 900 * day)); },
       true},

      {"ICA0501", "2 proxies without",
       [](O& mesh) {
         std::rotate(mesh.proxies.begin(), mesh.proxies.begin() + 1, mesh.proxies.end());
         mesh.proxies.pop_back();
       }},
      {"ICA0502", "1 proxy without", [](O& mesh) { mesh.proxies[0].workload = {"Job", "shop", "import"}; }},
      {"ICA0503", "switches", [](O& mesh) { mesh.proxies[0].xdsAgentWanted = false; }, true},
      {"ICA0504", "of a gateway", [](O& mesh) { mesh.proxies[0].type = trust::ProxyType::gateway; }},
      {"ICA0505", "has one pod", [](O& mesh) { mesh.proxies[0].workload.kind = "StatefulSet"; }},
      {"ICA0505", "Recreate",
       [](O& mesh) {
         mesh.surroundings.emplace().rollouts =
             std::vector<trust::Rollout>{{mesh.proxies[0].workload, 2, "Recreate", false, false}};
       }},
      {"ICA0505", "no surge",
       [](O& mesh) {
         mesh.surroundings.emplace().rollouts =
             std::vector<trust::Rollout>{{mesh.proxies[0].workload, 1, "RollingUpdate", false, false}};
       }},
      {"ICA0506", "is paused",
       [](O& mesh) {
         mesh.surroundings.emplace().rollouts =
             std::vector<trust::Rollout>{{mesh.proxies[0].workload, 1, "RollingUpdate", true, true}};
       }},
      {"ICA0507", "lets no pod go",
       [](O& mesh) {
         mesh.surroundings.emplace().budgets = std::vector<trust::ShutBudget>{{"shop", "server"}};
       }},
      {"ICA0508", "1 proxy not ready", [](O& mesh) { mesh.proxies[0].ready = false; }},
      {"ICA0509", "about to take", [](O& mesh) { mesh.proxies[0].secrets->warming = true; }},
      {"ICA0510", "stands for",
       [](O& mesh) { mesh.opaque.push_back({"WorkloadEntry", "shop", "vm", {}, "stands for a machine"}); }},

      {"ICA0601", "has no config map",
       [](O& mesh) {
         mesh.distribution.push_back(
             {trust::Distribution::Kind::configMap, "new", tl::unexpected(trust::Unreadable{"missing"})});
       }},
      {"ICA0602", "the others",
       [](O& mesh) {
         mesh.distribution.push_back(configMap("b", *mesh.distribution[0].roots));
         mesh.distribution.push_back(configMap("c", {newCa().root}));
       }},
      {"ICA0603", "the others",
       [](O& mesh) {
         mesh.distribution.push_back(
             {trust::Distribution::Kind::validatingWebhook, "v", trust::Certificates{newCa().root}});
       }},
      {"ICA0604", "", [](O& mesh) { mesh.distribution[0].roots = trust::Certificates{newCa().root}; }},
      {"ICA0605", "was written at",
       [](O& mesh) { mesh.distribution[0].lastWritten = mesh.takenAt - base::Seconds{30}; }},

      {"ICA0701", "Argo CD",
       [](O& mesh) { (**mesh.cacerts).owners = {"Argo CD (argocd.argoproj.io/tracking-id)"}; }, true},
      {"ICA0702", "terraform", [](O& mesh) { (**mesh.cacerts).owners = {"field manager terraform"}; }, true},
      {"ICA0703", "Flux",
       [](O& mesh) { mesh.installation.istioOwners = {"Flux (kustomize.toolkit.fluxcd.io/name)"}; }},
      {"ICA0703", "deployment istio-system/istiod",
       [](O& mesh) {
         mesh.installation.kind = trust::InstallationKind::plain;
         mesh.istiodDeployments[0].owners = {"Istio default"};
       }},

      {"ICA0801", "tag is mesh", [](O& mesh) { mesh.proxies[0].version = "mesh"; }},
      {"ICA0802", "1.32.0", [](O& mesh) { mesh.proxies[0].version = "1.32.0"; }},
      {"ICA0802", "1.27.0", [](O& mesh) { mesh.proxies[0].version = "1.27.0"; }},
      {"ICA0811", "1.19.1", [](O& mesh) { mesh.istiods[0].version = "1.19.1"; }},
      {"ICA0812", "1.19.1", [](O& mesh) { mesh.proxies[0].version = "1.19.1"; }},
      {"ICA0813", "1.24.4-distroless", [](O& mesh) { mesh.istiods[0].version = "1.24.4-distroless"; }},
      {"ICA0814", "1.25.1", [](O& mesh) { mesh.istiods[0].version = "1.25.1"; }},
      {"ICA0815", "1 more", [](O& mesh) { mesh.proxies[0].version = mesh.proxies[1].version = "1.24.4"; }},
      {"ICA0816", "1.25.1", [](O& mesh) { mesh.proxies[0].version = "1.25.1"; }},
      {"ICA0817", "1.29.0", [](O& mesh) { mesh.istiods[0].version = "1.29.0"; }},
      {"ICA0818", "1.26.3", [](O& mesh) { mesh.istiods[0].version = "1.26.3"; }},
      {"ICA0819", "1.31.0", [](O&) {}},
      {"ICA0820", "1.23.0", [](O& mesh) { mesh.ztunnels = {{"istio-system", "ztunnel-1", "1.23.0"}}; }},
      {"ICA0821", "1.25.2", [](O& mesh) { mesh.ztunnels = {{"istio-system", "ztunnel-1", "1.25.2"}}; }},
      {"ICA0822", "1.29.0", [](O& mesh) { mesh.ztunnels = {{"istio-system", "ztunnel-1", "1.29.0"}}; }},

      {"ICA0903", "forbidden",
       [](O& mesh) { mesh.unlisted.emplace_back("namespaces", trust::Unreadable{"forbidden", true}); }},
      {"ICA0904", "connection refused",
       [](O& mesh) { mesh.proxies[0].secrets = tl::unexpected(trust::Unreadable{"connection refused"}); }},
  };
  return table;
}

TEST(Hazards, EachIsFoundWhereItIs) {
  const auto atStart = healthy(), withBoth = healthy(true);
  ASSERT_TRUE(withBoth.cacerts && *withBoth.cacerts);
  for (const auto& row : cases()) {
    auto mesh = row.bothRoots ? withBoth : atStart;
    row.change(mesh);
    const auto codes = found(mesh);
    const auto at = codes.find(row.code);
    ASSERT_NE(at, codes.end()) << row.code;
    EXPECT_NE((at->second[0].subject + ": " + at->second[0].what).find(row.seen), std::string::npos)
        << row.code << ": " << at->second[0].subject << ": " << at->second[0].what;
  }
}

TEST(Hazards, NoneIsLeftWithoutACase) {
  std::set<std::string> covered{"ICA0901", "ICA0902"};  // below
  for (const auto& row : cases()) covered.insert(row.code);
  for (const auto& hazard : doctor::hazards())
    EXPECT_TRUE(covered.contains(std::string(hazard.code))) << hazard.code;
}

TEST(Hazards, AHealthyMeshHasOnlyNews) {
  EXPECT_EQ(codesOf(healthy()), (std::set<std::string>{"ICA0201", "ICA0501", "ICA0819"}));
  EXPECT_EQ(codesOf(healthy(true)), (std::set<std::string>{"ICA0819"}));
}

TEST(Hazards, MissingPermissionsAreErrorsOnlyWhereTheyAreNeeded) {
  const doctor::Denied needed{"patch secrets \"cacerts\"", {"rotate", "add-root"}, "write the CA", true};
  const doctor::Denied other{"delete secrets", {"finish"}, "remove the key", false};
  const auto codes = found(healthy(), {needed, other});
  ASSERT_TRUE(codes.contains("ICA0901") && codes.contains("ICA0902"));
  EXPECT_EQ(codes.at("ICA0901"),
            (doctor::Sightings{{"patch secrets \"cacerts\"", "to write the CA, for rotate, add-root"}}));
  EXPECT_EQ(codes.at("ICA0902"), (doctor::Sightings{{"finish", "lacks 1 permission"}}));
}

/// A rotation that is interrupted anywhere is gone on with by rotate, which stops at errors: there must be
/// none at any point of it.
TEST(Hazards, NoErrorAtAnyPointOfARotation) {
  for (const bool sail : {true, false}) {
    TinyMesh mesh(oldCa(), newCa(), sail);
    EXPECT_TRUE(rotate(mesh, plan::Stage::done,
                       [&](const Observation& seen) {
                         for (const auto& finding : doctor::diagnose(doctor::Facts(seen))) {
                           EXPECT_NE(finding.hazard->severity, doctor::Severity::error)
                               << finding.hazard->code << " " << finding.seen[0].subject << ": "
                               << finding.seen[0].what << " after "
                               << (mesh.writes.empty() ? "nothing" : mesh.writes.back());
                         }
                       }))
        << (mesh.writes.empty() ? "nothing" : mesh.writes.back()) << " was the last of "
        << mesh.writes.size();
  }
}

TEST(Diagnose, ExitKinds) {
  auto mesh = healthy();
  const auto kinds = [&] { return doctor::kindsOf(doctor::diagnose(doctor::Facts(mesh))); };
  EXPECT_TRUE(kinds().empty()) << "infos";
  mesh.istiods[0].restarts = 9;
  EXPECT_TRUE(kinds().empty()) << "a warning";
  mesh.opaque.push_back({"WorkloadEntry", "shop", "vm", {}, "stands for a machine"});
  EXPECT_EQ(kinds(), std::vector{base::Kind::unproven});
  mesh.unsupported.push_back({"ambient", "m", "h"});
  EXPECT_EQ(kinds(), (std::vector{base::Kind::unsupported, base::Kind::unproven}));
}

}  // namespace
