#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "json/value.h"
#include "mesh/observation_fields.h"
#include "trust/observation.h"

// The two directions of observation_json.h, in common parts. Internal to it.

namespace mesh {

/// The table of certificates, filled while writing.
class CertificatesOut {
 public:
  json::Value names(const trust::Certificates& certificates);
  [[nodiscard]] json::Value table() const;

 private:
  std::map<pki::Fingerprint, pki::Certificate> all_;
};

// One value of a field; those of an unknown alternative do not exist.
json::Value toJson(const std::string& text);
json::Value toJson(const std::vector<std::string>& texts);
json::Value toJson(const std::map<std::string, std::string>& dictionary);
json::Value toJson(base::Time time);
inline json::Value toJson(bool flag) {
  return flag;
}
inline json::Value toJson(std::int64_t number) {
  return number;
}

/// Typed access to a document: the first thing that is wrong is kept, with its place, and the rest reads as
/// empty.
class Reader {
 public:
  explicit Reader(const json::Value& document);

  // Each reads the member into its place.
  void read(const json::Value& object, std::string_view key, std::string& text);
  void read(const json::Value& object, std::string_view key, bool& flag);
  void read(const json::Value& object, std::string_view key, std::int64_t& number);
  void read(const json::Value& object, std::string_view key, base::Time& time);
  void read(const json::Value& object, std::string_view key, std::vector<std::string>& texts);
  void read(const json::Value& object, std::string_view key, std::map<std::string, std::string>& dictionary);
  /// Of names in the table.
  void read(const json::Value& object, std::string_view key, trust::Certificates& certificates);

  const json::Array& items(const json::Value& object, std::string_view key);
  const json::Value& object(const json::Value& parent, std::string_view key);
  /// One of a few words, by place.
  std::size_t oneOf(const json::Value& object, std::string_view key,
                    const std::vector<std::string_view>& words);

  void fail(std::string reason);
  [[nodiscard]] base::Status status() const;

 private:
  const json::Value& present(const json::Value& object, std::string_view key);

  std::map<pki::Fingerprint, pki::Certificate> table_;
  std::string wrong_;
};

/// Appends the plain fields of a part.
template <class T>
void writeFields(json::Value& object, const T& part, const Fields<T>& fields) {
  for (const auto& [key, field] : fields) {
    object.set(key, std::visit([&](auto member) { return toJson(part.*member); }, field));
  }
}
template <class T>
json::Value fieldsJson(const T& part) {
  auto object = json::Value::object();
  writeFields(object, part, fieldsOf(part));
  return object;
}

/// Reads them back.
template <class T>
void readFields(Reader& reader, const json::Value& object, T& part, const Fields<T>& fields) {
  for (const auto& [key, field] : fields) {
    std::visit([&, name = key](auto member) { reader.read(object, name, part.*member); }, field);
  }
}
template <class T>
void readFields(Reader& reader, const json::Value& object, T& part) {
  readFields(reader, object, part, fieldsOf(part));
}

}  // namespace mesh
