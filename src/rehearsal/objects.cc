#include "rehearsal/objects.h"

#include <algorithm>

namespace rehearsal {
namespace {

using json::Value;

const Value null;

Value sorted(const Value& value) {
  if (value.isObject()) {
    auto members = value.members();
    std::sort(members.begin(), members.end(),
              [](const json::Member& a, const json::Member& b) { return a.first < b.first; });
    for (auto& [name, member] : members) member = sorted(member);
    return Value::object(std::move(members));
  }
  if (value.isArray()) {
    auto items = value.items();
    for (auto& item : items) item = sorted(item);
    return Value::array(std::move(items));
  }
  return value;
}

std::uint32_t fnv1a(std::string_view bytes) {
  std::uint32_t hash = 2166136261U;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

}  // namespace

Key keyOf(std::string_view group, std::string_view plural, const Value& object) {
  const auto& metadata = object["metadata"];
  return {std::string(group), std::string(plural), std::string(metadata["namespace"].text()),
          std::string(metadata["name"].text())};
}

const Value& controllerOf(const Value& object) {
  for (const auto& owner : object["metadata"]["ownerReferences"].items()) {
    if (owner["controller"].boolean().value_or(false)) return owner;
  }
  return null;
}

std::optional<Key> concerned(const Change& change, std::string_view plural, std::string_view kind,
                             std::string_view group) {
  if (change.key.group == group && change.key.plural == plural) {
    return change.kind == Change::Kind::removed ? std::nullopt : std::optional(change.key);
  }
  if (!change.key.group.empty() || change.key.plural != "pods") return std::nullopt;
  const auto& owner = controllerOf(*change.object);
  if (owner["kind"].text() != kind) return std::nullopt;
  return Key{std::string(group), std::string(plural), change.key.ns, std::string(owner["name"].text())};
}

Value controlledBy(std::string_view apiVersion, std::string_view kind, const Value& owner) {
  return Value::array({Value::object({{"apiVersion", apiVersion},
                                      {"kind", kind},
                                      {"name", owner["metadata"]["name"]},
                                      {"uid", owner["metadata"]["uid"]},
                                      {"controller", true},
                                      {"blockOwnerDeletion", true}})});
}

const Value& conditionOf(const Value& object, std::string_view type) {
  for (const auto& condition : object["status"]["conditions"].items()) {
    if (condition["type"].text() == type) return condition;
  }
  return null;
}

bool isReady(const Value& pod) {
  return conditionOf(pod, "Ready")["status"].text() == "True";
}

bool isActive(const Value& pod) {
  const auto phase = pod["status"]["phase"].text();
  return phase != "Succeeded" && phase != "Failed" && !terminating(pod);
}

std::optional<base::Seconds> untilAvailable(const Value& pod, std::int64_t minReadySeconds, base::Time now) {
  if (!isReady(pod)) return std::nullopt;
  if (minReadySeconds <= 0) return base::Seconds(0);
  const auto since = base::parseTime(conditionOf(pod, "Ready")["lastTransitionTime"].text());
  if (!since) return base::Seconds(0);
  return std::max(*since + base::Seconds(minReadySeconds) - now, base::Seconds(0));
}

std::int64_t replicasOf(const Value& object) {
  return object["spec"]["replicas"].integer().value_or(1);
}

std::int64_t intOrPercent(const Value& value, std::int64_t total, bool roundUp, std::int64_t fallback) {
  if (const auto number = value.integer()) return *number;
  const auto text = value.text();
  if (text.empty()) return fallback;
  std::int64_t percent = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    percent = percent * 10 + (c - '0');
  }
  if (!text.ends_with('%')) return percent;
  return (percent * total + (roundUp ? 99 : 0)) / 100;
}

std::string templateHash(const Value& podTemplate) {
  // apimachinery: pkg/util/rand SafeEncodeString, of the decimal number.
  constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
  std::string text;
  for (const char digit : std::to_string(fnv1a(canonical(podTemplate)))) {
    text += letters[static_cast<unsigned char>(digit) % letters.size()];
  }
  return text;
}

std::string canonical(const Value& value) {
  return json::dump(sorted(value));
}

json::Value arrayOf(const std::vector<std::string>& texts) {
  return json::Array(texts.begin(), texts.end());
}

void setDefault(json::Value& object, std::string_view name, json::Value value) {
  if (!object.has(name)) object.set(name, std::move(value));
}

}  // namespace rehearsal
