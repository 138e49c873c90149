#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "json/value.h"
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

/// Typed access to a document: the first thing that is wrong is kept, with its place, and the rest reads as
/// empty.
class Reader {
 public:
  explicit Reader(const json::Value& document);

  std::string text(const json::Value& object, std::string_view key);
  bool flag(const json::Value& object, std::string_view key);
  std::int64_t number(const json::Value& object, std::string_view key);
  base::Time time(const json::Value& object, std::string_view key);
  std::vector<std::string> texts(const json::Value& object, std::string_view key);
  std::map<std::string, std::string> dictionary(const json::Value& object, std::string_view key);
  const json::Array& items(const json::Value& object, std::string_view key);
  const json::Value& object(const json::Value& parent, std::string_view key);
  /// Of names in the table.
  trust::Certificates certificates(const json::Value& object, std::string_view key);
  trust::Unreadable unreadable(const json::Value& object);
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

json::Value unreadableJson(const trust::Unreadable& unreadable);

}  // namespace mesh
