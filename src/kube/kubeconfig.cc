#include "kube/kubeconfig.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "json/yaml.h"

namespace kube {
namespace {

base::Error wrong(const std::string& file, std::string reason) {
  return {base::Kind::usage, file + " is not a kubeconfig", std::move(reason)};
}

/// A list of {name: N, <member>: {...}}.
base::Result<std::vector<KubeconfigEntry>> readList(const json::Value& document, std::string_view list,
                                                    std::string_view member, const std::string& file) {
  const json::Value& items = document[list];
  if (!items.isNull() && !items.isArray())
    return base::fail(wrong(file, fmt::format("{} is not a list", list)));
  std::vector<KubeconfigEntry> entries;
  for (const json::Value& item : items.items()) {
    const auto name = item["name"].string();
    if (!name) return base::fail(wrong(file, fmt::format("an entry of {} has no name", list)));
    const json::Value& value = item[member];
    if (!value.isNull() && !value.isObject())
      return base::fail(wrong(file, fmt::format("{} {} is not a map", member, *name)));
    if (find(entries, *name) != nullptr)
      return base::fail(wrong(file, fmt::format("{} has {} twice", list, *name)));
    entries.push_back({*name, value, file});
  }
  return entries;
}

void mergeEntries(std::vector<KubeconfigEntry>& first, std::vector<KubeconfigEntry> later) {
  for (KubeconfigEntry& entry : later)
    if (find(first, entry.name) == nullptr) first.push_back(std::move(entry));
}

std::vector<std::string> candidates(const Environment& environment) {
  if (environment.kubeconfig && !environment.kubeconfig->empty()) {
    std::vector<std::string> paths = base::split(*environment.kubeconfig, ':');
    std::erase(paths, "");
    return paths;
  }
  if (environment.home.empty()) return {};
  return {environment.home + "/.kube/config"};
}

}  // namespace

const KubeconfigEntry* find(const std::vector<KubeconfigEntry>& entries, std::string_view name) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

base::Result<Kubeconfig> parseKubeconfig(std::string_view text, const std::string& file) {
  Kubeconfig config;
  config.files = {file};
  if (base::trim(text).empty()) return config;  // `kubectl config` starts from an empty file too
  auto document = json::parseYaml(text);
  if (!document) return base::fail(wrong(file, base::describe(document.error())));
  if (document->isNull()) return config;
  if (!document->isObject()) return base::fail(wrong(file, "it is not a map"));
  TRY_ASSIGN(config.clusters, readList(*document, "clusters", "cluster", file));
  TRY_ASSIGN(config.users, readList(*document, "users", "user", file));
  TRY_ASSIGN(config.contexts, readList(*document, "contexts", "context", file));
  const json::Value& current = (*document)["current-context"];
  if (!current.isNull() && !current.isString())
    return base::fail(wrong(file, "current-context is not a string"));
  config.currentContext = std::string(current.text());
  return config;
}

void merge(Kubeconfig& first, Kubeconfig later) {
  first.files.insert(first.files.end(), later.files.begin(), later.files.end());
  mergeEntries(first.clusters, std::move(later.clusters));
  mergeEntries(first.users, std::move(later.users));
  mergeEntries(first.contexts, std::move(later.contexts));
  if (first.currentContext.empty()) first.currentContext = later.currentContext;
}

base::Result<Kubeconfig> loadKubeconfig(const std::string& named, const Environment& environment) {
  Kubeconfig config;
  for (const std::string& file : named.empty() ? candidates(environment) : std::vector{named}) {
    std::error_code error;
    if (named.empty() && !std::filesystem::exists(file, error) && !error) continue;
    const auto bytes = base::readSecretFile(file);
    if (!bytes) {
      base::Error why = bytes.error();
      why.hint = named.empty() ? "check $KUBECONFIG, or name a file with --kubeconfig" : "check --kubeconfig";
      return base::fail(std::move(why));
    }
    TRY_ASSIGN(Kubeconfig one, parseKubeconfig(bytes->reveal(), file));
    merge(config, std::move(one));
  }
  return config;
}

}  // namespace kube
