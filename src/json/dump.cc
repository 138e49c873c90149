#include <cmath>

#include "json/rapidjson.h"
#include "json/utf8.h"
#include "json/value.h"

namespace json {

namespace {

/// Writes a document with a stack of its own, so that no depth can overflow ours.
template <class Writer>
class Dumper {
 public:
  explicit Dumper(rapidjson::StringBuffer& out) : writer_(out) {}

  void dump(const Value& root) {
    begin(root);
    while (!open_.empty()) {
      auto& [container, next] = open_.back();
      const bool isObject = container->isObject();
      const std::size_t size = isObject ? container->members().size() : container->items().size();
      if (next == size) {
        isObject ? writer_.EndObject() : writer_.EndArray();
        open_.pop_back();
      } else if (isObject) {
        const Member& member = container->members()[next++];
        const auto key = asUtf8(member.first, scratch_);
        writer_.Key(key.data(), rapidjson::SizeType(key.size()));
        begin(member.second);
      } else {
        begin(container->items()[next++]);
      }
    }
  }

  Writer& writer() { return writer_; }

 private:
  void begin(const Value& value) {
    if (value.isObject() || value.isArray()) {
      value.isObject() ? writer_.StartObject() : writer_.StartArray();
      open_.emplace_back(&value, 0);
    } else {
      scalar(value);
    }
  }

  void scalar(const Value& value) {
    if (const auto boolean = value.boolean()) {
      writer_.Bool(*boolean);
    } else if (value.isString()) {
      const auto text = asUtf8(value.text(), scratch_);
      writer_.String(text.data(), rapidjson::SizeType(text.size()));
    } else if (value.isInteger()) {
      writer_.Int64(*value.integer());
    } else if (const auto number = value.number(); number && std::isfinite(*number)) {
      writer_.Double(*number);
    } else {
      writer_.Null();  // JSON has no infinity
    }
  }

  Writer writer_;
  std::vector<std::pair<const Value*, std::size_t>> open_;
  std::string scratch_;
};

}  // namespace

std::string dump(const Value& value) {
  rapidjson::StringBuffer out;
  Dumper<rapidjson::Writer<rapidjson::StringBuffer>>(out).dump(value);
  return {out.GetString(), out.GetSize()};
}

std::string dumpPretty(const Value& value) {
  rapidjson::StringBuffer out;
  Dumper<rapidjson::PrettyWriter<rapidjson::StringBuffer>> dumper(out);
  dumper.writer().SetIndent(' ', 2);
  dumper.dump(value);
  return {out.GetString(), out.GetSize()};
}

}  // namespace json
