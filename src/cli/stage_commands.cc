#include "cli/commands.h"
#include "cli/new_ca.h"
#include "cli/staged.h"

namespace cli {

namespace {

constexpr Option restartOption{.name = "restart-workloads",
                               .help = "restart the workloads that need it, in batches, each awaited"};

base::Result<int> enableMultiRoot(Context& context, const Options& options) {
  Staged staged;
  staged.goal.until = plan::Stage::multiRoot;
  staged.goal.restartWorkloads = options.on("restart-workloads");
  return runStaged(context, options, std::move(staged));
}

base::Result<int> addRoot(Context& context, const Options& options) {
  Staged staged;
  TRY_ASSIGN(staged.goal.newRoot, loadRoot(options.text("root")));
  staged.goal.until = plan::Stage::bothRoots;
  staged.from = plan::Stage::bothRoots;
  staged.goal.restartWorkloads = options.on("restart-workloads");
  return runStaged(context, options, std::move(staged));
}

base::Result<int> switchSigner(Context& context, const Options& options) {
  Staged staged;
  if (options.has("ca")) {
    TRY_ASSIGN(auto ca, loadCa(options.text("ca"), context.clock().now()));
    staged.goal.newRoot = ca.root;
    staged.goal.newCa = ca.ca;
    staged.newKey = std::move(ca.key);
  }
  staged.goal.until = plan::Stage::newLeaves;
  staged.from = plan::Stage::newSigner;
  staged.goal.restartWorkloads = options.on("restart-workloads");
  return runStaged(context, options, std::move(staged));
}

base::Result<int> removeOldRoot(Context& context, const Options& options) {
  Staged staged;
  if (options.has("root")) {
    TRY_ASSIGN(staged.goal.newRoot, loadRoot(options.text("root")));
  }
  staged.goal.until = plan::Stage::done;
  staged.from = plan::Stage::oldRootRemoved;
  return runStaged(context, options, std::move(staged));
}

}  // namespace

Command enableMultiRootCommand() {
  return {.name = "enable-multi-root",
          .group = Group::change,
          .summary = "let istiod and the proxies handle several roots",
          .description =
              "Stage multi-root. Turns ISTIO_MULTIROOT_MESH and PROXY_CONFIG_XDS_AGENT on: in the "
              "Istio resource, "
              "or without it in istiod's Deployment and the mesh config. Proxies get the setting when they "
              "are created, "
              "so those from before have to be restarted: --restart-workloads does it in batches, without it "
              "they are "
              "named and the command exits with 3.",
          .options = stagedOptions({restartOption}),
          .examples = {{"turn it on and restart what needs it", "enable-multi-root --restart-workloads"},
                       {"see the requests first", "enable-multi-root --dry-run"}},
          .run = enableMultiRoot};
}

Command addRootCommand() {
  return {.name = "add-root",
          .group = Group::change,
          .summary = "make everyone trust the new root beside the old one",
          .description =
              "Stage both-roots. Backs the old CA up, puts it into secret cacerts with the old "
              "and the new "
              "root, restarts the istiods that started before, and waits until every istiod hands out both "
              "roots and "
              "every proxy, config map, webhook and mounted volume has them. The old CA keeps signing.",
          .options = stagedOptions({{.name = "root",
                                     .takes = Takes::file,
                                     .value = "FILE",
                                     .help = "the new root, PEM",
                                     .required = true},
                                    restartOption}),
          .examples = {{"add the root of a new CA", "add-root --root certs/root-cert.pem"},
                       {"see the requests first", "add-root --root certs/root-cert.pem --dry-run"}},
          .run = addRoot};
}

Command switchSignerCommand() {
  return {.name = "switch-signer",
          .group = Group::change,
          .summary = "sign with the new CA and renew every certificate",
          .description =
              "Stages new-signer and new-leaves. Puts the new signer into secret cacerts with the roots "
              "unchanged, waits "
              "until every istiod signs with it, then triggers the proxies and waits until each presents a "
              "certificate "
              "of the new CA. Changes nothing unless every proxy trusts both roots.",
          .options = stagedOptions(
              {{.name = "ca",
                .takes = Takes::directory,
                .value = "DIR",
                .help = "folder with ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem; not "
                        "needed once the new signer is in the mesh"},
               restartOption}),
          .examples = {{"switch to the CA that create-ca made", "switch-signer --ca certs/intermediate"},
                       {"go on, its key is in the mesh already", "switch-signer --yes --timeout 15m"}},
          .run = switchSigner};
}

Command removeOldRootCommand() {
  return {.name = "remove-old-root",
          .group = Group::change,
          .summary = "stop trusting the old root",
          .description =
              "Stages old-root-removed and done. Takes the old root out of secret cacerts, waits until no "
              "proxy, config "
              "map or webhook holds it any more, and restarts istiod once. Changes nothing while a proxy "
              "still presents "
              "a certificate of the old CA.",
          .options = stagedOptions({{.name = "root",
                                     .takes = Takes::file,
                                     .value = "FILE",
                                     .help = "the new root, where the mesh does not tell which one it is"}}),
          .examples = {{"finish a rotation", "remove-old-root"},
                       {"in a runbook", "remove-old-root --yes --timeout 15m"}},
          .run = removeOldRoot};
}

}  // namespace cli
