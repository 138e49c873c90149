#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace json {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
/// Members in the order in which they were written or read; keys are unique (the last one read wins).
using Object = std::vector<Member>;

/// A JSON document as a value. Reading never fails or asserts: what is missing or of another type reads as
/// null, as nullopt or as empty, so that a chain like pod["spec"]["containers"] is safe on anything a server
/// sends.
class Value {
 public:
  Value() = default;  // null
  Value(std::nullptr_t) {}
  Value(bool boolean) : data_(boolean) {}
  Value(int number) : data_(static_cast<std::int64_t>(number)) {}
  Value(std::int64_t number) : data_(number) {}
  Value(double number) : data_(number) {}
  Value(const char* text) : data_(std::string(text)) {}
  Value(std::string_view text) : data_(std::string(text)) {}
  Value(std::string text) : data_(std::move(text)) {}
  Value(Array array) : data_(std::move(array)) {}
  Value(Object object) : data_(std::move(object)) {}

  // Not inline: a variant's copying and moving is much code in each user, and g++ 12 warns of it falsely.
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();

  /// Object{} and Array{} as documents: Value::object({{"a", 1}}).
  static Value object(Object members = {}) { return Value(std::move(members)); }
  static Value array(Array items = {}) { return Value(std::move(items)); }

  [[nodiscard]] bool isNull() const { return std::holds_alternative<std::monostate>(data_); }
  [[nodiscard]] bool isObject() const { return std::holds_alternative<Object>(data_); }
  [[nodiscard]] bool isArray() const { return std::holds_alternative<Array>(data_); }
  [[nodiscard]] bool isString() const { return std::holds_alternative<std::string>(data_); }
  [[nodiscard]] bool isInteger() const {
    return std::holds_alternative<std::int64_t>(data_);
  }  // written as one

  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;  // a double with no fraction counts
  [[nodiscard]] std::optional<double> number() const;
  /// The text of a string; empty for anything else.
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] std::optional<std::string> string() const;  // nullopt unless a string
  /// Items of an array; empty for anything else.
  [[nodiscard]] const Array& items() const;
  /// The same, moved out of it.
  Array takeItems();
  /// Members of an object; empty for anything else.
  [[nodiscard]] const Object& members() const;

  /// The member, or null.
  const Value& operator[](std::string_view key) const;
  const Value& operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  [[nodiscard]] bool has(std::string_view key) const;

  /// Sets a member (at the end if new), turning anything but an object into an empty object first.
  Value& set(std::string_view key, Value value);
  /// The member for writing, created as null; turns anything but an object into an object first.
  Value& at(std::string_view key);
  void erase(std::string_view key);
  /// Appends, turning anything but an array into an empty array first.
  Value& push(Value value);

  bool operator==(const Value& other) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> data_;
};

struct Limits {
  std::size_t bytes = std::size_t{256} << 20;
  int depth = 64;
};

/// Strict JSON (UTF-8, one document). Hostile input is refused before RapidJSON sees it: documents that are
/// too large or too deep, and numbers of more than 64 characters or an exponent of more than 4 digits (Debian
/// 12's RapidJSON underflows on those, CVE-2024-38517). Integers beyond int64 become doubles. Errors:
/// Kind::failed, with the byte offset.
base::Result<Value> parse(std::string_view text, Limits limits = {});

/// Compact, or indented by two spaces; ends without a newline. Always JSON: wrong UTF-8 becomes U+FFFD,
/// infinity null.
std::string dump(const Value& value);
std::string dumpPretty(const Value& value);

}  // namespace json
