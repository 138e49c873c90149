#include "rehearsal/envoy.h"

#include <fmt/format.h>

#include "base/text.h"
#include "json/value.h"

namespace rehearsal {

namespace {

using json::Value;

constexpr std::string_view dumpType = "type.googleapis.com/envoy.admin.v3.SecretsConfigDump";
constexpr std::string_view secretType =
    "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

Value bytes(std::string_view content) {
  return Value::object({{"inline_bytes", base::base64Encode(content)}});
}

Value secretOf(std::string_view name, const std::string& version, const std::string& updated,
               std::string_view kind, Value content) {
  auto secret = Value::object({{"@type", secretType}, {"name", name}});
  secret.set(kind, std::move(content));
  return Value::object(
      {{"name", name}, {"version_info", version}, {"last_updated", updated}, {"secret", std::move(secret)}});
}

HttpAnswer jsonAnswer(const Value& value) {
  return {200, "application/json", json::dumpPretty(value) + "\n"};
}

Value configs(json::Array entries) {
  return Value::object({{"configs", std::move(entries)}});
}

}  // namespace

Envoy::Version Envoy::next(base::Time now, base::Millis fraction) {
  auto time = base::formatTime(now);
  auto version = fmt::format("{}/{}", time, ++updates_);
  time.insert(time.size() - 1, fmt::format(".{:03}", fraction.count() % 1000));
  return {std::move(version), std::move(time)};
}

void Envoy::take(SharedLeaf certificate, base::Time now, base::Millis fraction) {
  certificate_ = std::move(certificate);
  certificateVersion_ = next(now, fraction);
}

void Envoy::take(SharedRoots roots, base::Time now, base::Millis fraction) {
  roots_ = std::move(roots);
  rootsVersion_ = next(now, fraction);
}

HttpAnswer Envoy::get(std::string_view path) const {
  const auto question = path.find('?');
  const auto name = path.substr(0, question);
  const auto query = question == std::string_view::npos ? std::string_view() : path.substr(question + 1);
  if (name == "/ready")
    return complete() ? HttpAnswer{200, "text/plain", "LIVE\n"}
                      : HttpAnswer{503, "text/plain", "PRE_INITIALIZING\n"};
  if (name != "/config_dump")
    return {404, "text/plain; charset=UTF-8",
            "invalid path. admin commands are:\n  /config_dump\n  /ready\n"};

  json::Array active, warming;
  const auto redacted = bytes("[redacted]");  // envoy: source/common/protobuf/utility.cc
  if (certificate_) {
    active.push_back(secretOf(
        "default", certificateVersion_.version, certificateVersion_.updated, "tls_certificate",
        Value::object({{"certificate_chain", bytes(certificate_->pem())}, {"private_key", redacted}})));
  } else {
    warming.push_back(Value::object({{"name", "default"}}));
  }
  if (roots_) {
    active.push_back(secretOf("ROOTCA", rootsVersion_.version, rootsVersion_.updated, "validation_context",
                              Value::object({{"trusted_ca", bytes(roots_->pem)}})));
  } else {
    warming.push_back(Value::object({{"name", "ROOTCA"}}));
  }
  if (query == "resource=dynamic_active_secrets") {
    for (auto& entry : active) {
      auto typed = Value::object({{"@type", std::string(dumpType) + ".DynamicSecret"}});
      for (const auto& [key, value] : entry.members()) typed.set(key, value);
      entry = std::move(typed);
    }
    return jsonAnswer(configs(std::move(active)));
  }
  auto dump = Value::object({{"@type", dumpType}});
  if (!active.empty()) dump.set("dynamic_active_secrets", std::move(active));
  if (!warming.empty()) dump.set("dynamic_warming_secrets", std::move(warming));
  return jsonAnswer(configs({std::move(dump)}));
}

}  // namespace rehearsal
