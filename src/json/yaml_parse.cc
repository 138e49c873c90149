#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <map>
#include <set>
#include <streambuf>

#include "json/utf8.h"
#include "json/yaml.h"
#include "json/yaml_scalar.h"

namespace json {

namespace {

constexpr std::size_t deepest = 64;
constexpr std::size_t largestExpansion = std::size_t{16} << 20;  // bytes that aliases may add

/// About how many bytes a copy takes.
std::size_t weight(const Value& value) {
  std::size_t total = sizeof(Value) + value.text().size();
  for (const auto& item : value.items()) total += weight(item);
  for (const auto& [key, member] : value.members()) total += sizeof(Member) + key.size() + weight(member);
  return total;
}

/// How many levels of containers it has.
std::size_t height(const Value& value) {
  std::size_t tallest = 0;
  for (const auto& item : value.items()) tallest = std::max(tallest, height(item));
  for (const auto& [key, member] : value.members()) tallest = std::max(tallest, height(member));
  return value.isArray() || value.isObject() ? tallest + 1 : 0;
}

/// yaml-cpp's events into a Value. Refuses by throwing what yaml-cpp itself throws; parseYaml catches both.
class YamlBuilder final : public YAML::EventHandler {
 public:
  Value take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override { root_ = Value(); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    scalar(mark, anchor, Value(), "null", false);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    scalar(mark, anchor, resolve(mark, tag, text), text, tag == "?" && text == "<<");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) refuse(mark, "an alias inside of what it stands for");
    count(mark, known->second.weight);
    if (open_.size() + height(known->second.value) > deepest) refuse(mark, "nesting too deep");
    put(mark, known->second.value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, Array(), anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, Object(), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Container {
    YAML::Mark mark;
    YAML::anchor_t anchor;
    std::variant<Array, Object> content;
    std::set<std::string> keys{};
    bool awaitsValue = false;  // of the last member
    bool awaitsMerge = false;  // whose key is a plain "<<"
    std::vector<Object> merged{};
  };
  struct Anchor {
    Value value;
    std::size_t weight;
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, const std::string& what) {
    throw YAML::ParserException(mark, what);
  }

  static Value resolve(const YAML::Mark& mark, const std::string& tag, const std::string& text) {
    constexpr std::string_view core = "tag:yaml.org,2002:";
    if (tag == "!" || tag == std::string(core) + "str")
      return Value(text);  // "!" is what yaml-cpp gives quoted ones
    if (tag.empty() || tag == "?") return resolvePlain(text);
    for (const char* name : {"null", "bool", "int", "float"})
      if (tag == std::string(core) + name) return resolvePlain(text);
    refuse(mark, "the unknown tag " + tag);
  }

  void open(const YAML::Mark& mark, std::variant<Array, Object> content, YAML::anchor_t anchor) {
    if (open_.size() >= deepest) refuse(mark, "nesting too deep");
    if (isKeyNext()) refuse(mark, "a key that is not a scalar");
    open_.push_back({mark, anchor, std::move(content)});
  }

  void close() {
    Container container = std::move(open_.back());
    open_.pop_back();
    Value value;
    if (auto* items = std::get_if<Array>(&container.content)) {
      value = std::move(*items);
    } else {
      auto& members = std::get<Object>(container.content);
      for (auto& object : container.merged)
        for (auto& member : object)
          if (container.keys.insert(member.first).second) members.push_back(std::move(member));
      value = std::move(members);
    }
    finish(container.mark, container.anchor, std::move(value));
  }

  void scalar(const YAML::Mark& mark, YAML::anchor_t anchor, Value value, const std::string& text,
              bool isMerge) {
    if (isKeyNext() && isMerge) {
      open_.back().awaitsValue = open_.back().awaitsMerge = true;
    } else if (isKeyNext()) {
      key(mark, text);
      if (anchor != 0) remember(mark, anchor, value);
    } else {
      finish(mark, anchor, std::move(value));
    }
  }

  void finish(const YAML::Mark& mark, YAML::anchor_t anchor, Value value) {
    if (anchor != 0) remember(mark, anchor, value);
    put(mark, std::move(value));
  }

  void remember(const YAML::Mark& mark, YAML::anchor_t anchor, const Value& value) {
    const auto size = weight(value);
    count(mark, size);
    anchors_.insert_or_assign(anchor, Anchor{value, size});
  }

  /// Bounds what copies may add up to.
  void count(const YAML::Mark& mark, std::size_t size) {
    expanded_ += size;
    if (expanded_ > largestExpansion) refuse(mark, "aliases that expand to too much");
  }

  [[nodiscard]] bool isKeyNext() const {
    return !open_.empty() && std::holds_alternative<Object>(open_.back().content) &&
           !open_.back().awaitsValue;
  }

  void key(const YAML::Mark& mark, const std::string& text) {
    auto& map = open_.back();
    auto& members = std::get<Object>(map.content);
    if (!map.keys.insert(text).second) refuse(mark, "the key '" + text.substr(0, 64) + "' again");
    members.emplace_back(text, Value());
    map.awaitsValue = true;
  }

  void put(const YAML::Mark& mark, Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* items = std::get_if<Array>(&open_.back().content)) {
      items->push_back(std::move(value));
    } else if (isKeyNext()) {  // an alias
      if (!value.isString()) refuse(mark, "a key that is not a scalar");
      key(mark, std::string(value.text()));
    } else {
      auto& map = open_.back();
      map.awaitsValue = false;
      if (std::exchange(map.awaitsMerge, false)) {
        merge(mark, map, std::move(value));
      } else {
        std::get<Object>(map.content).back().second = std::move(value);
      }
    }
  }

  /// "<<: *defaults" or "<<: [*a, *b]": members that the map does not have itself (YAML 1.1, as Go's readers
  /// do it).
  static void merge(const YAML::Mark& mark, Container& map, Value value) {
    if (!value.isArray() && !value.isObject()) refuse(mark, "'<<' with something else than mappings");
    const Array sources = value.isObject() ? Array{std::move(value)} : value.items();
    for (const auto& source : sources) {
      if (!source.isObject()) refuse(mark, "'<<' with something else than mappings");
      map.merged.push_back(source.members());
    }
  }

  std::vector<Container> open_;
  std::map<YAML::anchor_t, Anchor> anchors_;
  std::size_t expanded_ = 0;
  Value root_;
};

/// A stream over borrowed bytes.
class Bytes final : public std::streambuf {
 public:
  explicit Bytes(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // never written through: there is only a get area
    setg(begin, begin, begin + text.size());
  }
};

tl::unexpected<base::Error> refusal(std::string where, std::string why) {
  return base::fail(
      {.kind = base::Kind::usage, .message = "not acceptable as YAML" + where, .reason = std::move(why)});
}

}  // namespace

base::Result<Value> parseYaml(std::string_view text) {
  std::string scratch;
  if (asUtf8(text, scratch).data() != text.data()) return refusal("", "it is not UTF-8");
  // YAML has none of them, and yaml-cpp takes 04 for the end: what follows would be ignored.
  const bool hasControl = std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
  });
  if (hasControl) return refusal("", "it holds a control character");
  Bytes bytes(text);
  std::istream stream(&bytes);
  try {
    YAML::Parser parser(stream);
    YamlBuilder builder;
    if (!parser.HandleNextDocument(builder)) return Value();
    Value value = builder.take();
    YamlBuilder next;
    if (parser.HandleNextDocument(next) && !next.take().isNull())
      return refusal("", "there is more than one document");
    return value;
  } catch (const YAML::Exception& error) {
    if (error.mark.is_null()) return refusal("", error.msg);
    return refusal(fmt::format(" at line {}, column {}", error.mark.line + 1, error.mark.column + 1),
                   error.msg);
  } catch (const std::exception& error) {  // what yaml-cpp's own containers throw
    return refusal("", error.what());
  }
}

}  // namespace json
