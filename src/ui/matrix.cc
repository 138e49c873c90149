#include "ui/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/text.h"
#include "trust/subjects.h"
#include "ui/symbols.h"
#include "ui/table.h"
#include "ui/text.h"

namespace ui {

namespace {

using trust::Accepts;
using trust::Alike;
using trust::Matrix;

constexpr std::size_t usualWidth = 100;    // where there is no terminal
constexpr std::size_t shownWorkloads = 3;  // of a class
constexpr std::size_t mostRows = 40;       // of a matrix by workload: more is no picture any more

/// How much of each row is told beside the picture.
struct Detail {
  std::size_t digits;  // of fingerprints; 0: neither anchor nor roots
  std::size_t workloads;
};

Cell sign(Accepts answer, const Symbols& signs) {
  if (answer == Accepts::yes) return {std::string(signs.done), Colour::green};
  if (answer == Accepts::no) return {std::string(signs.failed), Colour::red};
  return {"?", Colour::yellow};
}

trust::Certificates anchorsOf(const Alike& alike, const ProxyList& list) {
  for (const auto& row : list.rows) {
    if (row.proxy->secrets && &*row.proxy->secrets == alike.secrets) return row.anchors;
  }
  return {};
}

std::string digitsOf(const trust::Certificates& certificates, std::size_t digits) {
  std::vector<std::string> names;
  for (const auto& certificate : certificates) names.push_back(certificate.fingerprint().substr(0, digits));
  return names.empty() ? "none" : base::join(names, ",");
}

Table picture(const Matrix& matrix, const ProxyList& list, const Detail& detail, const Symbols& signs) {
  std::vector<Column> columns{{""}, {"WORKLOAD", 10}, {"PROXIES"}};
  if (detail.digits > 0) columns.insert(columns.end(), {{"ANCHOR"}, {"TRUSTS"}});
  for (std::size_t i = 0; i < matrix.classes.size(); ++i) columns.push_back({letters(i)});
  Table table(std::move(columns));
  for (std::size_t i = 0; i < matrix.classes.size(); ++i) {
    const auto& alike = matrix.classes[i];
    std::vector<Cell> row{
        {letters(i)}, {workloadsText(alike, detail.workloads)}, {std::to_string(alike.members.size())}};
    if (detail.digits > 0 && alike.secrets) {
      row.emplace_back(digitsOf(anchorsOf(alike, list), detail.digits));
      row.emplace_back(digitsOf(alike.secrets->roots, detail.digits));
    } else if (detail.digits > 0) {
      row.insert(row.end(), {{"unproven", Colour::yellow}, {"unproven", Colour::yellow}});
    }
    for (const auto& cell : matrix.cells[i]) row.push_back(sign(cell.answer, signs));
    table.add(std::move(row));
  }
  return table;
}

/// The most telling picture of this matrix that fits.
std::optional<std::string> fitting(const Matrix& matrix, const ProxyList& list, const Symbols& signs,
                                   const Style& style, std::size_t width) {
  for (const Detail& detail : {Detail{8, shownWorkloads}, Detail{8, 1}, Detail{4, 1}, Detail{0, 1}}) {
    const auto table = picture(matrix, list, detail, signs);
    if (fits(table.render(Style(false), width), width)) return table.render(style, width);
  }
  return std::nullopt;
}

std::string folded(const Matrix& matrix, const ProxyList& list, const Symbols& signs, const Style& style,
                   std::size_t width) {
  for (auto most = matrix.classes.size(); most-- > 1;) {
    const auto some = worst(matrix, most);
    const auto text = fitting(some, list, signs, style, width);
    if (!text) continue;
    std::size_t shown = 0, all = 0;
    for (const auto& each : some.classes) shown += each.members.size();
    for (const auto& each : matrix.classes) all += each.members.size();
    return *text +
           hanging(fmt::format("not shown: {} more classes with {}; the worst are shown, -o wide lists all",
                               matrix.classes.size() - most, base::plural(all - shown, "proxy", "proxies")),
                   width, 0);
  }
  return picture(worst(matrix, 1), list, {0, 1}, signs).render(style, width);
}

std::string legend(const Matrix& matrix, const Symbols& signs, const Style& style, std::size_t width) {
  const auto part = [&](Accepts answer, std::string_view what) {
    const auto cell = sign(answer, signs);
    return fmt::format("{} {} ({})", style.paint(cell.colour, cell.text), what,
                       base::plural(trust::count(matrix, answer), "pair", "pairs"));
  };
  return hanging(part(Accepts::yes, "accepted") + ", " + part(Accepts::no, "will break") + ", " +
                     part(Accepts::unproven, "unproven"),
                 width, 0);
}

}  // namespace

std::string letters(std::size_t place) {
  std::string name(1, static_cast<char>('A' + place % 26));
  return place < 26 ? name : letters(place / 26 - 1) + name;
}

std::string workloadsText(const Alike& alike, std::size_t most) {
  std::vector<std::string> some(
      alike.workloads.begin(),
      alike.workloads.begin() + static_cast<std::ptrdiff_t>(std::min(most, alike.workloads.size())));
  auto text = base::join(some, ", ");
  if (alike.workloads.size() > most) text += fmt::format(" and {} more", alike.workloads.size() - most);
  return text;
}

Matrix worst(const Matrix& matrix, std::size_t most) {
  std::vector<std::size_t> order(matrix.classes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto badness = [&](std::size_t i) {
    int worstSeen = 0;
    for (std::size_t j = 0; j < matrix.classes.size(); ++j) {
      for (const auto answer : {matrix.cells[i][j].answer, matrix.cells[j][i].answer})
        worstSeen = std::max(worstSeen, answer == Accepts::no ? 2 : answer == Accepts::unproven ? 1 : 0);
    }
    return worstSeen;
  };
  std::vector<int> bad;
  for (const auto i : order) bad.push_back(badness(i));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (bad[a] != bad[b]) return bad[a] > bad[b];
    return matrix.classes[a].members.size() > matrix.classes[b].members.size();
  });
  order.resize(std::min(most, order.size()));
  Matrix some;
  for (const auto i : order) {
    some.classes.push_back(matrix.classes[i]);
    auto& row = some.cells.emplace_back();
    for (const auto j : order) row.push_back(matrix.cells[i][j]);
  }
  return some;
}

std::string matrixText(const trust::Observation& observation, const ProxyList& list, const Style& style,
                       std::size_t width, bool utf8) {
  const std::size_t columns = width == 0 ? usualWidth : width;
  const auto& signs = symbols(utf8);
  const auto alike = trust::matrix(observation, trust::GroupBy::alike);
  if (alike.classes.empty()) return "";
  const auto byWorkload = trust::matrix(observation, trust::GroupBy::workload);
  std::optional<std::string> drawn;
  if (byWorkload.classes.size() <= mostRows) drawn = fitting(byWorkload, list, signs, style, columns);
  if (!drawn) drawn = fitting(alike, list, signs, style, columns);
  if (!drawn) drawn = folded(alike, list, signs, style, columns);
  return hanging(
             "Who accepts whom in a new mTLS handshake: a row presents its certificate, a column verifies "
             "it.",
             columns, 0) +
         "\n" + *drawn + "\n" + legend(alike, signs, style, columns);
}

}  // namespace ui
