#include "mesh/json_table.h"

#include <algorithm>

namespace mesh {

namespace {

using json::Value;

std::string named(std::string_view key) {
  return "\"" + std::string(key) + "\"";
}

}  // namespace

Value CertificatesOut::names(const trust::Certificates& certificates) {
  auto names = Value::array();
  for (const auto& certificate : certificates) {
    all_.emplace(certificate.fingerprint(), certificate);
    names.push(certificate.fingerprint());
  }
  return names;
}

Value CertificatesOut::table() const {
  auto table = Value::object();
  for (const auto& [fingerprint, certificate] : all_) {
    table.set(fingerprint, Value::object({{"subject", certificate.subject()},
                                          {"issuer", certificate.issuer()},
                                          {"serial", certificate.serial()},
                                          {"notBefore", base::formatTime(certificate.notBefore())},
                                          {"notAfter", base::formatTime(certificate.notAfter())},
                                          {"pem", certificate.pem()}}));
  }
  return table;
}

Value toJson(const std::string& text) {
  return text;
}

Value toJson(const std::vector<std::string>& texts) {
  auto array = Value::array();
  for (const auto& text : texts) array.push(text);
  return array;
}

Value toJson(const std::map<std::string, std::string>& dictionary) {
  auto object = Value::object();
  for (const auto& [name, value] : dictionary) object.set(name, value);
  return object;
}

Value toJson(base::Time time) {
  return base::formatTime(time);
}

Reader::Reader(const Value& document) {
  for (const auto& [fingerprint, entry] : object(document, "certificates").members()) {
    const auto certificate = pki::Certificate::fromPem(entry["pem"].text());
    if (!certificate) {
      fail("certificate " + fingerprint + ": " + base::describe(certificate.error()));
    } else if (certificate->fingerprint() != fingerprint) {
      fail("certificate " + fingerprint + " has the SHA-256 " + certificate->fingerprint());
    } else {
      table_.emplace(fingerprint, *certificate);
    }
  }
}

void Reader::fail(std::string reason) {
  if (wrong_.empty()) wrong_ = std::move(reason);
}

base::Status Reader::status() const {
  if (wrong_.empty()) return {};
  return base::fail({base::Kind::usage, "this is no observation that can be read", wrong_,
                     "write one with: status --save-observation FILE"});
}

const Value& Reader::present(const Value& object, std::string_view key) {
  if (!object.has(key)) fail(named(key) + " is missing");
  return object[key];
}

void Reader::read(const Value& object, std::string_view key, std::string& text) {
  const auto value = present(object, key).string();
  if (!value) fail(named(key) + " is not a string");
  text = value.value_or("");
}

void Reader::read(const Value& object, std::string_view key, bool& flag) {
  const auto value = present(object, key).boolean();
  if (!value) fail(named(key) + " is neither true nor false");
  flag = value.value_or(false);
}

void Reader::read(const Value& object, std::string_view key, std::int64_t& number) {
  const auto value = present(object, key).integer();
  if (!value) fail(named(key) + " is not a whole number");
  number = value.value_or(0);
}

void Reader::read(const Value& object, std::string_view key, base::Time& time) {
  std::string text;
  read(object, key, text);
  const auto value = base::parseTime(text);
  if (!value) fail(named(key) + ": " + base::describe(value.error()));
  time = value.value_or(base::Time{});
}

void Reader::read(const Value& object, std::string_view key, std::vector<std::string>& texts) {
  for (const auto& item : items(object, key)) {
    if (!item.isString()) fail(named(key) + " is not a list of strings");
    texts.emplace_back(item.text());
  }
}

void Reader::read(const Value& parent, std::string_view key, std::map<std::string, std::string>& dictionary) {
  for (const auto& [name, value] : object(parent, key).members()) {
    if (!value.isString()) fail(named(key) + " does not map to strings");
    dictionary[name] = value.text();
  }
}

void Reader::read(const Value& object, std::string_view key, trust::Certificates& certificates) {
  std::vector<std::string> names;
  read(object, key, names);
  for (const auto& name : names) {
    const auto found = table_.find(name);
    if (found == table_.end()) {
      fail(named(key) + " names a certificate that is not in the table: " + name);
    } else {
      certificates.push_back(found->second);
    }
  }
}

const json::Array& Reader::items(const Value& object, std::string_view key) {
  const auto& value = present(object, key);
  if (!value.isArray()) fail(named(key) + " is not a list");
  return value.items();
}

const Value& Reader::object(const Value& parent, std::string_view key) {
  const auto& value = present(parent, key);
  if (!value.isObject()) fail(named(key) + " is not an object");
  return value;
}

std::size_t Reader::oneOf(const Value& object, std::string_view key,
                          const std::vector<std::string_view>& words) {
  std::string word;
  read(object, key, word);
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return std::size_t(found - words.begin());
  fail(named(key) + " is \"" + word + "\"");
  return 0;
}

}  // namespace mesh
