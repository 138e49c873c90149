// Any bytes as a kubeconfig: it is refused as a value or understood, and reading it opens no file.
#include "fuzz/check.h"

#include <cstdlib>

#include "kube/entries.h"
#include "kube/kubeconfig.h"

namespace fuzz {
namespace {

/// The entry without the fields that name files.
kube::KubeconfigEntry withoutFiles(kube::KubeconfigEntry entry) {
  for (const char* key : {"certificate-authority", "client-certificate", "client-key"})
    entry.value.erase(key);
  return entry;
}

}  // namespace

void checkKubeconfig(std::string_view text) {
  auto config = kube::parseKubeconfig(text, "/config");
  if (!config) {
    if (config.error().message.empty()) std::abort();
    return;
  }
  kube::Kubeconfig merged = *config;
  kube::merge(merged, *config);
  if (merged.clusters.size() != config->clusters.size() || merged.users.size() != config->users.size())
    std::abort();
  for (const kube::KubeconfigEntry& cluster : config->clusters) {
    kube::ClusterAccess access;
    const kube::KubeconfigEntry entry = withoutFiles(cluster);
    if (!kube::applyCluster(access, &entry, {}) || !kube::finish(access)) continue;
    if (!access.server.starts_with("https://") && !access.server.starts_with("http://")) std::abort();
    if (access.caPem && access.insecureSkipTlsVerify) std::abort();
  }
  for (const kube::KubeconfigEntry& user : config->users) {
    kube::ClusterAccess access;
    const kube::KubeconfigEntry entry = withoutFiles(user);
    if (!kube::applyUser(access, &entry, {})) continue;
    if (access.clientCertificatePem.empty() != access.clientKeyPem.empty()) std::abort();
  }
}

}  // namespace fuzz
