#include "cli/journal_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "rotate/evidence.h"
#include "ui/output.h"
#include "ui/table.h"
#include "ui/text.h"

namespace cli {

namespace {

using rotate::Entry;
using rotate::Event;

ui::Colour colourOf(Event event) {
  if (event == Event::failed || event == Event::stopped) return ui::Colour::red;
  if (event == Event::waived) return ui::Colour::yellow;
  if (event == Event::arrived || event == Event::ended) return ui::Colour::green;
  return ui::Colour::none;
}

std::string by(const Entry& entry) {
  return entry.who + (entry.kubeUser.empty() ? "" : " as " + entry.kubeUser);
}

std::string provenText(const Entry& entry) {
  std::size_t waived = 0, yes = 0;
  for (const auto& proven : entry.proven) {
    waived += proven.waived.size();
    yes += proven.yes ? 1 : 0;
  }
  auto text = base::plural(yes, "predicate holds", "predicates hold");
  if (waived > 0) text += fmt::format(", {} accepted unproven", waived);
  return text;
}

/// "PATCH secrets/cacerts": without the API's group and the namespace.
std::string brief(const std::string& request) {
  const auto method = request.substr(0, request.find(' ') + 1);
  auto rest = request.substr(method.size());
  constexpr std::string_view namespaces = "/namespaces/";
  const auto at = rest.find(namespaces);
  const auto end = at == std::string::npos ? at : rest.find('/', at + namespaces.size());
  if (end != std::string::npos) return method + rest.substr(end + 1);
  const auto resource = rest.rfind('/', rest.rfind('/') - 1);
  return method + (resource == std::string::npos ? rest : rest.substr(resource + 1));
}

std::string writtenText(const Entry& entry) {
  std::vector<std::string> parts;
  for (const auto& written : entry.written) {
    parts.push_back(brief(written.request) +
                    (written.resourceVersion.empty() ? "" : " -> version " + written.resourceVersion));
  }
  return parts.empty() ? entry.step : base::join(parts, "; ");
}

std::string storyOf(const Entry& entry) {
  switch (entry.event) {
    case Event::began:
      return fmt::format("{}: {}{}", by(entry), entry.command, entry.text.empty() ? "" : "; " + entry.text);
    case Event::waived:
      return fmt::format("{}: {}", base::join(entry.waivers, ", "), entry.text);
    case Event::gate:
    case Event::writing:
      return entry.step;
    case Event::wrote:
      return writtenText(entry);
    case Event::failed:
      return fmt::format("{}: {}", entry.step, entry.text);
    case Event::arrived:
      return provenText(entry);
    case Event::stopped:
      return entry.text;
    case Event::ended:
      return "stage " + entry.stage + " reached";
  }
  return "";
}

std::string title(const std::vector<Entry>& rotation) {
  const auto evidence = rotate::evidenceOf(rotation);
  const auto& state = evidence.after && evidence.after->newRoot ? evidence.after : evidence.before;
  std::string text = "Rotation";
  if (state && !state->oldRoots.empty()) text += " from " + shortNames(state->oldRoots);
  if (state && state->newRoot) text += " to " + shortName(*state->newRoot);
  return fmt::format("{}: {} by {}, {}, {}", ui::oneLine(text), evidence.began.substr(0, 10),
                     base::plural(evidence.runs.size(), "run", "runs"),
                     base::plural(evidence.writes.size(), "write", "writes"),
                     evidence.complete ? "done" : "not done");
}

}  // namespace

std::string shortName(const rotate::Named& certificate) {
  return fmt::format("{} ({})", certificate.name, certificate.fingerprint.substr(0, 8));
}

std::string shortNames(const std::vector<rotate::Named>& certificates) {
  std::vector<std::string> names;
  for (const auto& each : certificates) names.push_back(shortName(each));
  return names.empty() ? "none" : base::join(names, " and ");
}

std::string between(const std::string& from, const std::string& to) {
  const auto begin = base::parseTime(from);
  const auto end = base::parseTime(to);
  return begin && end ? base::formatDuration(*end - *begin) : "?";
}

std::string flat(std::string_view text) {
  std::vector<std::string> parts;
  for (const auto& line : base::split(text, '\n')) {
    const auto part = base::trim(line);
    if (!part.empty()) parts.emplace_back(part);
  }
  const auto joined = base::join(parts, "; ");
  const auto afterColon = joined.find(":; ");
  return ui::oneLine(afterColon == std::string::npos ? joined
                                                     : std::string(joined).replace(afterColon, 3, ": "));
}

json::Value journalJson(const std::vector<std::vector<Entry>>& rotations) {
  auto document = ui::document("Journal");
  auto list = json::Value::array();
  for (const auto& rotation : rotations) {
    auto entries = json::Value::array();
    for (const auto& entry : rotation) {
      auto value = rotate::toJson(entry);
      value.set("key", entry.key);
      entries.push(std::move(value));
    }
    list.push(json::Value::object({{"entries", std::move(entries)}}));
  }
  document.set("rotations", std::move(list));
  return document;
}

std::string journalText(const std::vector<std::vector<Entry>>& rotations, const ui::Style& style,
                        std::size_t width) {
  std::string text;
  for (const auto& rotation : rotations) {
    if (!text.empty()) text += "\n";
    text += ui::hanging(title(rotation), width, 0) + "\n";
    ui::Table table({{"Time"}, {"Run"}, {"What"}, {"Stage"}, {"Story", 20}});
    const Entry* gate = nullptr;
    for (const auto& entry : rotation) {
      if (entry.event == Event::gate) gate = &entry;  // told with the step that it is for
      if (entry.event == Event::gate) continue;
      auto story = storyOf(entry);
      const bool gated = gate && gate->run == entry.run && gate->step == entry.step;
      if (entry.event == Event::writing && gated) story += fmt::format(" ({})", provenText(*gate));
      table.add({entry.time.size() > 19 ? entry.time.substr(11, 8) : entry.time,
                 entry.run.substr(0, 4),
                 {std::string(rotate::name(entry.event)), colourOf(entry.event)},
                 entry.stage,
                 flat(story)});
    }
    text += table.render(style, width);
  }
  return text;
}

ui::Table journalTable(const std::vector<std::vector<Entry>>& rotations, bool wide) {
  std::vector<ui::Column> columns{{"TIME"}, {"RUN"}, {"WHAT"}, {"STAGE"}, {"STORY", 20}};
  if (wide) columns.insert(columns.end(), {{"WHO"}, {"REQUESTS"}});
  ui::Table table(std::move(columns));
  for (const auto& rotation : rotations) {
    for (const auto& entry : rotation) {
      std::vector<std::string> requests;
      for (const auto& written : entry.written) requests.push_back(written.request);
      table.add({entry.time,
                 wide ? entry.run : entry.run.substr(0, 4),
                 {std::string(rotate::name(entry.event)), colourOf(entry.event)},
                 entry.stage,
                 flat(storyOf(entry)),
                 by(entry),
                 base::join(requests, "; ")});
    }
  }
  return table;
}

std::vector<ui::HistoryLine> historyOf(const std::vector<std::vector<Entry>>& rotations) {
  std::vector<ui::HistoryLine> lines;
  for (const auto& rotation : rotations) {
    for (const auto& entry : rotation) {
      lines.push_back({entry.time, entry.run.substr(0, 4), std::string(rotate::name(entry.event)),
                       entry.stage, flat(storyOf(entry))});
    }
  }
  return lines;
}

std::vector<std::string> journalNames(const std::vector<std::vector<Entry>>& rotations) {
  std::vector<std::string> names;
  for (const auto& rotation : rotations) {
    for (const auto& entry : rotation) {
      if (const auto name = "run/" + entry.run; std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
    }
  }
  return names;
}

}  // namespace cli
