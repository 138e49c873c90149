#include "rehearsal/field_set.h"

#include <algorithm>
#include <array>

#include "rehearsal/list_types.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr std::array unmanagedMetadata{"name",
                                       "namespace",
                                       "uid",
                                       "resourceVersion",
                                       "generation",
                                       "creationTimestamp",
                                       "managedFields",
                                       "selfLink",
                                       "deletionTimestamp",
                                       "deletionGracePeriodSeconds",
                                       "generateName"};

std::string elementOf(const Value& item, const ListType& type) {
  if (type == ListType::Kind::set) return "v:" + json::dump(item);
  Value keys = Value::object();
  for (const std::string& key : type.keys) keys.set(key, keyOf(item, key));
  return "k:" + json::dump(keys);
}

/// The item of a list that an element names; null if there is none.
const Value* itemOf(const Value& list, const std::string& element, const ListType& type) {
  for (const Value& item : list.items())
    if (elementOf(item, type) == element) return &item;
  return nullptr;
}

/// Walks two values at once and marks what is in `after` and is not the same in `before`.
class Marker {
 public:
  /// `containers`: maps and lists that are new count themselves, as after an update; who applies owns only
  /// what is in them.
  explicit Marker(bool containers) : containers_(containers) {}

  FieldSet mark(const Value* before, const Value& after, std::string_view parent, const std::string& field) {
    FieldSet set;
    if (before != nullptr && *before == after) return set;
    if (after.isObject()) {
      markMembers(set, before, after, field);
      set.member = after.members().empty() || (containers_ && isOpenMap(field) && before == nullptr);
      return set;
    }
    const ListType type = after.isArray() ? listType(parent, field) : ListType();
    if (type == ListType::Kind::atomic) {
      set.member = true;
      return set;
    }
    set.member = after.items().empty() || (containers_ && before == nullptr);
    for (const Value& item : after.items()) {
      const std::string element = elementOf(item, type);
      const Value* same = before == nullptr ? nullptr : itemOf(*before, element, type);
      FieldSet inner = type == ListType::Kind::map ? markItem(same, item, field) : FieldSet{same == nullptr};
      if (!inner.empty()) set.children.emplace(element, std::move(inner));
    }
    return set;
  }

 private:
  FieldSet markItem(const Value* before, const Value& item, const std::string& field) {
    FieldSet set;
    if (before != nullptr && *before == item) return set;
    markMembers(set, before, item, field);
    set.member = before == nullptr;
    return set;
  }
  void markMembers(FieldSet& set, const Value* before, const Value& object, const std::string& field) {
    for (const auto& [name, value] : object.members()) {
      const bool known = before != nullptr && before->has(name);
      FieldSet inner = mark(known ? &(*before)[name] : nullptr, value, field, name);
      if (!inner.empty()) set.children.emplace("f:" + name, std::move(inner));
    }
  }

  bool containers_;
};

void cutUnmanaged(FieldSet& set, bool status) {
  set.member = false;
  set.children.erase("f:apiVersion");
  set.children.erase("f:kind");
  if (status) {
    std::erase_if(set.children, [](const auto& child) { return child.first != "f:status"; });
    return;
  }
  set.children.erase("f:status");
  const auto metadata = set.children.find("f:metadata");
  if (metadata == set.children.end()) return;
  for (const char* name : unmanagedMetadata) metadata->second.children.erase(std::string("f:") + name);
  metadata->second.member = false;
  if (metadata->second.children.empty()) set.children.erase(metadata);
}

/// Calls `visit` with each child and what of the value it stands for (null where it is not there); for an
/// item of a list, its `parent` is the list's name.
template <class Visit>
void walk(const FieldSet& set, const Value& value, std::string_view parent, const std::string& field,
          Visit visit) {
  const ListType type = value.isArray() ? listType(parent, field) : ListType();
  for (const auto& [element, child] : set.children) {
    if (element.starts_with("f:")) {
      const std::string name = element.substr(2);
      visit(element, child, value.has(name) ? &value[name] : nullptr, name);
    } else {
      visit(element, child, itemOf(value, element, type), field);
    }
  }
}

FieldSet presentIn(const FieldSet& set, const Value& value, std::string_view parent,
                   const std::string& field) {
  FieldSet out{set.member};
  walk(set, value, parent, field,
       [&](const auto& element, const FieldSet& child, const Value* at, const auto& name) {
         if (at == nullptr) return;
         FieldSet inner = presentIn(child, *at, field, name);
         if (!inner.empty()) out.children.emplace(element, std::move(inner));
       });
  return out;
}

Value removedFrom(const Value& value, const FieldSet& fields, std::string_view parent,
                  const std::string& field) {
  const auto whole = [](const FieldSet& set) { return set.member && set.children.empty(); };
  if (value.isArray()) {
    const ListType type = listType(parent, field);
    json::Array items;
    for (const Value& item : value.items()) {
      const auto found = fields.children.find(elementOf(item, type));
      if (found == fields.children.end()) {
        items.push_back(item);
      } else if (!found->second.member) {
        items.push_back(removedFrom(item, found->second, field, field));
      }
    }
    return Value(std::move(items));
  }
  Value out = value.isObject() ? Value::object() : value;
  for (const auto& [name, member] : value.members()) {
    const auto found = fields.children.find("f:" + name);
    if (found == fields.children.end()) {
      out.set(name, member);
    } else if (!whole(found->second)) {
      Value inner = removedFrom(member, found->second, field, name);
      const bool emptied =
          inner.members().empty() && inner.items().empty() && (inner.isObject() || inner.isArray());
      if (!emptied) out.set(name, std::move(inner));
    }
  }
  return out;
}

FieldSet contradictionsIn(const FieldSet& set, const Value& live, const Value& wanted,
                          std::string_view parent, const std::string& field) {
  FieldSet out;
  if (set.children.empty()) {
    out.member = set.member && !(live == wanted) && !live.isObject() && !wanted.isNull();
    return out;
  }
  walk(set, wanted, parent, field,
       [&](const auto& element, const FieldSet& child, const Value* at, const auto& name) {
         if (at == nullptr) return;
         const Value* other = element.starts_with("f:") ? (live.has(name) ? &live[name] : nullptr)
                                                        : itemOf(live, element, listType(parent, field));
         if (other == nullptr) return;
         FieldSet inner = contradictionsIn(child, *other, *at, field, name);
         if (!inner.empty()) out.children.emplace(element, std::move(inner));
       });
  return out;
}

void addPaths(std::vector<std::string>& all, const FieldSet& set, const std::string& path) {
  if (set.member) all.push_back(path);
  for (const auto& [element, child] : set.children) {
    std::string step = "." + element.substr(2);
    if (element.starts_with("v:")) step = "[=" + element.substr(2) + "]";
    if (element.starts_with("k:")) {
      step = "[";
      const auto keys = json::parse(std::string_view(element).substr(2));
      for (const auto& [name, value] : keys ? keys->members() : json::Object())
        step += (step.size() > 1 ? "," : "") + name + "=" + json::dump(value);
      step += "]";
    }
    addPaths(all, child, path + step);
  }
}

}  // namespace

FieldSet fieldsOf(const Value& object, bool status) {
  FieldSet set = Marker(false).mark(nullptr, object, "", "");
  cutUnmanaged(set, status);
  return set;
}

FieldSet changedFields(const Value& before, const Value& after, bool status) {
  FieldSet set;
  for (const auto& [name, value] : after.members()) {
    if ((name == "status") != status) continue;  // spares the comparison of what does not count
    FieldSet inner = Marker(true).mark(before.has(name) ? &before[name] : nullptr, value, "", name);
    if (!inner.empty()) set.children.emplace("f:" + name, std::move(inner));
  }
  cutUnmanaged(set, status);
  return set;
}

FieldSet united(const FieldSet& one, const FieldSet& other) {
  FieldSet out = one;
  out.member = one.member || other.member;
  for (const auto& [element, child] : other.children)
    out.children[element] = united(out.children[element], child);
  return out;
}

FieldSet without(const FieldSet& set, const FieldSet& others) {
  FieldSet out{set.member && !others.member};
  for (const auto& [element, child] : set.children) {
    const auto other = others.children.find(element);
    FieldSet rest = other == others.children.end() ? child : without(child, other->second);
    if (!rest.empty()) out.children.emplace(element, std::move(rest));
  }
  return out;
}

FieldSet common(const FieldSet& one, const FieldSet& other) {
  FieldSet out{one.member && other.member};
  for (const auto& [element, child] : one.children) {
    const auto found = other.children.find(element);
    if (found == other.children.end()) continue;
    FieldSet both = common(child, found->second);
    if (!both.empty()) out.children.emplace(element, std::move(both));
  }
  return out;
}

FieldSet present(const FieldSet& set, const Value& object) {
  return presentIn(set, object, "", "");
}

Value removed(const Value& object, const FieldSet& fields) {
  return removedFrom(object, fields, "", "");
}

FieldSet contradictions(const FieldSet& set, const Value& live, const Value& wanted) {
  return contradictionsIn(set, live, wanted, "", "");
}

FieldSet parseFields(const Value& fieldsV1) {
  FieldSet set{fieldsV1.members().empty() || fieldsV1.has(".")};
  for (const auto& [element, inner] : fieldsV1.members())
    if (element != ".") set.children.emplace(element, parseFields(inner));
  return set;
}

Value formatFields(const FieldSet& set) {
  Value out = Value::object();
  if (set.member && !set.children.empty()) out.set(".", Value::object());
  for (const auto& [element, child] : set.children) out.set(element, formatFields(child));
  return out;
}

std::vector<std::string> paths(const FieldSet& set) {
  std::vector<std::string> all;
  addPaths(all, set, "");
  return all;
}

}  // namespace rehearsal
