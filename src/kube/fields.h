#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "kube/kubeconfig.h"

namespace kube {

/// Reads the fields of one kubeconfig entry. A field of another type reads as absent and is remembered: check
/// status() once at the end.
class Fields {
 public:
  /// `kind` is "cluster", "user" or "context".
  Fields(const KubeconfigEntry& entry, std::string_view kind) : entry_(entry), kind_(kind) {}

  std::string text(std::string_view key);
  bool flag(std::string_view key);
  /// A path, relative to the entry's file; empty if absent.
  std::string path(std::string_view key);
  /// The bytes of `<key>-data` (base64), else of the file that `key` names; empty if neither is there.
  base::Secret dataOrFile(std::string_view key);
  [[nodiscard]] bool has(std::string_view key) const { return !entry_.value[key].isNull(); }
  [[nodiscard]] const json::Value& value(std::string_view key) const { return entry_.value[key]; }

  /// An error about this entry: 'user "admin" in FILE'.
  [[nodiscard]] base::Error error(std::string reason, std::string hint = {}) const;
  /// The first thing that was wrong with a field.
  [[nodiscard]] base::Status status() const;

 private:
  void remember(base::Error error);

  const KubeconfigEntry& entry_;
  std::string_view kind_;
  std::optional<base::Error> wrong_{};
};

/// A path as written in a file, relative to that file's folder.
std::string resolvePath(const std::string& file, const std::string& path);

}  // namespace kube
