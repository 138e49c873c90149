#include "rehearsal/protobuf_body.h"

#include <fmt/format.h>

#include <chrono>

#include "base/clock.h"
#include "base/text.h"
#include "net/protobuf.h"
#include "rehearsal/protobuf_kinds.h"

namespace rehearsal {
namespace {

using json::Value;
using Type = ProtobufField::Type;

// apimachinery: pkg/runtime/serializer/protobuf/protobuf.go; then a runtime.Unknown.
constexpr std::string_view magic{"k8s\0", 4};
constexpr std::string_view mediaType = "application/vnd.kubernetes.protobuf";

/// No time of RFC 3339 is outside of it (years 1 to 9999); Go's zero time is not sent.
constexpr std::int64_t earliest = -62'135'596'800, latest = 253'402'300'799;

Refusal undecodable(std::string_view why) {
  return badRequest(fmt::format("unable to decode the body as protobuf: {}", why));
}

template <class T>
Granted<T> decoded(base::Result<T> result) {
  if (result) return std::move(*result);
  return refuse(undecodable(base::describe(result.error())));
}

Granted<Value> objectOf(std::string_view name, std::string_view message);

/// The integer or the bytes in a field, if it is of that sort.
template <class T>
Granted<T> only(const net::WireField& field, std::string_view name) {
  if (const auto* value = std::get_if<T>(&field.value)) return *value;
  return refuse(undecodable(fmt::format("{} is of another type", name)));
}

/// Fields 1 and 2 of a Timestamp; null where there are none.
Granted<Value> timeOf(std::string_view message, bool micros) {
  if (message.empty()) return Value();
  GRANT_ASSIGN(const auto seconds, decoded(net::numberOf(message, 1)));
  GRANT_ASSIGN(const auto nanos, decoded(net::numberOf(message, 2)));
  const auto since = static_cast<std::int64_t>(seconds.value_or(0));
  if (since < earliest || since > latest || nanos.value_or(0) >= 1'000'000'000)
    return refuse(undecodable("a time that is none"));
  std::string text = base::formatTime(base::Time(base::Seconds(since)));
  if (micros) text.insert(text.size() - 1, fmt::format(".{:06}", nanos.value_or(0) / 1000));
  return Value(std::move(text));
}

Granted<Value> intOrStringOf(std::string_view message) {
  GRANT_ASSIGN(const auto type, decoded(net::numberOf(message, 1)));
  if (type.value_or(0) == 0) {
    GRANT_ASSIGN(const auto number, decoded(net::numberOf(message, 2)));
    return Value(static_cast<std::int64_t>(number.value_or(0)));
  }
  GRANT_ASSIGN(const auto texts, decoded(net::textsOf(message, 3)));
  return Value(texts.empty() ? std::string_view() : texts.back());
}

/// What is in field 1 of the message, text or JSON; null where there is nothing.
Granted<Value> wrapped(std::string_view message, Type type) {
  GRANT_ASSIGN(const auto texts, decoded(net::textsOf(message, 1)));
  if (texts.empty()) return Value();
  if (type == Type::quantity) return Value(texts.back());
  return decoded(json::parse(texts.back()));
}

Granted<Value> integerOf(const ProtobufField& rule, const net::WireField& field) {
  GRANT_ASSIGN(const auto number, only<std::uint64_t>(field, rule.name));
  return rule.type == Type::boolean ? Value(number != 0) : Value(static_cast<std::int64_t>(number));
}

Granted<Value> valueOf(const ProtobufField& rule, const net::WireField& field) {
  if (rule.type == Type::integer || rule.type == Type::boolean) return integerOf(rule, field);
  GRANT_ASSIGN(const auto bytes, only<std::string_view>(field, rule.name));
  if (rule.type == Type::message) return objectOf(rule.message, bytes);
  if (rule.type == Type::bytes) return Value(base::base64Encode(bytes));
  if (rule.type == Type::intOrString) return intOrStringOf(bytes);
  if (rule.type == Type::quantity || rule.type == Type::json) return wrapped(bytes, rule.type);
  if (rule.type == Type::text) return Value(bytes);
  return timeOf(bytes, rule.type == Type::microTime);
}

/// What Go's omitempty leaves out.
bool isEmpty(const Value& value) {
  return value.isNull() || value.boolean() == false || value.integer() == 0 || value.string() == "" ||
         (value.isObject() && value.members().empty());
}

/// One entry of a map: the key in field 1, the value in field 2.
Granted<Value> putEntry(Value map, const ProtobufField& rule, const net::WireField& field) {
  GRANT_ASSIGN(const auto entry, only<std::string_view>(field, rule.name));
  GRANT_ASSIGN(const auto keys, decoded(net::textsOf(entry, 1)));
  GRANT_ASSIGN(const auto values, decoded(net::textsOf(entry, 2)));
  const auto key = keys.empty() ? std::string_view() : keys.back();
  net::WireField value{2, values.empty() ? std::string_view() : values.back()};
  GRANT_ASSIGN(Value read, valueOf(rule, value));
  return std::move(map.set(key, std::move(read)));
}

Granted<Value> putField(Value object, const ProtobufField& rule, const net::WireField& field) {
  if (rule.map) {
    GRANT_ASSIGN(Value map, putEntry(object[rule.name], rule, field));
    return std::move(object.set(rule.name, std::move(map)));
  }
  GRANT_ASSIGN(Value value, valueOf(rule, field));
  if (rule.list) {
    object.at(rule.name).push(std::move(value));
  } else if (rule.name.empty()) {
    for (const auto& [name, member] : value.members()) object.set(name, member);
  } else if (rule.keeps || !isEmpty(value)) {
    object.set(rule.name, std::move(value));
  }
  return object;
}

Granted<Value> objectOf(std::string_view name, std::string_view message) {
  const auto* rules = protobufMessage(name);
  if (rules == nullptr) return refuse(unsupportedMediaType("application/json, application/yaml"));
  GRANT_ASSIGN(const auto fields, decoded(net::fieldsOf(message)));
  Value object = Value::object();
  for (const auto& field : fields) {
    const auto rule = rules->find(field.number);
    if (rule == rules->end()) {
      return refuse(undecodable(
          fmt::format("the API server of a rehearsal does not know field {} of {}: send the object "
                      "as JSON (kubectl apply -f)",
                      field.number, name)));
    }
    if (rule->second.ignored) continue;
    GRANT_ASSIGN(object, putField(std::move(object), rule->second, field));
  }
  return object;
}

std::string_view last(const std::vector<std::string_view>& texts) {
  return texts.empty() ? std::string_view() : texts.back();
}

}  // namespace

Granted<Value> readProtobuf(std::string_view body) {
  if (!body.starts_with(magic)) return refuse(undecodable(fmt::format("it does not begin as {}", mediaType)));
  body.remove_prefix(magic.size());
  GRANT_ASSIGN(const auto types, decoded(net::textsOf(body, 1)));
  GRANT_ASSIGN(const auto versions, decoded(net::textsOf(last(types), 1)));
  GRANT_ASSIGN(const auto kinds, decoded(net::textsOf(last(types), 2)));
  GRANT_ASSIGN(const auto raw, decoded(net::textsOf(body, 2)));
  GRANT_ASSIGN(const auto encoding, decoded(net::textsOf(body, 3)));
  if (!last(encoding).empty()) return refuse(unsupportedMediaType("application/json, application/yaml"));
  Value object = Value::object({{"kind", last(kinds)}, {"apiVersion", last(versions)}});
  GRANT_ASSIGN(const Value content, objectOf(last(kinds), last(raw)));
  for (const auto& [name, member] : content.members()) object.set(name, member);
  return object;
}

}  // namespace rehearsal
