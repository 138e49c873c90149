#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "rehearsal/list_types.h"
#include "rehearsal/patch.h"

namespace rehearsal {
namespace {

using json::Array;
using json::Value;

constexpr std::string_view directive = "$patch";
constexpr std::string_view orderPrefix = "$setElementOrder/";
constexpr std::string_view deletePrefix = "$deleteFromPrimitiveList/";
constexpr std::string_view retainKeys = "$retainKeys";

Granted<Value> mergeObject(Value object, const Value& patch, std::string_view field);

bool contains(const Array& items, const Value& value) {
  return std::find(items.begin(), items.end(), value) != items.end();
}

/// An object of a patch without its directives, to be taken as it is.
Value plain(const Value& patch) {
  if (patch.isArray()) {
    Array items;
    for (const Value& item : patch.items())
      if (!item.has(directive)) items.push_back(plain(item));
    return Value(std::move(items));
  }
  if (!patch.isObject()) return patch;
  Value object = Value::object();
  for (const auto& [name, value] : patch.members())
    if (!name.starts_with('$') && !value.isNull()) object.set(name, plain(value));
  return object;
}

Granted<Value> mergeMap(const Value& list, const Value& patch, std::string_view field,
                        const std::string& key) {
  Array items = list.items();
  for (const Value& change : patch.items()) {
    if (change.has(directive) && change["$patch"].text() == "replace") {  // the whole list
      Value rest = Value::array();
      for (const Value& each : patch.items())
        if (!each.has(directive)) rest.push(plain(each));
      return rest;
    }
    const Value& id = change[key];
    if (id.isNull())
      return refuse(badRequest(
          fmt::format("map: {} does not contain declared merge key: {}", json::dump(change), key)));
    const auto at =
        std::find_if(items.begin(), items.end(), [&](const Value& item) { return item[key] == id; });
    if (change["$patch"].text() == "delete") {
      std::erase_if(items, [&](const Value& item) { return item[key] == id; });
    } else if (at == items.end()) {
      items.push_back(plain(change));
    } else {
      GRANT_ASSIGN(*at, mergeObject(std::move(*at), change, field));
    }
  }
  return Value(std::move(items));
}

Value mergeSet(const Value& list, const Value& patch) {
  Array items = list.items();
  for (const Value& each : patch.items())
    if (!contains(items, each)) items.push_back(each);
  return Value(std::move(items));
}

/// Those that the order names as it says; the others stay behind what they stood behind.
Value ordered(const Value& list, const Value& order, const std::string& key) {
  const auto rank = [&](const Value& item) -> std::optional<std::ptrdiff_t> {
    const auto& all = order.items();
    const auto at = std::find_if(all.begin(), all.end(), [&](const Value& each) {
      return key.empty() ? each == item : each[key] == item[key];
    });
    return at == all.end() ? std::nullopt : std::optional(at - all.begin());
  };
  Array named, result;
  for (const Value& item : list.items())
    if (rank(item)) named.push_back(item);
  std::stable_sort(named.begin(), named.end(),
                   [&](const Value& a, const Value& b) { return rank(a) < rank(b); });
  auto next = named.begin();
  for (const Value& item : list.items()) result.push_back(rank(item) ? *next++ : item);
  return Value(std::move(result));
}

Granted<Value> mergeValue(const Value& current, const Value& patch, std::string_view parent,
                          const std::string& name) {
  if (patch.isObject()) {
    if (current.isObject()) return mergeObject(current, patch, name);
    return patch["$patch"].text() == "delete" ? Value() : plain(patch);
  }
  if (!patch.isArray()) return patch;
  const ListType type = listType(parent, name);
  if (type == ListType::Kind::map) return mergeMap(current, patch, name, type.patchKey);
  if (type == ListType::Kind::set) return mergeSet(current, patch);
  return patch;
}

/// `field` is the member that the object is, or is an item of.
Granted<Value> mergeObject(Value object, const Value& patch, std::string_view field) {
  if (const auto& what = patch[directive]; !what.isNull()) {
    if (what.text() == "replace") return plain(patch);
    if (what.text() == "delete") return Value::object();
    if (what.text() != "merge")
      return refuse(
          badRequest(fmt::format("Unknown patch type: {} in map: {}", what.text(), json::dump(patch))));
  }
  if (const auto& kept = patch[retainKeys]; kept.isArray()) {
    Value retained = Value::object();
    for (const auto& [name, value] : object.members())
      if (contains(kept.items(), name)) retained.set(name, value);
    object = std::move(retained);
  }
  for (const auto& [name, value] : patch.members()) {
    if (name.starts_with(deletePrefix)) {
      const std::string list = name.substr(deletePrefix.size());
      Array items = object[list].items();
      std::erase_if(items, [&gone = value](const Value& item) { return contains(gone.items(), item); });
      object.set(list, Value(std::move(items)));
    }
    if (name.starts_with('$')) continue;
    if (value.isNull()) {
      object.erase(name);
      continue;
    }
    GRANT_ASSIGN(Value merged, mergeValue(object[name], value, field, name));
    if (merged.isNull()) continue;
    if (value.isObject() && value["$patch"].text() == "delete") {
      object.erase(name);
    } else {
      object.set(name, std::move(merged));
    }
  }
  for (const auto& [name, order] : patch.members()) {
    if (!name.starts_with(orderPrefix)) continue;
    const std::string list = name.substr(orderPrefix.size());
    if (object.has(list)) object.set(list, ordered(object[list], order, listType(field, list).patchKey));
  }
  return object;
}

}  // namespace

Granted<Value> strategicMergePatch(Value object, const Value& patch) {
  if (!patch.isObject()) return refuse(badRequest("error decoding patch: it is not an object"));
  return mergeObject(std::move(object), patch, "");
}

}  // namespace rehearsal
