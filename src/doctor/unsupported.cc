#include <algorithm>
#include <array>

#include "doctor/facts.h"
#include "doctor/hazards.h"

// What this program does not handle, as mesh/unsupported.h finds it: exit 5 before the first write.
namespace doctor {

namespace {

struct Row {
  std::string_view code, found;  // ours, and that of trust::Unsupported
  std::string_view title, why, remedy;
};

constexpr std::array rows{
    Row{"ICA0101", "ambient", "ambient mode",
        "A ztunnel takes new roots with a new certificate only, half a day later; the trigger that moves "
        "Envoys "
        "does not reach it.",
        "Take the namespaces out of ambient mode, or wait for a version that handles it."},
    Row{"ICA0102", "multicluster", "a mesh of several clusters",
        "Proxies of all clusters meet each other: every stage has to hold in all of them before the next one "
        "begins in any.",
        "Separate the clusters, or rotate by hand with the gates checked in each of them."},
    Row{"ICA0103", "several-control-planes", "several control planes",
        "They may sign with different CAs and write the same config maps over each other.",
        "Remove all but one."},
    Row{"ICA0104", "several-revisions", "several revisions of one Istio resource",
        "The operator changes its active revision alone, so that the others never get the setting.",
        "Move all workloads to the active revision and let the old one be removed."},
    Row{"ICA0105", "istio-csr", "certificates from istio-csr",
        "The CA is cert-manager's; what istiod has in cacerts signs nothing.",
        "Rotate the CA in cert-manager."},
    Row{"ICA0106", "foreign-ca", "proxies with certificates of another CA",
        "What istiod signs with is not what such a proxy presents.",
        "Rotate the CA where the certificates come from."},
    Row{"ICA0107", "ca-server-off", "an istiod without its CA",
        "ENABLE_CA_SERVER=false: istiod signs nothing.", "Rotate the CA where the certificates come from."},
    Row{"ICA0108", "external-ca", "an istiod that has its certificates signed elsewhere",
        "EXTERNAL_CA: the key is not istiod's.", "Rotate the CA there."},
    Row{"ICA0109", "cert-provider", "another provider of istiod's own certificate",
        "PILOT_CERT_PROVIDER: what istiod serves does not show what it signs with.",
        "Set it to istiod for the rotation."},
    Row{"ICA0110", "cluster-trust-bundle", "roots handed out as a ClusterTrustBundle",
        "The gates look at the config maps istio-ca-root-cert.", "Switch the setting off for the rotation."},
    Row{"ICA0111", "root-config-map", "roots in config maps of another name",
        "The gates look at the config maps istio-ca-root-cert.", "Use the usual name for the rotation."},
    Row{"ICA0112", "root-ca-dir", "a CA from another folder",
        "ROOT_CA_DIR: istiod does not look at the secret cacerts.", "Mount the CA as the secret cacerts."},
    Row{"ICA0113", "self-signed-cacerts", "istiod's own CA kept in cacerts",
        "Such an istiod does not watch the secret, and takes it for its own to renew.",
        "Move the CA to istio-ca-secret and switch USE_CACERTS_FOR_SELF_SIGNED_CA off first."},
    Row{"ICA0114", "serving-cert", "an istiod that serves a certificate from elsewhere",
        "By its serving certificate it is seen what an istiod signs with.",
        "Let istiod sign its own for the rotation."},
    Row{"ICA0115", "cacerts-tls-layout", "cacerts in the layout of kubernetes.io/tls",
        "tls.crt wins over ca-cert.pem, and a bundle of two roots does not fit it.",
        "Give istiod a cacerts with ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem first."},
    Row{"ICA0116", "cacerts-immutable", "an immutable cacerts",
        "It can only be deleted and made again, and an istiod that starts in between signs with another CA.",
        "Make it again without immutable while no istiod can start."},
    Row{"ICA0117", "cacerts-crl", "a CRL in cacerts",
        "It has to cover every CA of every chain; the new one's certificates would be refused.",
        "Take ca-crl.pem out for the rotation."},
    Row{"ICA0118", "cacerts-incomplete", "an incomplete cacerts",
        "An istiod that starts with it fails, or before 1.27 signs with its own CA silently.",
        "Complete it; delete it only if no istiod has loaded it."},
    Row{"ICA0119", "sail-version", "a Sail operator without sailoperator.io/v1",
        "The Istio resource cannot be changed the way this program does.", "Upgrade the operator."},
};

Sightings found(const Facts& facts, std::string_view code) {
  Sightings seen;
  for (const auto& entry : facts.mesh.unsupported) {
    if (entry.code == code) seen.push_back({"", entry.message});
  }
  return seen;
}

Sightings foundOthers(const Facts& facts) {
  Sightings seen;
  for (const auto& entry : facts.mesh.unsupported) {
    const bool known =
        std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.found == entry.code; });
    if (!known) seen.push_back({"", entry.message + "; " + entry.hint});
  }
  return seen;
}

}  // namespace

std::vector<Hazard> unsupportedHazards() {
  std::vector<Hazard> hazards;
  for (const auto& row : rows) {
    hazards.push_back({row.code, row.title, Severity::error, row.why, row.remedy,
                       [code = row.found](const Facts& facts) { return found(facts, code); },
                       base::Kind::unsupported});
  }
  hazards.push_back({"ICA0199", "something else that is not handled", Severity::error,
                     "It was written down by another version of this program.",
                     "Observe the mesh again with this one.", foundOthers, base::Kind::unsupported});
  return hazards;
}

}  // namespace doctor
