#include "kube/fields.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/file.h"
#include "base/text.h"

namespace kube {

std::string resolvePath(const std::string& file, const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  return (std::filesystem::path(file).parent_path() / path).string();
}

base::Error Fields::error(std::string reason, std::string hint) const {
  return {base::Kind::usage, fmt::format("{} \"{}\" in {} cannot be used", kind_, entry_.name, entry_.file),
          std::move(reason), std::move(hint)};
}

base::Status Fields::status() const {
  if (wrong_) return base::fail(*wrong_);
  return {};
}

void Fields::remember(base::Error error) {
  if (!wrong_) wrong_ = std::move(error);
}

std::string Fields::text(std::string_view key) {
  const json::Value& value = entry_.value[key];
  if (!value.isNull() && !value.isString()) remember(error(fmt::format("{} is not a string", key)));
  return std::string(value.text());
}

bool Fields::flag(std::string_view key) {
  const json::Value& value = entry_.value[key];
  const auto boolean = value.boolean();
  if (!value.isNull() && !boolean) remember(error(fmt::format("{} is neither true nor false", key)));
  return boolean.value_or(false);
}

std::string Fields::path(std::string_view key) {
  return resolvePath(entry_.file, text(key));
}

base::Secret Fields::dataOrFile(std::string_view key) {
  const std::string dataKey = std::string(key) + "-data";
  std::string encoded = text(dataKey);
  if (!encoded.empty()) {
    auto bytes = base::base64Decode(encoded);
    base::cleanse(encoded);
    if (bytes) return base::Secret(std::move(*bytes));
    remember(error(fmt::format("{} is not base64", dataKey)));
    return {};
  }
  const std::string file = path(key);
  if (file.empty()) return {};
  auto bytes = base::readSecretFile(file);
  if (bytes) return std::move(*bytes);
  remember(error(fmt::format("{}: {}", key, base::describe(bytes.error()))));
  return {};
}

}  // namespace kube
