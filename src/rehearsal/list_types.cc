#include "rehearsal/list_types.h"

#include <algorithm>
#include <array>

namespace rehearsal {
namespace {

struct Row {
  std::string_view parent;  // "" for any
  std::string_view field;
  std::string_view patchKey;  // "" for a set
  std::array<std::string_view, 2> keys;
};

// Everything that is not here is atomic: tolerations, command, items, envFrom ...
constexpr Row rows[] = {
    {"", "containers", "name", {"name"}},
    {"", "initContainers", "name", {"name"}},
    {"", "ephemeralContainers", "name", {"name"}},
    {"", "env", "name", {"name"}},
    {"containers", "ports", "containerPort", {"containerPort", "protocol"}},
    {"initContainers", "ports", "containerPort", {"containerPort", "protocol"}},
    {"spec", "ports", "port", {"port", "protocol"}},
    {"", "volumes", "name", {"name"}},
    {"", "volumeMounts", "mountPath", {"mountPath"}},
    {"", "volumeDevices", "devicePath", {"devicePath"}},
    {"", "imagePullSecrets", "name", {"name"}},
    {"", "hostAliases", "ip", {"ip"}},
    {"", "topologySpreadConstraints", "topologyKey", {"topologyKey", "whenUnsatisfiable"}},
    {"", "resourceClaims", "name", {"name"}},
    {"", "conditions", "type", {"type"}},
    {"", "ownerReferences", "uid", {"uid"}},
    {"", "podIPs", "ip", {"ip"}},
    {"", "hostIPs", "ip", {"ip"}},
    {"", "secrets", "name", {"name"}},
    {"", "webhooks", "name", {"name"}},
    {"", "finalizers", "", {}},
};

constexpr std::array openMaps{std::string_view("labels"),       std::string_view("annotations"),
                              std::string_view("data"),         std::string_view("stringData"),
                              std::string_view("binaryData"),   std::string_view("matchLabels"),
                              std::string_view("nodeSelector"), std::string_view("limits"),
                              std::string_view("requests"),     std::string_view("selector")};

}  // namespace

ListType listType(std::string_view parent, std::string_view field) {
  for (const Row& row : rows) {
    if (row.field != field || (!row.parent.empty() && row.parent != parent)) continue;
    if (row.patchKey.empty()) return {ListType::Kind::set};
    ListType type{ListType::Kind::map, {}, std::string(row.patchKey)};
    for (const std::string_view key : row.keys)
      if (!key.empty()) type.keys.emplace_back(key);
    return type;
  }
  return {};
}

bool isOpenMap(std::string_view field) {
  return std::find(openMaps.begin(), openMaps.end(), field) != openMaps.end();
}

json::Value keyOf(const json::Value& item, std::string_view key) {
  if (key == "protocol" && !item.has(key)) return "TCP";
  return item[key];
}

bool sameItem(const json::Value& one, const json::Value& other, const ListType& type) {
  return std::all_of(type.keys.begin(), type.keys.end(),
                     [&](const std::string& key) { return keyOf(one, key) == keyOf(other, key); });
}

}  // namespace rehearsal
