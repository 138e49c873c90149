#include <algorithm>

#include "rotate/entry.h"

namespace rotate {

namespace {

using json::Value;

Value number(std::size_t value) {
  return static_cast<std::int64_t>(value);
}

std::size_t number(const Value& value) {
  return static_cast<std::size_t>(std::max<std::int64_t>(0, value.integer().value_or(0)));
}

std::string text(const Value& value) {
  return std::string(value.text());
}

Value toJson(const Named& certificate) {
  return Value::object({{"subject", certificate.name}, {"sha256", certificate.fingerprint}});
}

Value toJson(const std::vector<Share>& shares) {
  auto list = Value::array();
  for (const auto& share : shares) {
    list.push(Value::object(
        {{"certificates", rotate::toJson(share.certificates)}, {"proxies", number(share.proxies)}}));
  }
  return list;
}

Value toJson(const std::vector<std::string>& texts) {
  auto list = Value::array();
  for (const auto& each : texts) list.push(each);
  return list;
}

/// Members that say nothing are left out: an entry is kept a hundred times over.
void setIf(Value& object, std::string_view key, const std::string& value) {
  if (!value.empty()) object.set(key, value);
}
void setIf(Value& object, std::string_view key, Value list) {
  if (!list.items().empty()) object.set(key, std::move(list));
}

Named readNamed(const Value& value) {
  return {text(value["subject"]), text(value["sha256"])};
}

template <class T, class Read>
std::vector<T> all(const Value& list, Read read) {
  std::vector<T> items;
  for (const auto& item : list.items()) items.push_back(read(item));
  return items;
}

std::optional<Named> optionalNamed(const Value& value) {
  return value.isObject() ? std::optional(readNamed(value)) : std::nullopt;
}

Share share(const Value& value) {
  return {all<Named>(value["certificates"], readNamed), number(value["proxies"])};
}

Proven proven(const Value& value) {
  return {text(value["predicate"]), number(value["holds"]), number(value["of"]),
          value["yes"].boolean().value_or(true), all<std::string>(value["waived"], text)};
}

Written written(const Value& value) {
  return {text(value["request"]), text(value["resourceVersion"])};
}

MeshState state(const Value& value) {
  MeshState state{text(value["stage"])};
  state.server = text(value["server"]);
  state.oldRoots = all<Named>(value["oldRoots"], readNamed);
  state.newRoot = optionalNamed(value["newRoot"]);
  state.signer = optionalNamed(value["signer"]);
  state.secret = text(value["secret"]);
  state.secretVersion = text(value["secretVersion"]);
  state.bundle = all<Named>(value["bundle"], readNamed);
  state.istiods = number(value["istiods"]);
  state.proxies = number(value["proxies"]);
  state.unread = number(value["unreadProxies"]);
  state.presented = all<Share>(value["presented"], share);
  state.trusted = all<Share>(value["trusted"], share);
  return state;
}

}  // namespace

Value toJson(const std::vector<Named>& certificates) {
  auto list = Value::array();
  for (const auto& certificate : certificates) list.push(toJson(certificate));
  return list;
}

Value toJson(const std::vector<Proven>& proven) {
  auto list = Value::array();
  for (const auto& each : proven) {
    auto item = Value::object(
        {{"predicate", each.predicate}, {"holds", number(each.holds)}, {"of", number(each.of)}});
    if (!each.yes) item.set("yes", false);
    setIf(item, "waived", toJson(each.waived));
    list.push(std::move(item));
  }
  return list;
}

Value toJson(const std::vector<Written>& written) {
  auto list = Value::array();
  for (const auto& each : written) {
    auto item = Value::object({{"request", each.request}});
    setIf(item, "resourceVersion", each.resourceVersion);
    list.push(std::move(item));
  }
  return list;
}

Value toJson(const MeshState& state) {
  auto value = Value::object({{"stage", state.stage}});
  setIf(value, "server", state.server);
  value.set("oldRoots", toJson(state.oldRoots));
  value.set("newRoot", state.newRoot ? toJson(*state.newRoot) : Value());
  value.set("signer", state.signer ? toJson(*state.signer) : Value());
  setIf(value, "secret", state.secret);
  setIf(value, "secretVersion", state.secretVersion);
  value.set("bundle", toJson(state.bundle));
  value.set("istiods", number(state.istiods));
  value.set("proxies", number(state.proxies));
  value.set("unreadProxies", number(state.unread));
  value.set("presented", toJson(state.presented));
  value.set("trusted", toJson(state.trusted));
  return value;
}

Value toJson(const Entry& entry) {
  auto value = Value::object({{"event", name(entry.event)}, {"time", entry.time}, {"run", entry.run}});
  setIf(value, "who", entry.who);
  setIf(value, "kubeUser", entry.kubeUser);
  setIf(value, "command", entry.command);
  setIf(value, "stage", entry.stage);
  setIf(value, "step", entry.step);
  setIf(value, "text", entry.text);
  setIf(value, "proven", toJson(entry.proven));
  setIf(value, "waivers", toJson(entry.waivers));
  setIf(value, "written", toJson(entry.written));
  if (entry.mesh) value.set("mesh", toJson(*entry.mesh));
  if (entry.complete) value.set("complete", true);
  return value;
}

std::optional<Entry> entryFromJson(const Value& value) {
  Entry entry;
  bool known = false;
  for (const auto event : {Event::began, Event::waived, Event::gate, Event::writing, Event::wrote,
                           Event::failed, Event::arrived, Event::stopped, Event::ended}) {
    if (name(event) != value["event"].text()) continue;
    entry.event = event;
    known = true;
  }
  if (!known) return std::nullopt;
  entry.time = text(value["time"]);
  entry.run = text(value["run"]);
  entry.who = text(value["who"]);
  entry.kubeUser = text(value["kubeUser"]);
  entry.command = text(value["command"]);
  entry.stage = text(value["stage"]);
  entry.step = text(value["step"]);
  entry.text = text(value["text"]);
  entry.proven = all<Proven>(value["proven"], proven);
  entry.waivers = all<std::string>(value["waivers"], text);
  entry.written = all<Written>(value["written"], written);
  if (value["mesh"].isObject()) entry.mesh = state(value["mesh"]);
  entry.complete = value["complete"].boolean().value_or(false);
  return entry;
}

}  // namespace rotate
