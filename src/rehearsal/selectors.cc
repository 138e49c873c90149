#include "rehearsal/selectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace rehearsal {
namespace {

using json::Value;
using Is = Requirement::Is;

/// At the commas that are in no parentheses.
std::vector<std::string> clauses(std::string_view text) {
  std::vector<std::string> parts;
  int depth = 0;
  std::string part;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0) {
      parts.push_back(std::exchange(part, {}));
    } else {
      part += c;
    }
  }
  if (!base::trim(part).empty()) parts.push_back(part);
  return parts;
}

bool isName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./").find(c) != std::string_view::npos;
  });
}

std::optional<Requirement> setBased(std::string_view clause) {
  const auto open = clause.find('(');
  if (open == std::string_view::npos || clause.back() != ')') return std::nullopt;
  const std::string_view head = base::trim(clause.substr(0, open));
  const auto space = head.find_last_of(" \t");
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view word = head.substr(space + 1);
  if (word != "in" && word != "notin") return std::nullopt;
  Requirement made{std::string(base::trim(head.substr(0, space))), word == "in" ? Is::in : Is::notIn};
  for (const std::string& value : base::split(clause.substr(open + 1, clause.size() - open - 2), ','))
    made.values.emplace_back(base::trim(value));
  return made;
}

std::optional<Requirement> parseClause(std::string_view clause, bool ofLabels) {
  if (auto set = ofLabels ? setBased(clause) : std::nullopt) return set;
  for (const auto& [sign, is] :
       {std::pair("!=", Is::notIn), std::pair("==", Is::in), std::pair("=", Is::in)}) {
    const auto at = clause.find(sign);
    if (at == std::string_view::npos) continue;
    const std::string_view value = base::trim(clause.substr(at + std::string_view(sign).size()));
    return Requirement{std::string(base::trim(clause.substr(0, at))), is, {std::string(value)}};
  }
  if (!ofLabels) return std::nullopt;
  if (clause.starts_with('!')) return Requirement{std::string(base::trim(clause.substr(1))), Is::notThere};
  return Requirement{std::string(clause), Is::there};
}

Granted<std::vector<Requirement>> parseAll(std::string_view text, bool ofLabels) {
  std::vector<Requirement> all;
  for (const std::string& clause : clauses(text)) {
    auto made = parseClause(base::trim(clause), ofLabels);
    if (!made || !isName(made->name))
      return refuse(
          badRequest(fmt::format("unable to parse requirement: found '{}', expected: a selector as "
                                 "in name=value",
                                 base::trim(clause))));
    all.push_back(std::move(*made));
  }
  return all;
}

bool holds(const Requirement& requirement, std::optional<std::string_view> value) {
  const auto& values = requirement.values;
  const bool among = value && std::find(values.begin(), values.end(), *value) != values.end();
  switch (requirement.is) {
    case Is::in:
      return among;
    case Is::notIn:
      return !among;
    case Is::there:
      return value.has_value();
    case Is::notThere:
      return !value.has_value();
  }
  return false;
}

std::optional<std::string_view> labelOf(const Value& labels, const std::string& name) {
  return labels.has(name) ? std::optional(labels[name].text()) : std::nullopt;
}

/// A field's value as text, "" where there is none.
std::string fieldOf(const Value& object, const std::string& path) {
  const Value* at = &object;
  for (const std::string& part : base::split(path, '.')) at = &(*at)[part];
  if (at->isString()) return std::string(at->text());
  return at->isNull() ? std::string() : json::dump(*at);
}

Requirement ofExpression(const Value& expression) {
  const std::string_view op = expression["operator"].text();
  Requirement made{std::string(expression["key"].text()), op == "In"       ? Is::in
                                                          : op == "NotIn"  ? Is::notIn
                                                          : op == "Exists" ? Is::there
                                                                           : Is::notThere};
  for (const Value& value : expression["values"].items()) made.values.emplace_back(value.text());
  return made;
}

}  // namespace

Granted<Selector> Selector::parse(std::string_view labels, std::string_view fields) {
  Selector selector;
  GRANT_ASSIGN(selector.labels_, parseAll(labels, true));
  GRANT_ASSIGN(selector.fields_, parseAll(fields, false));
  return selector;
}

std::string Selector::name() const {
  const auto exact = std::find_if(fields_.begin(), fields_.end(), [](const Requirement& each) {
    return each.name == "metadata.name" && each.is == Is::in;
  });
  return exact == fields_.end() ? std::string() : exact->values.front();
}

bool Selector::matches(const Value& object) const {
  const Value& labels = object["metadata"]["labels"];
  return std::all_of(labels_.begin(), labels_.end(),
                     [&](const Requirement& each) { return holds(each, labelOf(labels, each.name)); }) &&
         std::all_of(fields_.begin(), fields_.end(), [&](const Requirement& each) {
           const std::string value = fieldOf(object, each.name);
           return holds(each, std::optional<std::string_view>(value));
         });
}

bool selectorMatches(const Value& selector, const Value& labels) {
  const auto& pairs = selector["matchLabels"].members();
  const auto& expressions = selector["matchExpressions"].items();
  return std::all_of(pairs.begin(), pairs.end(),
                     [&](const json::Member& pair) {
                       return labels.has(pair.first) && labels[pair.first] == pair.second;
                     }) &&
         std::all_of(expressions.begin(), expressions.end(), [&](const Value& expression) {
           const Requirement requirement = ofExpression(expression);
           return holds(requirement, labelOf(labels, requirement.name));
         });
}

}  // namespace rehearsal
