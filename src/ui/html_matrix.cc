#include "ui/html_matrix.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "trust/judge.h"
#include "trust/matrix.h"
#include "ui/certificates.h"
#include "ui/html.h"
#include "ui/matrix.h"

namespace ui {

namespace {

using trust::Accepts;

constexpr std::size_t mostByWorkload = 30, mostClasses = 60, mostMembers = 500;

struct Look {
  std::string_view kind, sign, word;
};

Look lookOf(Accepts answer) {
  if (answer == Accepts::yes) return {"ok", "\u2713", "accepted"};
  if (answer == Accepts::no) return {"bad", "\u2717", "will break"};
  return {"unknown", "?", "unproven"};
}

std::string cellText(const trust::Matrix& matrix, std::size_t i, std::size_t j) {
  const auto& cell = matrix.cells[i][j];
  const auto look = lookOf(cell.answer);
  const auto title =
      fmt::format("{} presents to {}: {}{}", workloadsText(matrix.classes[i], 3),
                  workloadsText(matrix.classes[j], 3), look.word, cell.why.empty() ? "" : ": " + cell.why);
  return fmt::format(
      "<td class=\"{}\" title=\"{}\"><span aria-hidden=\"true\">{}</span><span "
      "class=\"hidden\">{}</span></td>",
      look.kind, escaped(title), look.sign, look.word);
}

std::string anchorNamesOf(const trust::Alike& alike, const ProxyList& list) {
  for (const auto& row : list.rows) {
    if (row.proxy->secrets && &*row.proxy->secrets == alike.secrets)
      return row.anchors.empty() ? "no root of this mesh" : trust::shortNames(row.anchors);
  }
  return "";
}

std::string rowText(const trust::Matrix& matrix, const ProxyList& list, std::size_t i) {
  const auto& alike = matrix.classes[i];
  auto row = fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td>", letters(i),
                         escaped(workloadsText(alike, 4)), alike.members.size());
  if (alike.secrets) {
    row += htmlCell("", anchorNamesOf(alike, list)) + htmlCell("", trust::shortNames(alike.secrets->roots));
  } else {
    row += htmlCell("unknown", "unproven", alike.unread.front()) + htmlCell("unknown", "unproven");
  }
  for (std::size_t j = 0; j < matrix.classes.size(); ++j) row += cellText(matrix, i, j);
  return row + "</tr>\n";
}

std::string membersText(const trust::Matrix& matrix) {
  std::string text;
  for (std::size_t i = 0; i < matrix.classes.size(); ++i) {
    const auto& alike = matrix.classes[i];
    text += fmt::format("<dt>{}</dt><dd>", letters(i));
    for (std::size_t k = 0; k < alike.members.size() && k < mostMembers; ++k) {
      text += (k == 0 ? "" : ", ") + escaped(alike.members[k]);
      if (!alike.secrets) text += ": " + escaped(alike.unread[k]);
    }
    if (alike.members.size() > mostMembers)
      text += fmt::format(" and {} more", alike.members.size() - mostMembers);
    text += "</dd>";
  }
  return "<details open><summary>Who is in which row</summary>\n<dl>" + text + "</dl></details>\n";
}

std::string countsText(const trust::Matrix& matrix) {
  std::string text = "<p>";
  for (const auto answer : {Accepts::yes, Accepts::no, Accepts::unproven}) {
    const auto look = lookOf(answer);
    text += fmt::format("<span class=\"badge {}\">{} {}: {}</span> ", look.kind, look.sign, look.word,
                        base::plural(trust::count(matrix, answer), "ordered pair", "ordered pairs"));
  }
  return text + "</p>\n";
}

}  // namespace

std::string htmlMatrix(const trust::Observation& mesh, const ProxyList& list) {
  auto matrix = trust::matrix(mesh, trust::GroupBy::workload);
  const auto counts = countsText(matrix);
  if (matrix.classes.empty()) return "<p>There is no proxy.</p>\n";
  if (matrix.classes.size() > mostByWorkload) matrix = trust::matrix(mesh, trust::GroupBy::alike);
  const auto all = matrix.classes.size();
  if (all > mostClasses) matrix = worst(matrix, mostClasses);
  std::string text = counts + "<div class=\"scroll\"><table class=\"matrix tight\">\n";
  text += fmt::format(
      "<caption>A row presents its certificate in a new mTLS handshake, a column verifies it{}.</caption>\n",
      all > mostClasses ? fmt::format("; the worst {} of {} classes are shown", mostClasses, all) : "");
  text +=
      "<thead><tr><th scope=\"col\"><span class=\"hidden\">Letter</span></th><th "
      "scope=\"col\">Workload</th><th "
      "scope=\"col\">Proxies</th><th scope=\"col\">Certificate of</th><th scope=\"col\">Trusts</th>";
  for (std::size_t i = 0; i < matrix.classes.size(); ++i)
    text += fmt::format("<th scope=\"col\" class=\"letter\" title=\"{}\">{}</th>",
                        escaped(workloadsText(matrix.classes[i], 3)), letters(i));
  text += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < matrix.classes.size(); ++i) text += rowText(matrix, list, i);
  return text + "</tbody></table></div>\n" + membersText(matrix);
}

std::string htmlRoots(const ProxyList& list, base::Time now) {
  std::map<std::string, std::size_t> sets;
  std::size_t read = 0;
  for (const auto& row : list.rows) {
    if (!row.proxy->secrets) continue;
    ++read;
    ++sets[trust::shortNames(row.proxy->secrets->roots)];
  }
  std::string text =
      "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Root</th><th scope=\"col\">SHA-256</th>"
      "<th scope=\"col\">Ends</th><th scope=\"col\">Trusted by</th><th scope=\"col\">Anchor of</th></tr>"
      "</thead>\n<tbody>\n";
  for (const auto& root : list.roots) {
    std::size_t trusting = 0, presenting = 0;
    for (const auto& row : list.rows) {
      if (!row.proxy->secrets) continue;
      trusting += trust::contains(row.proxy->secrets->roots, root) ? 1 : 0;
      presenting += trust::contains(row.anchors, root) ? 1 : 0;
    }
    text += fmt::format("<tr><th scope=\"row\">{}</th><td class=\"mono\">{}</td>", escaped(root.subject()),
                        root.fingerprint());
    text += htmlCell(root.notAfter() <= now ? "bad" : "",
                     base::formatTime(root.notAfter()) + ", " + remaining(root, now));
    text += htmlCell(trusting < read ? "unknown" : "ok", fmt::format("{} of {}", trusting, read));
    text += htmlCell("", fmt::format("{} of {}", presenting, read)) + "</tr>\n";
  }
  text += "</tbody></table></div>\n<ul>\n";
  for (const auto& [set, count] : sets)
    text += fmt::format("<li>{}: {}</li>\n", escaped(set), base::plural(count, "proxy", "proxies"));
  return text + "</ul>\n";
}

}  // namespace ui
