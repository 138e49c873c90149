#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "rehearsal/refusal.h"

namespace rehearsal {

/// One requirement of a labelSelector or fieldSelector.
struct Requirement {
  enum class Is { in, notIn, there, notThere };
  std::string name;
  Is is = Is::in;
  std::vector<std::string> values{};
};

/// What a list or watch is restricted to.
class Selector {
 public:
  /// "app=web,tier!=db,env in (a,b),zone notin (c),x,!y" and "metadata.name=x,status.phase!=Running". 400 for
  /// what is neither.
  static Granted<Selector> parse(std::string_view labels, std::string_view fields);
  [[nodiscard]] bool matches(const json::Value& object) const;
  [[nodiscard]] bool empty() const { return labels_.empty() && fields_.empty(); }
  /// The one object that metadata.name=x asks for; "" if it asks for more.
  [[nodiscard]] std::string name() const;

 private:
  std::vector<Requirement> labels_, fields_;
};

/// Whether a label selector of an object (matchLabels, matchExpressions) holds for these labels.
bool selectorMatches(const json::Value& selector, const json::Value& labels);

}  // namespace rehearsal
