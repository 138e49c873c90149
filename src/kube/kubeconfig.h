#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "kube/access.h"

namespace kube {

/// A named cluster, user or context, and the file that it stands in: its paths are relative to that.
struct KubeconfigEntry {
  std::string name;
  json::Value value;
  std::string file;
};

/// What kubeconfig files say, merged but not yet understood.
struct Kubeconfig {
  std::vector<std::string> files{};  // those that exist, in their order
  std::vector<KubeconfigEntry> clusters{}, users{}, contexts{};
  std::string currentContext{};

  [[nodiscard]] bool empty() const {
    return clusters.empty() && users.empty() && contexts.empty() && currentContext.empty();
  }
};

/// The entry of that name, or null.
const KubeconfigEntry* find(const std::vector<KubeconfigEntry>& entries, std::string_view name);

/// One file's text. Kind::usage if it is no kubeconfig, or has a name twice.
base::Result<Kubeconfig> parseKubeconfig(std::string_view text, const std::string& file);

/// Adds what `later` has and `first` has not: whole entries by name, and the current context if there is none
/// yet.
void merge(Kubeconfig& first, Kubeconfig later);

/// The files that apply, merged: `named` alone, which must exist; else those of $KUBECONFIG that exist; else
/// ~/.kube/config if it exists.
base::Result<Kubeconfig> loadKubeconfig(const std::string& named, const Environment& environment);

}  // namespace kube
