#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "json/value.h"
#include "rehearsal/selectors.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// A watch on its way: events as lines of JSON, made where changes happen and taken where bytes are sent.
class Watch {
 public:
  struct Query {
    std::string group, plural, ns;
    Selector selector{};
    bool bookmarks = false;
    /// An object as the client wants to see it; `first` of this watch (a Table brings its columns then).
    std::function<json::Value(const json::Value& object, bool first)> show{};
  };
  explicit Watch(Query query) : query_(std::move(query)) {}

  /// The objects that are there, as added; with the bookmark that ends them if the client asked for it.
  void begin(const std::vector<const json::Value*>& objects, std::int64_t version, bool endMark);
  void tell(const Change& change);
  /// Where the store stands, so that a client can go on from there.
  void bookmark(std::int64_t version, const json::Value& kindOnly);
  /// Ends with an event of type ERROR.
  void fail(const json::Value& status);
  void end();

  /// The events since the last time; and whether there will be no more.
  std::string take();
  [[nodiscard]] bool ended() const;

 private:
  void add(std::string_view type, const json::Value& object);
  void addLine(const json::Value& event);

  Query query_;
  bool first_ = true;
  mutable std::mutex mutex_;
  std::string pending_;
  bool ended_ = false;
};

}  // namespace rehearsal
