#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace rehearsal {

/// Fields of an object, as metadata.managedFields keeps them (FieldsV1): a tree of path elements "f:name" (a
/// member), `k:{"name":"istiod"}` (an item of a list by its keys) and `v:"x"` (of a set).
struct FieldSet {
  bool member = false;  // the path that leads here is itself in the set
  std::map<std::string, FieldSet> children{};

  [[nodiscard]] bool empty() const { return !member && children.empty(); }
  [[nodiscard]] bool operator==(const FieldSet& other) const = default;
};

/// All fields of an object, but those that nobody manages (apiVersion, kind, metadata.name, uid ...). With
/// `status` only that, else without it.
FieldSet fieldsOf(const json::Value& object, bool status);
/// Those whose values differ, or are new.
FieldSet changedFields(const json::Value& before, const json::Value& after, bool status);

FieldSet united(const FieldSet& one, const FieldSet& other);
FieldSet without(const FieldSet& set, const FieldSet& others);
FieldSet common(const FieldSet& one, const FieldSet& other);
/// What of the set is in the object.
FieldSet present(const FieldSet& set, const json::Value& object);
/// The object without these fields.
json::Value removed(const json::Value& object, const FieldSet& fields);

/// What differs from `live` where both speak of it; for conflicts.
FieldSet contradictions(const FieldSet& set, const json::Value& live, const json::Value& wanted);

FieldSet parseFields(const json::Value& fieldsV1);
json::Value formatFields(const FieldSet& set);
/// `.spec.template.spec.containers[name="istiod"].image`, one each.
std::vector<std::string> paths(const FieldSet& set);

}  // namespace rehearsal
