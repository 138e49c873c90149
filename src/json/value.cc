#include "json/value.h"

#include <utility>

#include <algorithm>
#include <cmath>

namespace json {

namespace {

const Value nothing;
const Array noItems;
const Object noMembers;

template <class Members>
auto find(Members& members, std::string_view key) {
  return std::find_if(members.begin(), members.end(),
                      [&](const Member& member) { return member.first == key; });
}

}  // namespace

Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

bool Value::operator==(const Value& other) const {
  if (!isObject() || !other.isObject()) return data_ == other.data_;
  const Object& one = std::get<Object>(data_);
  const Object& two = std::get<Object>(other.data_);
  if (one.size() != two.size()) return false;
  for (std::size_t i = 0; i < one.size(); ++i) {
    const auto& [name, value] = one[i];
    const bool inOrder = two[i].first == name;  // nearly always
    const auto found = inOrder ? two.begin() + std::ptrdiff_t(i) : find(two, name);
    if (found == two.end() || !(found->second == value)) return false;
  }
  return true;
}

std::optional<bool> Value::boolean() const {
  if (const bool* value = std::get_if<bool>(&data_)) return *value;
  return std::nullopt;
}

std::optional<std::int64_t> Value::integer() const {
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return *value;
  const double* value = std::get_if<double>(&data_);
  // -2^63 is a double, 2^63-1 is not: hence < 2^63.
  if (value == nullptr || *value < -0x1p63 || *value >= 0x1p63 || std::trunc(*value) != *value)
    return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

std::optional<double> Value::number() const {
  if (const double* value = std::get_if<double>(&data_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*value);
  return std::nullopt;
}

std::string_view Value::text() const {
  const auto* value = std::get_if<std::string>(&data_);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

std::optional<std::string> Value::string() const {
  if (const auto* value = std::get_if<std::string>(&data_)) return *value;
  return std::nullopt;
}

const Array& Value::items() const {
  const auto* value = std::get_if<Array>(&data_);
  return value == nullptr ? noItems : *value;
}

Array Value::takeItems() {
  auto* value = std::get_if<Array>(&data_);
  return value == nullptr ? Array() : std::exchange(*value, {});
}

const Object& Value::members() const {
  const auto* value = std::get_if<Object>(&data_);
  return value == nullptr ? noMembers : *value;
}

const Value& Value::operator[](std::string_view key) const {
  const auto& all = members();
  const auto member = find(all, key);
  return member == all.end() ? nothing : member->second;
}

bool Value::has(std::string_view key) const {
  const auto& all = members();
  return find(all, key) != all.end();
}

Value& Value::set(std::string_view key, Value value) {
  at(key) = std::move(value);
  return *this;
}

Value& Value::at(std::string_view key) {
  if (!isObject()) data_ = Object();
  auto& all = std::get<Object>(data_);
  const auto member = find(all, key);
  if (member != all.end()) return member->second;
  return all.emplace_back(std::string(key), Value()).second;
}

void Value::erase(std::string_view key) {
  if (auto* all = std::get_if<Object>(&data_)) {
    const auto member = find(*all, key);
    if (member != all->end()) all->erase(member);
  }
}

Value& Value::push(Value value) {
  if (!isArray()) data_ = Array();
  std::get<Array>(data_).push_back(std::move(value));
  return *this;
}

}  // namespace json
