#include "cli/commands.h"

#include "cli/events.h"
#include "cli/looking.h"
#include "cli/new_ca.h"
#include "cli/own_ca.h"
#include "cli/preflight.h"
#include "cli/staged.h"
#include "cli/waivers.h"
#include "plan/target.h"
#include "rotate/cluster.h"
#include "trust/ca_secret.h"
#include "trust/judge.h"

namespace cli {

namespace {

base::Status use(Staged& staged, LoadedCa ca) {
  staged.goal.newRoot = ca.root;
  staged.goal.newCa = std::move(ca.ca);
  staged.newKey = std::move(ca.key);
  return {};
}

/// The signer of the secret is already below the new root: no key is needed any more.
bool signerIsNew(const trust::Observation& mesh, const pki::Certificate& newRoot) {
  if (!mesh.cacerts || !*mesh.cacerts) return false;
  const auto anchors = trust::anchorsOf(**mesh.cacerts, {newRoot}, mesh.takenAt);
  return anchors && !anchors->empty();
}

/// Without --ca: the CA that this made before, or a new one; or none, when the mesh is past the need of its
/// key.
base::Status chooseCa(Context& context, const Options& options, const trust::Observation& mesh,
                      Staged& staged) {
  TRY_ASSIGN(const auto target, plan::findTarget(mesh, std::nullopt));
  if (target.newRoot && signerIsNew(mesh, *target.newRoot)) return {};

  TRY_ASSIGN(const auto directory, ownCaDirectory(context));
  auto folder = findOwnCa(directory);
  if (folder) {
    TRY_ASSIGN(auto ca, loadCa(*folder, context.clock().now()));
    if (!target.newRoot || ca.root == *target.newRoot) {
      context.say("using the CA that was made before: " + folder->string() + "\n");
      return use(staged, std::move(ca));
    }
  }
  if (target.newRoot) {
    return base::fail({base::Kind::usage, "the mesh already holds a new root whose key is not here",
                       trust::shortName(*target.newRoot) + ", SHA-256 " + target.newRoot->fingerprint(),
                       "name its CA with --ca DIR: whoever began this rotation has it"});
  }
  if (options.on("dry-run")) {
    return base::fail({base::Kind::usage, "there is no new CA yet, and a dry run makes none", "",
                       "make one with: kubectl istio-ca create-ca --out DIR --name intermediate; then --ca "
                       "DIR/intermediate"});
  }
  context.say("making a new root and intermediate in " + directory.string() + "\n");
  TRY_ASSIGN(const auto made, makeOwnCa(context, directory));
  context.say("keep root-key.pem of it somewhere safer when this is done\n");
  TRY_ASSIGN(auto ca, loadCa(made, context.clock().now()));
  return use(staged, std::move(ca));
}

base::Result<trust::Observation> look(Context& context) {
  TRY_ASSIGN(kube::Api * api, context.api());
  rotate::Cluster cluster(*api, context.clock(), context.istioNamespace(), {});
  return cluster.observe(false);
}

/// All that comes before the first step: the new CA, and what doctor finds.
base::Result<Staged> prepare(Context& context, const Options& options) {
  TRY(readWaivers(options));  // a wrong name shows before a CA is made
  Staged staged;
  staged.goal.until = untilOf(options);
  staged.goal.restartWorkloads = options.on("restart-workloads");
  const bool ownCa = !options.has("ca");
  if (!ownCa) {
    TRY_ASSIGN(auto ca, loadCa(options.text("ca"), context.clock().now()));
    TRY(use(staged, std::move(ca)));
  }
  if (!options.on("yes") && !options.on("dry-run") && !context.terminal().canAsk) {
    return base::fail({base::Kind::usage, "this changes the mesh and there is no terminal to ask on", "",
                       "pass --yes to go on without being asked, or --dry-run to see the requests"});
  }
  TRY_ASSIGN(auto mesh, look(context));
  const auto lookedAt = context.clock().elapsed();
  TRY(preflight(
      context, mesh,
      {.command = "rotate", .restarts = staged.goal.restartWorkloads, .ownCa = ownCa, .optional = false}));
  if (ownCa) TRY(chooseCa(context, options, mesh, staged));
  staged.seen = rotate::Look{std::move(mesh), lookedAt};
  return staged;
}

base::Result<int> rotateMesh(Context& context, const Options& options) {
  TRY(checkOutput(options));
  auto staged = prepare(context, options);
  if (!staged) tellEnd(context, options, staged.error());
  if (!staged) return base::fail(staged.error());
  return runStaged(context, options, std::move(*staged));
}

}  // namespace

Command rotateCommand() {
  return {
      .name = "rotate",
      .group = Group::change,
      .summary = "move the mesh to a new CA, step by proven step",
      .description =
          "Runs the stages that are left, each behind its gate: multi-root, both roots, the new signer, new "
          "certificates, the old root removed. Where the mesh stands is read from the mesh, so this can be "
          "stopped at "
          "any instant and run again.\n\n"
          "Asks before each change; --yes does not, and is needed where there is no terminal. Without --ca "
          "it makes a "
          "root and an intermediate once for the cluster, says where, and finds them again.",
      .options = stagedOptions(
          {{.name = "ca",
            .takes = Takes::directory,
            .value = "DIR",
            .help = "the new CA: folder with ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem"},
           untilOption("go no further than this stage, and say who goes on how"),
           {.name = "restart-workloads",
            .help = "restart the workloads that need it, in batches, each awaited"}}),
      .examples = {{"rotate to a CA of your own", "rotate --ca certs/intermediate"},
                   {"in a runbook", "rotate --ca certs/intermediate --yes --restart-workloads --timeout 15m"},
                   {"today as far as everyone trusts both roots",
                    "rotate --ca certs/intermediate --until both-roots"},
                   {"every event as a line of JSON", "rotate --ca certs/intermediate --yes -o jsonl"},
                   {"see every request first", "rotate --ca certs/intermediate --dry-run"}},
      .run = rotateMesh};
}

}  // namespace cli
