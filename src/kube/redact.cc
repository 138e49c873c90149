#include "kube/redact.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "json/yaml.h"
#include "kube/asked.h"

namespace kube {
namespace {

constexpr std::string_view lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/// Whether the strings below are a Secret's values, and in which coding.
enum class Values { plain, secretText, secretBase64 };

bool namesKey(std::string_view name) {
  return name == lastApplied || name.ends_with("key.pem") || name.ends_with("tls.key") ||
         name.ends_with(".key");
}

bool holdsKey(std::string_view text) {
  if (text.find("PRIVATE KEY") != text.npos) return true;
  const auto decoded = base::base64Decode(text);
  return decoded && decoded->find("PRIVATE KEY") != std::string::npos;
}

json::Value hidden(std::size_t bytes) {
  return fmt::format("<hidden: {}>", base::plural(bytes, "byte", "bytes"));
}

json::Value hiddenValue(const json::Value& value, bool base64) {
  if (value.isNull()) return value;  // a merge patch takes the member away: nothing to hide
  if (!value.isString()) return hidden(json::dump(value).size());
  const auto decoded = base64 ? base::base64Decode(value.text()) : std::nullopt;
  return hidden(decoded ? decoded->size() : value.text().size());
}

/// Nothing but certificates and the space between them.
bool isCertificates(std::string_view text) {
  constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE-----";
  text = base::trim(text);
  if (text.empty()) return false;
  while (!text.empty()) {
    const std::size_t stop = text.find(end);
    if (!text.starts_with(begin) || stop == text.npos) return false;
    const std::string_view block = text.substr(begin.size(), stop - begin.size());
    if (block.find_first_of("-:") != block.npos) return false;  // another block, or headers, inside
    text = base::trim(text.substr(stop + end.size()));
  }
  return true;
}

/// A value of a Secret: the certificates that it holds, or how long it is.
json::Value secretValue(const json::Value& value, bool base64) {
  if (!value.isString()) return hiddenValue(value, base64);
  if (value.text().empty()) return value;
  auto plain = base64 ? base::base64Decode(value.text()) : value.string();
  if (plain && isCertificates(*plain)) return std::move(*plain);
  return hiddenValue(value, base64);
}

Values below(std::string_view name) {
  if (name == "data" || name == "binaryData") return Values::secretBase64;
  return name == "stringData" ? Values::secretText : Values::plain;
}

json::Value redact(const json::Value& value, bool ofSecret);

json::Value redactMember(std::string_view name, const json::Value& value, bool ofSecret) {
  if (namesKey(name)) return hiddenValue(value, true);
  const Values values = ofSecret ? below(name) : Values::plain;
  if (values == Values::plain) return redact(value, ofSecret);
  if (!value.isObject()) return secretValue(value, values == Values::secretBase64);
  json::Value out = json::Value::object();
  for (const auto& [key, member] : value.members())
    out.set(key, namesKey(key) ? hiddenValue(member, values == Values::secretBase64)
                               : secretValue(member, values == Values::secretBase64));
  return out;
}

json::Value redact(const json::Value& value, bool ofSecret) {
  if (value.isObject()) {
    json::Value out = json::Value::object();
    const bool secret = ofSecret || value["kind"].text() == "Secret";
    for (const auto& [name, member] : value.members()) out.set(name, redactMember(name, member, secret));
    return out;
  }
  if (value.isArray()) {
    json::Value out = json::Value::array();
    for (const json::Value& item : value.items()) out.push(redact(item, ofSecret));
    return out;
  }
  return holdsKey(value.text()) ? hiddenValue(value, true) : value;
}

/// The reference tokens of a JSON pointer (RFC 6901).
std::vector<std::string> tokens(std::string_view pointer) {
  std::vector<std::string> out = base::split(pointer, '/');
  if (!out.empty()) out.erase(out.begin());
  for (std::string& token : out) {
    for (std::size_t at = 0; (at = token.find("~1", at)) != std::string::npos; ++at)
      token.replace(at, 2, "/");
    for (std::size_t at = 0; (at = token.find("~0", at)) != std::string::npos; ++at)
      token.replace(at, 2, "~");
  }
  return out;
}

json::Value redactOperation(const json::Value& operation, bool ofSecret) {
  json::Value out = operation;
  if (!operation.has("value")) return out;
  const json::Value& value = operation["value"];
  const std::vector<std::string> path = tokens(operation["path"].text());
  if (path.empty()) {
    out.set("value", redact(value, ofSecret));
  } else if (const Values values = ofSecret ? below(path.front()) : Values::plain;
             values != Values::plain && path.size() > 1) {
    const bool base64 = values == Values::secretBase64;
    out.set("value", namesKey(path.back()) ? hiddenValue(value, base64) : secretValue(value, base64));
  } else {
    out.set("value", redactMember(path.back(), value, ofSecret));
  }
  return out;
}

}  // namespace

json::Value redacted(const Write& write) {
  const bool ofSecret = askedOf(write.method, write.path).resource == secrets.plural;
  if (!write.contentType.starts_with("application/json-patch")) return redact(write.body, ofSecret);
  json::Value out = json::Value::array();
  for (const json::Value& operation : write.body.items()) out.push(redactOperation(operation, ofSecret));
  return out;
}

json::Value redactedAnswer(const json::Value& body) {
  return redact(body, false);
}

std::string describe(const Write& write) {
  return fmt::format("{} {}\nContent-Type: {}\n\n{}", write.method, write.path, write.contentType,
                     json::dumpYaml(redacted(write)));
}

}  // namespace kube
