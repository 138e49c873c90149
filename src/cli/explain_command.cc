#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "cli/print.h"
#include "cli/topics.h"
#include "doctor/hazards.h"
#include "ui/output.h"
#include "ui/text.h"

namespace cli {

namespace {

constexpr std::size_t usualWidth = 100;

/// A finding's row of the table, as a topic.
Topic ofHazard(const doctor::Hazard& hazard) {
  return {"finding",
          std::string(hazard.code),
          std::string(hazard.title),
          {{"severity", std::string(doctor::name(hazard.severity))},
           {"group", std::string(doctor::groupOf(hazard).title)},
           {"why", std::string(hazard.why)},
           {"do", std::string(hazard.remedy)}}};
}

std::vector<Topic> everything() {
  auto all = topics();
  std::vector<Topic> findings;
  for (const auto& hazard : doctor::hazards()) findings.push_back(ofHazard(hazard));
  all.insert(all.end(), findings.begin(), findings.end());
  return all;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

base::Result<std::vector<Topic>> chosen(const Options& options, const std::string& program) {
  const auto all = everything();
  if (options.words().empty()) return all;
  std::vector<Topic> found;
  for (const auto& word : options.words()) {
    const auto topic = std::find_if(all.begin(), all.end(),
                                    [&](const Topic& each) { return lower(each.name) == lower(word); });
    if (topic != all.end()) {
      found.push_back(*topic);
      continue;
    }
    std::vector<std::string> names;
    for (const auto& each : all) names.push_back(each.name);
    std::string upper = word;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    auto near = base::didYouMean(word, names);
    if (!near) near = base::didYouMean(upper, names);
    return base::fail({base::Kind::usage, "there is nothing to explain by the name \"" + word + "\"", "",
                       near ? "did you mean \"" + *near + "\"?" : program + " explain lists all"});
  }
  return found;
}

json::Value documentOf(const std::vector<Topic>& found) {
  auto document = ui::document("Explanation");
  auto list = json::Value::array();
  for (const auto& topic : found) {
    auto entry = json::Value::object({{"kind", topic.kind}, {"name", topic.name}, {"title", topic.title}});
    auto parts = json::Value::array();
    for (const auto& [label, text] : topic.parts)
      parts.push(json::Value::object({{"label", label}, {"text", text}}));
    entry.set("parts", std::move(parts));
    list.push(std::move(entry));
  }
  document.set("topics", std::move(list));
  return document;
}

std::string textOf(const std::vector<Topic>& found, const ui::Stream& out) {
  const auto width = out.tableWidth() == 0 ? usualWidth : std::min(out.tableWidth(), usualWidth);
  std::string text;
  for (const auto& topic : found) {
    if (!text.empty()) text += "\n";
    text += ui::hanging(
        fmt::format("{} {}: {}", topic.kind, out.style().paint(ui::Colour::bold, topic.name), topic.title),
        width, 0);
    for (const auto& [label, part] : topic.parts)
      text += "\n" + out.style().paint(ui::Colour::dim, label) + "\n" + ui::wrap(part, width, 2);
  }
  return text;
}

ui::Table tableOf(const std::vector<Topic>& found, bool wide) {
  std::vector<ui::Column> columns{{"NAME"}, {"KIND"}, {"TITLE", 20}};
  if (wide) columns.push_back({"TEXT"});
  ui::Table table(std::move(columns));
  for (const auto& topic : found) {
    std::vector<std::string> parts;
    for (const auto& [label, part] : topic.parts) parts.push_back(label + ": " + part);
    table.add({topic.name, topic.kind, topic.title, base::join(parts, " ")});
  }
  return table;
}

/// For completion; views of what lives as long as the program.
std::vector<std::string_view> names() {
  std::vector<std::string_view> all;
  for (const auto& topic : topics()) all.emplace_back(topic.name);
  for (const auto& hazard : doctor::hazards()) all.push_back(hazard.code);
  return all;
}

base::Result<int> explain(Context& context, const Options& options) {
  TRY_ASSIGN(const auto found, chosen(options, context.program()));
  const bool list = options.words().empty();
  printAs(context, options,
          {.document = [&] { return documentOf(found); },
           .names =
               [&] {
                 std::vector<std::string> names;
                 for (const auto& topic : found)
                   names.push_back((topic.kind == "exit code" ? "exitcode" : topic.kind) + "/" + topic.name);
                 return names;
               },
           .text =
               [&](const ui::Stream& out) {
                 return list ? tableOf(found, false).render(out.style(), out.tableWidth())
                             : textOf(found, out);
               },
           .table = [&](bool wide) { return tableOf(found, wide); }});
  return 0;
}

}  // namespace

Command explainCommand() {
  return {.name = "explain",
          .group = Group::other,
          .summary = "explain a code, a stage, an invariant or an exit code",
          .description =
              "Says what a name in the output means: a code of doctor (ICA0103) with why it matters and "
              "what to do, a stage (new-leaves) with when it holds and what comes next, one of the five "
              "invariants (I3), or an exit code. Without a name: the list of all. Needs no cluster.",
          .words = {.name = "NAME", .most = 100, .choices = names()},
          .options = {outputOption({"text", "table", "wide", "json", "yaml", "name"}, "text")},
          .examples = {{"what doctor has found", "explain ICA0103"},
                       {"what a stage means", "explain new-leaves"},
                       {"everything there is", "explain"}},
          .run = explain};
}

}  // namespace cli
