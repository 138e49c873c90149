#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "rehearsal/patch.h"

namespace rehearsal {
namespace {

using json::Value;

tl::unexpected<Refusal> cannot() {
  // The same words for all (errors.NewGenericServerResponse): what went wrong is only in the server's log.
  return refuse(
      {422, "Invalid", "the server rejected our request due to an error in our request", Value::object()});
}

/// "/a~1b/0": {"a/b", "0"}.
std::optional<std::vector<std::string>> pointer(std::string_view text) {
  if (text.empty()) return std::vector<std::string>();
  if (text.front() != '/') return std::nullopt;
  std::vector<std::string> parts = base::split(text.substr(1), '/');
  for (std::string& part : parts) {
    for (const auto& [code, plain] : {std::pair("~1", "/"), std::pair("~0", "~")}) {
      for (auto at = part.find(code); at != std::string::npos; at = part.find(code, at + 1))
        part.replace(at, 2, plain);
    }
  }
  return parts;
}

std::optional<std::size_t> indexIn(const Value& list, std::string_view text) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size() || (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  return index < list.items().size() ? std::optional(index) : std::nullopt;
}

const Value* find(const Value& value, const std::vector<std::string>& path) {
  const Value* at = &value;
  for (const std::string& part : path) {
    if (at->isArray()) {
      const auto index = indexIn(*at, part);
      if (!index) return nullptr;
      at = &at->items()[*index];
    } else if (at->isObject() && at->has(part)) {
      at = &(*at)[part];
    } else {
      return nullptr;
    }
  }
  return at;
}

enum class Edit { add, replace, remove };

/// The value with what is at the path changed; nullopt if there is no such place.
std::optional<Value> edited(const Value& value, const std::vector<std::string>& path, std::size_t depth,
                            Edit edit, const Value& with) {
  if (depth == path.size()) return with;
  const std::string& part = path[depth];
  const bool last = depth + 1 == path.size();
  if (value.isArray()) {
    json::Array items = value.items();
    const auto index = indexIn(value, part);
    if (last && edit == Edit::add && (part == "-" || part == std::to_string(items.size()))) {
      items.push_back(with);
      return Value(std::move(items));
    }
    if (!index) return std::nullopt;
    const auto at = items.begin() + std::ptrdiff_t(*index);
    if (last && edit == Edit::add) {
      items.insert(at, with);
    } else if (last && edit == Edit::remove) {
      items.erase(at);
    } else {
      auto inner = edited(*at, path, depth + 1, edit, with);
      if (!inner) return std::nullopt;
      *at = std::move(*inner);
    }
    return Value(std::move(items));
  }
  if (!value.isObject() || (!value.has(part) && !(last && edit == Edit::add))) return std::nullopt;
  Value object = value;
  if (last && edit == Edit::remove) {
    object.erase(part);
    return object;
  }
  auto inner = edited(value[part], path, depth + 1, edit, with);
  if (!inner) return std::nullopt;
  object.set(part, std::move(*inner));
  return object;
}

Granted<Value> apply(const Value& object, const Value& operation) {
  const std::string_view op = operation["op"].text();
  const auto path = pointer(operation["path"].text());
  const auto from = pointer(operation["from"].text());
  if (!operation["path"].isString() || !path || !from) return cannot();
  const Value& value = operation["value"];
  const auto done = [&](std::optional<Value> result) -> Granted<Value> {
    return result ? Granted<Value>(std::move(*result)) : cannot();
  };
  if (op == "test") {
    const Value* found = find(object, *path);
    // What is not there equals null (evanphx/json-patch).
    return (found == nullptr ? value.isNull() : *found == value) ? Granted<Value>(object) : cannot();
  }
  if (op == "add") return done(edited(object, *path, 0, Edit::add, value));
  if (op == "replace") return done(edited(object, *path, 0, Edit::replace, value));
  if (op == "remove") return path->empty() ? cannot() : done(edited(object, *path, 0, Edit::remove, {}));
  if (op != "move" && op != "copy") return cannot();
  const Value* source = find(object, *from);
  if (source == nullptr) return cannot();
  const Value moved = *source;
  if (op == "copy") return done(edited(object, *path, 0, Edit::add, moved));
  const auto without = edited(object, *from, 0, Edit::remove, {});
  return without ? done(edited(*without, *path, 0, Edit::add, moved)) : cannot();
}

}  // namespace

Granted<Value> jsonPatch(Value object, const Value& operations) {
  if (!operations.isArray())
    return refuse(
        badRequest("error decoding patch: json: cannot unmarshal into Go value of type jsonpatch.Patch"));
  for (const Value& operation : operations.items()) {
    GRANT_ASSIGN(object, apply(object, operation));
  }
  return object;
}

Value mergePatch(Value object, const Value& patch) {
  if (!patch.isObject()) return patch;
  if (!object.isObject()) object = Value::object();
  for (const auto& [name, value] : patch.members()) {
    if (value.isNull()) {
      object.erase(name);
    } else {
      Value& place = object.at(name);
      place = mergePatch(std::move(place), value);
    }
  }
  return object;
}

}  // namespace rehearsal
