#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <limits>
#include <unordered_map>

#include "json/prescan.h"
#include "json/rapidjson.h"
#include "json/utf8.h"
#include "json/value.h"

namespace json {

namespace {

/// Keeps the last value of each key, in the place of the first; linear for large objects.
void dropDuplicates(Object& members) {
  const auto isUnique = [&](std::size_t size) {
    for (std::size_t i = 1; i < size; ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (members[i].first == members[j].first) return false;
    return true;
  };
  constexpr std::size_t small = 12;
  if (members.size() <= small && isUnique(members.size())) return;

  std::unordered_map<std::string, std::size_t> places(members.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto [place, isNew] = places.try_emplace(members[i].first, kept);
    if (!isNew) {
      members[place->second].second = std::move(members[i].second);
    } else {
      if (kept != i) members[kept] = std::move(members[i]);
      ++kept;
    }
  }
  members.erase(members.begin() + std::ptrdiff_t(kept), members.end());
}

/// RapidJSON takes a lone low surrogate (\ude00) and makes of it what is not UTF-8; as in Go, it becomes
/// U+FFFD. Such characters start with ED, which the CJK and Hangul of real texts do only rarely.
std::string wellFormed(const char* text, rapidjson::SizeType size) {
  std::string scratch;
  if (std::memchr(text, 0xED, size) == nullptr) return {text, size};
  return std::string(asUtf8({text, size}, scratch));
}

/// RapidJSON's events into a Value.
class Builder {
 public:
  bool Null() { return put(Value()); }
  bool Bool(bool value) { return put(value); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) { return number({text, size}); }
  // Not called, for numbers come as they are written (kParseNumbersAsStringsFlag).
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) { return put(wellFormed(text, size)); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    open_[depth_ - 1].members.emplace_back(wellFormed(text, size), Value());
    return true;
  }
  bool StartObject() { return start(true); }
  bool StartArray() { return start(false); }
  bool EndObject(rapidjson::SizeType) {
    Object members = takeAll(open_[--depth_].members);
    dropDuplicates(members);
    return put(std::move(members));
  }
  bool EndArray(rapidjson::SizeType) { return put(takeAll(open_[--depth_].items)); }
  Value take() { return std::move(root_); }

 private:
  /// Grows with what is read into it, and is used again for the next one at its depth.
  struct Container {
    bool isObject = false;
    Object members{};
    Array items{};
  };

  template <class Items>
  static Items takeAll(Items& from) {
    Items all(std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    from.clear();
    return all;
  }

  bool start(bool isObject) {
    if (depth_ == open_.size()) open_.emplace_back();
    open_[depth_++].isObject = isObject;
    return true;
  }
  /// RapidJSON's own conversion makes NaN of 1.9e308, for one.
  bool number(std::string_view text) {
    const char* end = text.data() + text.size();
    std::int64_t whole = 0;
    const auto [wholeEnd, wholeError] = std::from_chars(text.data(), end, whole);
    if (wholeEnd == end && wholeError == std::errc()) return put(whole);
    double value = 0;
    if (std::from_chars(text.data(), end, value).ec == std::errc()) return put(value);
    // Out of range: too large, or so small that it is zero.
    return std::abs(std::strtod(std::string(text).c_str(), nullptr)) < 1 && put(0.0);
  }
  bool put(Value value) {
    if (depth_ == 0) {
      root_ = std::move(value);
    } else if (Container& inner = open_[depth_ - 1]; inner.isObject) {
      inner.members.back().second = std::move(value);
    } else {
      inner.items.push_back(std::move(value));
    }
    return true;
  }

  std::vector<Container> open_;
  std::size_t depth_ = 0;
  Value root_;
};

tl::unexpected<base::Error> refusal(std::size_t offset, std::string_view why) {
  return base::fail(
      {.message = fmt::format("not acceptable as JSON at byte {}", offset), .reason = std::string(why)});
}

}  // namespace

base::Result<Value> parse(std::string_view text, Limits limits) {
  if (text.size() > limits.bytes) {
    return base::fail({.message = "the JSON document is too large",
                       .reason = fmt::format("it has {} bytes, the limit is {}", text.size(), limits.bytes)});
  }
  if (const auto hostility = findHostility(text, limits)) return refusal(hostility->offset, hostility->what);

  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  Builder builder;
  try {
    // ASCII, as nearly all is, needs no look at each character.
    const auto result = asciiLength(text) == text.size()
                            ? reader.Parse<flags>(stream, builder)
                            : reader.Parse<flags | rapidjson::kParseValidateEncodingFlag>(stream, builder);
    const bool isTooLarge = result.Code() == rapidjson::kParseErrorTermination ||
                            result.Code() == rapidjson::kParseErrorNumberTooBig;
    if (isTooLarge) return refusal(result.Offset(), "a number too large for a double");
    if (result.IsError()) return refusal(result.Offset(), rapidjson::GetParseError_En(result.Code()));
  } catch (const AssertError& bug) {
    return refusal(stream.Tell(), bug.what());
  }
  // RapidJSON takes a zero byte for the end.
  if (stream.Tell() != text.size()) return refusal(stream.Tell(), "a zero byte");
  return builder.take();
}

}  // namespace json
