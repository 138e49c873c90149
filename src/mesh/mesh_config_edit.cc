#include "mesh/mesh_config_edit.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"
#include "json/yaml.h"

namespace mesh {

namespace {

constexpr std::string_view setting = "PROXY_CONFIG_XDS_AGENT";
const std::string entry = std::string(setting) + ": \"true\"";

using Lines = std::vector<std::string>;

/// A mapping's line: "  key: rest".
struct Line {
  std::size_t indent = 0;
  std::string key;
  std::string_view rest;  // trimmed, without a comment
};

std::string_view withoutComment(std::string_view text) {
  if (text.starts_with('#')) return {};
  const auto comment = text.find(" #");
  return base::trim(comment == std::string_view::npos ? text : text.substr(0, comment));
}

bool blank(std::string_view line) {
  const auto text = base::trim(line);
  return text.empty() || text.starts_with('#');
}

std::size_t indentOf(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

std::optional<Line> mappingLine(std::string_view line) {
  if (blank(line)) return std::nullopt;
  const auto indent = indentOf(line);
  const auto colon = line.find(':', indent);
  if (colon == std::string_view::npos) return std::nullopt;
  auto key = base::trim(line.substr(indent, colon - indent));
  if (key.size() > 1 && (key.front() == '"' || key.front() == '\'') && key.back() == key.front()) {
    key = key.substr(1, key.size() - 2);
  }
  return Line{indent, std::string(key), withoutComment(base::trim(line.substr(colon + 1)))};
}

/// The end of the block that begins after `at`: the first line that is not indented deeper than `indent`.
std::size_t blockEnd(const Lines& lines, std::size_t at, std::size_t indent) {
  std::size_t end = at + 1;
  for (auto i = at + 1; i < lines.size(); ++i) {
    if (blank(lines[i])) continue;
    if (indentOf(lines[i]) <= indent) break;
    end = i + 1;
  }
  return end;
}

std::optional<std::size_t> find(const Lines& lines, std::size_t from, std::size_t to, std::size_t indent,
                                std::string_view key) {
  for (auto i = from; i < to; ++i) {
    const auto line = mappingLine(lines[i]);
    if (line && line->indent == indent && line->key == key) return i;
  }
  return std::nullopt;
}

std::size_t childIndent(const Lines& lines, std::size_t from, std::size_t to, std::size_t parent) {
  for (auto i = from; i < to; ++i) {
    if (!blank(lines[i])) return indentOf(lines[i]);
  }
  return parent + 2;
}

/// "key: {a: b}" with an entry more.
void addToFlow(std::string& line, std::string_view rest, const std::string& what) {
  const auto open = line.rfind(rest) + 1;
  const bool empty = base::trim(rest.substr(1, rest.size() - 2)).empty();
  line.insert(open, empty ? what : what + ", ");
}

bool isFlow(std::string_view rest) {
  return rest.starts_with('{') && rest.ends_with('}');
}
bool isNull(std::string_view rest) {
  return rest.empty() || rest == "null" || rest == "~";
}

/// Lines with the entry, or nullopt where they are written in a way that this does not edit.
std::optional<Lines> edit(Lines lines) {
  const auto config = find(lines, 0, lines.size(), 0, "defaultConfig");
  if (!config) {
    lines.insert(lines.end(), {"defaultConfig:", "  proxyMetadata:", "    " + entry});
    return lines;
  }
  const auto top = *mappingLine(lines[*config]);
  if (isFlow(top.rest)) {
    if (top.rest.find("proxyMetadata") != std::string_view::npos) return std::nullopt;
    addToFlow(lines[*config], std::string(top.rest), "proxyMetadata: {" + entry + "}");
    return lines;
  }
  if (!top.rest.empty()) return std::nullopt;
  const auto end = blockEnd(lines, *config, 0);
  const auto indent = childIndent(lines, *config + 1, end, 0);
  const auto metadata = find(lines, *config + 1, end, indent, "proxyMetadata");
  const auto after = [&](std::size_t at) { return lines.begin() + static_cast<std::ptrdiff_t>(at) + 1; };
  if (!metadata) {
    lines.insert(after(*config),
                 {std::string(indent, ' ') + "proxyMetadata:", std::string(indent + 2, ' ') + entry});
    return lines;
  }
  const auto line = *mappingLine(lines[*metadata]);
  if (isFlow(line.rest)) {
    if (line.rest.find(setting) != std::string_view::npos) return std::nullopt;
    addToFlow(lines[*metadata], std::string(line.rest), entry);
    return lines;
  }
  if (!isNull(line.rest)) return std::nullopt;
  const auto metadataEnd = blockEnd(lines, *metadata, indent);
  const auto deepest = childIndent(lines, *metadata + 1, metadataEnd, indent);
  if (!line.rest.empty()) lines[*metadata] = std::string(indent, ' ') + "proxyMetadata:";
  if (const auto present = find(lines, *metadata + 1, metadataEnd, deepest, setting)) {
    lines[*present] = std::string(deepest, ' ') + entry;
    return lines;
  }
  lines.insert(after(*metadata), std::string(deepest, ' ') + entry);
  return lines;
}

/// Equal as YAML sees it: the order of keys does not count.
bool same(const json::Value& a, const json::Value& b) {
  if (a.isObject() && b.isObject()) {
    return a.members().size() == b.members().size() &&
           std::all_of(a.members().begin(), a.members().end(), [&](const json::Member& member) {
             return b.has(member.first) && same(member.second, b[member.first]);
           });
  }
  if (a.isArray() && b.isArray()) {
    return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(), same);
  }
  return a == b;
}

base::Error notEditable(const std::string& reason) {
  return {base::Kind::unsupported, "the mesh config cannot be edited safely", reason,
          "set defaultConfig.proxyMetadata.PROXY_CONFIG_XDS_AGENT to \"true\" where the mesh config comes "
          "from, then run "
          "this again"};
}

}  // namespace

base::Result<std::string> withXdsAgent(std::string_view meshYaml) {
  TRY_ASSIGN(auto wanted, json::parseYaml(meshYaml));
  if (!wanted.isObject() && !wanted.isNull()) return base::fail(notEditable("it is not a mapping"));
  const auto present = wanted;
  wanted.at("defaultConfig").at("proxyMetadata").set(setting, "true");
  if (same(present, wanted)) return std::string(meshYaml);

  auto lines = base::split(meshYaml, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  const bool crlf = !lines.empty() && lines.front().ends_with('\r');
  auto edited = edit(std::move(lines));
  if (!edited || crlf) return base::fail(notEditable("its defaultConfig is written in an unusual way"));
  auto text = base::join(*edited, "\n") + "\n";
  const auto result = json::parseYaml(text);
  if (!result || !same(*result, wanted)) {
    return base::fail(notEditable("the edited text would not read as it should"));
  }
  return text;
}

}  // namespace mesh
