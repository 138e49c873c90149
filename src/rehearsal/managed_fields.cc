#include "rehearsal/managed_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "rehearsal/field_set.h"
#include "rehearsal/list_types.h"

namespace rehearsal {
namespace {

using json::Value;

struct Manager {
  std::string name, operation, version, time, sub;
  FieldSet fields;

  [[nodiscard]] bool is(std::string_view who, std::string_view how, std::string_view where,
                        std::string_view apiVersion) const {
    return name == who && operation == how && sub == where && version == apiVersion;
  }
};

std::vector<Manager> managersOf(const Value& object) {
  std::vector<Manager> managers;
  for (const Value& entry : object["metadata"]["managedFields"].items()) {
    managers.push_back({std::string(entry["manager"].text()), std::string(entry["operation"].text()),
                        std::string(entry["apiVersion"].text()), std::string(entry["time"].text()),
                        std::string(entry["subresource"].text()), parseFields(entry["fieldsV1"])});
  }
  return managers;
}

void setManagers(Value& object, const std::vector<Manager>& managers) {
  Value entries = Value::array();
  for (const Manager& manager : managers) {
    if (manager.fields.empty()) continue;
    Value entry = Value::object({{"manager", manager.name},
                                 {"operation", manager.operation},
                                 {"apiVersion", manager.version},
                                 {"time", manager.time},
                                 {"fieldsType", "FieldsV1"},
                                 {"fieldsV1", formatFields(manager.fields)}});
    if (!manager.sub.empty()) entry.set("subresource", manager.sub);
    entries.push(std::move(entry));
  }
  if (entries.items().empty()) {
    object.at("metadata").erase("managedFields");
  } else {
    object.at("metadata").set("managedFields", std::move(entries));
  }
}

/// The manager's own entry, made if it has none.
Manager& entryOf(std::vector<Manager>& managers, std::string_view name, std::string_view operation,
                 std::string_view sub, std::string_view version) {
  for (Manager& each : managers)
    if (each.is(name, operation, sub, version)) return each;
  return managers.emplace_back(
      Manager{std::string(name), std::string(operation), std::string(version), "", std::string(sub), {}});
}

/// `wanted` laid over `live`: maps and lists with keys merge, all else is replaced.
Value laidOver(const Value& live, const Value& wanted, std::string_view parent, const std::string& field) {
  if (wanted.isObject()) {
    Value out = live.isObject() ? live : Value::object();
    for (const auto& [name, value] : wanted.members())
      out.set(name, laidOver(live[name], value, field, name));
    return out;
  }
  const ListType type = wanted.isArray() ? listType(parent, field) : ListType();
  if (type == ListType::Kind::atomic || !live.isArray()) return wanted;
  json::Array items = live.items();
  for (const Value& each : wanted.items()) {
    const auto at = std::find_if(items.begin(), items.end(), [&](const Value& item) {
      return type == ListType::Kind::set ? item == each : sameItem(item, each, type);
    });
    if (at == items.end()) {
      items.push_back(each);
    } else {
      *at = laidOver(*at, each, field, field);
    }
  }
  return Value(std::move(items));
}

/// "kubectl-client-side-apply" using apps/v1
std::string describe(const Manager& manager) {
  std::string text = fmt::format("\"{}\"", manager.name);
  if (!manager.sub.empty()) text += fmt::format(" with subresource \"{}\"", manager.sub);
  if (manager.operation == "Update") text += " using " + manager.version;
  return text;
}

/// As apiserver: endpoints/handlers/fieldmanager words them (apimachinery: pkg/util/managedfields).
Refusal applyConflict(const Key& key, const std::map<std::string, std::vector<std::string>>& conflicts) {
  Value causes = Value::array();
  std::size_t count = 0;
  std::string list, one;
  for (const auto& [manager, fields] : conflicts) {
    list += (list.empty() ? "" : "\n") + fmt::format("conflicts with {}:", manager);
    for (const std::string& field : fields) {
      ++count;
      list += "\n- " + field;
      one = fmt::format("conflict with {}: {}", manager, field);
      causes.push(Value::object(
          {{"reason", "FieldManagerConflict"}, {"message", "conflict with " + manager}, {"field", field}}));
    }
  }
  Refusal refusal = conflict(key, "");
  refusal.details = Value::object({{"causes", std::move(causes)}});
  refusal.message = count == 1 ? "Apply failed with 1 conflict: " + one
                               : fmt::format("Apply failed with {} conflicts: {}", count, list);
  return refusal;
}

}  // namespace

void manageUpdate(const Value* before, Value& object, std::string_view manager, std::string_view time,
                  bool status) {
  const Value nothing = Value::object();
  const Value& old = before == nullptr ? nothing : *before;
  const FieldSet changed = changedFields(old, object, status);
  const FieldSet gone = before == nullptr ? FieldSet() : changedFields(object, *before, status);
  if (before != nullptr) object.at("metadata").set("managedFields", old["metadata"]["managedFields"]);
  if (changed.empty() && gone.empty()) {
    if (object["metadata"]["managedFields"].isNull()) object.at("metadata").erase("managedFields");
    return;
  }
  std::vector<Manager> managers = before == nullptr ? std::vector<Manager>() : managersOf(old);
  const FieldSet touched = united(changed, gone);
  for (Manager& each : managers) {
    FieldSet kept = without(each.fields, touched);
    each.fields = std::move(kept);
  }
  Manager& own = entryOf(managers, manager, "Update", status ? "status" : "", object["apiVersion"].text());
  own.fields = united(own.fields, changed);
  own.time = std::string(time);
  setManagers(object, managers);
}

Granted<Value> applyPatch(const Key& key, const Value* live, const Value& wanted,
                          const Application& application) {
  const Value nothing = Value::object();
  const Value& old = live == nullptr ? nothing : *live;
  const FieldSet fields = fieldsOf(wanted, false);
  std::vector<Manager> managers = managersOf(old);
  Manager& own = entryOf(managers, application.manager, "Apply", "", wanted["apiVersion"].text());

  FieldSet others;
  std::map<std::string, std::vector<std::string>> conflicts;
  for (Manager& each : managers) {
    if (&each == &own) continue;
    const FieldSet clash = contradictions(common(each.fields, fields), old, wanted);
    if (application.force) {
      each.fields = without(each.fields, clash);
    } else if (!clash.empty()) {
      auto& list = conflicts[describe(each)];
      for (std::string& path : paths(clash)) list.push_back(std::move(path));
    }
    others = united(others, each.fields);
  }
  if (!conflicts.empty()) return refuse(applyConflict(key, conflicts));

  const FieldSet dropped = without(without(own.fields, fields), others);
  Value merged = laidOver(removed(old, dropped), wanted, "", "");
  const bool same = own.fields == fields && live != nullptr && merged == old;
  own.fields = fields;
  if (!same) own.time = application.time;
  setManagers(merged, managers);
  return merged;
}

}  // namespace rehearsal
