#include "cli/topics.h"

#include "cli/exit_codes.h"
#include "plan/stage.h"

namespace cli {

namespace {

/// What a stage means, for those who see its name in the output.
struct StageText {
  plan::Stage stage;
  const char *title, *holds, *command, *changes, *then;
};

constexpr StageText stageTexts[] = {
    {plan::Stage::selfSigned, "the old CA alone",
     "the mesh stands where it stood before: one CA signs, and everyone trusts its root.",
     "doctor, then enable-multi-root", "Nothing has been changed.", "Nothing is waited for."},
    {plan::Stage::multiRoot, "istiods and proxies can handle several roots",
     "every istiod runs with ISTIO_MULTIROOT_MESH, and every proxy with PROXY_CONFIG_XDS_AGENT.",
     "enable-multi-root",
     "The Istio resource, or istiod's Deployment and the mesh config; then the workloads from before are "
     "restarted.",
     "A proxy gets the setting when it is created: those without it are named, and keep add-root from "
     "beginning."},
    {plan::Stage::bothRoots, "everyone trusts the old and the new root, the old CA signs",
     "every proxy, every istiod, every config map istio-ca-root-cert and every webhook holds both roots, and "
     "every "
     "istiod still signs with the old CA.",
     "add-root",
     "Secret cacerts is created (or changed) with the old CA and both roots, after a backup; istiods that "
     "started "
     "before are restarted.",
     "From here on secret cacerts must stay: without it an istiod that starts returns to the old CA "
     "silently."},
    {plan::Stage::newSigner, "every istiod signs with the new CA",
     "what every istiod serves and issues verifies with the new root. Certificates of the old CA are still "
     "in use, "
     "and are accepted by everyone.",
     "switch-signer",
     "Secret cacerts gets the new signer; its bundle of roots stays byte for byte what it was.",
     "It holds for a moment only: the trigger that renews every certificate follows."},
    {plan::Stage::newLeaves, "every proxy presents a certificate of the new CA",
     "every proxy's certificate verifies with the new root alone.", "switch-signer",
     "The new root is appended to the bundle once more, which makes every agent ask for a new certificate.",
     "Proxies that do not follow are triggered a few times more, then named for a restart."},
    {plan::Stage::oldRootRemoved, "nobody trusts the old root any more",
     "no proxy, config map, webhook or bundle holds the old root, and all hold the new one.",
     "remove-old-root",
     "Secret cacerts keeps the new root alone; a second change of its bytes reaches proxies that kept the "
     "old one.",
     "A certificate of the old CA would be refused from here on."},
    {plan::Stage::done, "and every istiod was started since",
     "every istiod was started after the old root went: its own pool for client certificates is built at "
     "start.",
     "remove-old-root", "istiod is restarted once.",
     "finish tells which keys of the old CA are left, and rollback can still go back to it until they are "
     "deleted."},
};

Topic ofStage(const StageText& text) {
  return {"stage",
          std::string(plan::name(text.stage)),
          text.title,
          {{"holds when", text.holds},
           {"command", text.command},
           {"changes", text.changes},
           {"then", text.then}}};
}

Topic invariant(const char* code, const char* title, const char* why, const char* broken) {
  return {"invariant", code, title, {{"why", why}, {"if it is broken", broken}}};
}

std::vector<Topic> all() {
  std::vector<Topic> made;
  for (const auto& text : stageTexts) made.push_back(ofStage(text));
  made.push_back(
      invariant("I1", "every proxy's certificate verifies with every proxy's roots",
                "Under strict mTLS each of two proxies verifies the other's certificate at every new "
                "connection; whoever is not accepted cannot talk.",
                "verify -o matrix shows who refuses whom; the hop fails for new connections, while those "
                "that are established go on."));
  made.push_back(
      invariant("I2", "what every istiod signs with verifies with every proxy's roots",
                "A certificate may be renewed at any moment, and a pod may be born: what it gets then must "
                "be accepted already.",
                "the next renewal or the next new pod breaks; status names which istiod and which proxies."));
  made.push_back(
      invariant("I3",
                "the roots that istiods hand out hold the anchor of every certificate in use, and "
                "every signer",
                "A proxy takes its roots from an istiod: one that hands out less than is in use takes trust "
                "away from its proxies.",
                "proxies that get their roots from that istiod stop to accept others."));
  made.push_back(invariant("I4",
                           "every istiod's serving certificate verifies with every namespace's "
                           "istio-ca-root-cert and every webhook's caBundle",
                           "Agents verify istiod by the mounted root, and the API server by the webhook's.",
                           "new pods there get no certificate, or are not injected."));
  made.push_back(
      invariant("I5", "no istiod can start outside the stage",
                "An istiod that starts loads secret cacerts, or without it the old CA; so the secret is "
                "changed by single requests at the version that was judged, and never deleted.",
                "an istiod that restarts signs with a CA that some do not accept; put the secret right "
                "before anything else."));
  for (const auto& [code, meaning] : exitCodes())
    made.push_back({"exit code", std::to_string(code), std::string(meaning), {}});
  return made;
}

}  // namespace

const std::vector<Topic>& topics() {
  static const std::vector<Topic> made = all();
  return made;
}

}  // namespace cli
