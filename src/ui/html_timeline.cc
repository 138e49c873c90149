#include "ui/html_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/text.h"
#include "trust/expiry.h"
#include "trust/judge.h"
#include "ui/certificates.h"
#include "ui/expiry_report.h"
#include "ui/html.h"

namespace ui {

namespace {

constexpr std::size_t mostBars = 60;
constexpr double widest = 1000;  // of the drawing, in its own units

/// One bar: the life of a certificate, or of the one of several that ends first.
struct Bar {
  std::string label, note;
  base::Time begin, end;
};

std::string draw(const Bar& bar, base::Time from, base::Time to, base::Time now) {
  const auto at = [&](base::Time time) {
    const double whole = static_cast<double>(std::max<std::int64_t>((to - from).count(), 1));
    return std::clamp(static_cast<double>((time - from).count()) / whole, 0.0, 1.0) * widest;
  };
  const auto words = fmt::format("from {} to {}", base::formatTime(bar.begin), base::formatTime(bar.end));
  return fmt::format(
      "<svg viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"{0}\"><title>{0}</title>"
      "<rect class=\"track\" width=\"1000\" height=\"20\"/><rect class=\"{1}\" x=\"{2:.1f}\" y=\"3\" "
      "width=\"{3:.1f}\" "
      "height=\"14\"/><rect class=\"now\" x=\"{4:.1f}\" width=\"2\" height=\"20\"/></svg>",
      words, bar.end <= now ? "over" : "life", at(bar.begin), std::max(at(bar.end) - at(bar.begin), 2.0),
      at(now));
}

std::string table(std::vector<Bar> bars, base::Time now, std::string_view caption) {
  if (bars.empty()) return "";
  std::stable_sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) { return a.end < b.end; });
  auto from = now, to = now;
  for (const auto& bar : bars) {
    from = std::min(from, bar.begin);
    to = std::max(to, bar.end);
  }
  auto text =
      fmt::format("<table>\n<caption>{}: {} to {}; the line is the time of the observation.</caption>\n",
                  escaped(caption), base::formatTime(from), base::formatTime(to));
  for (std::size_t i = 0; i < bars.size() && i < mostBars; ++i) {
    const auto& bar = bars[i];
    const auto left = bar.end <= now ? "expired" : "ends in " + base::formatDuration(bar.end - now);
    text += fmt::format(
        "<tr><th scope=\"row\">{}<br><span class=\"dim\">{}</span></th><td class=\"bar\">{}</td>{}</tr>\n",
        escaped(bar.label), escaped(bar.note), draw(bar, from, to, now),
        htmlCell(bar.end <= now ? "bad" : "", left, base::formatTime(bar.end)));
  }
  text += "</table>\n";
  if (bars.size() > mostBars)
    text += fmt::format("<p class=\"dim\">and {} more, which end later</p>\n", bars.size() - mostBars);
  return text;
}

/// Of each workload the leaf that ends first.
std::vector<Bar> leaves(const trust::Observation& mesh) {
  std::map<std::string, Bar> byWorkload;
  std::map<std::string, std::size_t> counts;
  for (const auto& proxy : mesh.proxies) {
    if (!proxy.running || !proxy.secrets) continue;
    const auto name = proxy.ns + "/" + (proxy.workload.name.empty() ? proxy.pod : proxy.workload.name);
    const auto& leaf = proxy.secrets->leaf();
    ++counts[name];
    const auto [place, isNew] =
        byWorkload.try_emplace(name, Bar{name, "", leaf.notBefore(), leaf.notAfter()});
    if (!isNew && leaf.notAfter() < place->second.end)
      place->second = {name, "", leaf.notBefore(), leaf.notAfter()};
  }
  std::vector<Bar> bars;
  for (auto& [name, bar] : byWorkload) {
    bar.note = counts[name] == 1 ? "1 proxy" : fmt::format("the first of {} proxies", counts[name]);
    bars.push_back(std::move(bar));
  }
  return bars;
}

}  // namespace

std::string htmlTimeline(const trust::Observation& mesh) {
  std::vector<Bar> cas, serving;
  for (const auto& entry : trust::certificatesInUse(mesh)) {
    const auto& certificate = entry.certificate;
    const Bar bar{fmt::format("{} {}", trust::name(entry.role), trust::shortName(certificate)),
                  "in " + whereText(entry), certificate.notBefore(), certificate.notAfter()};
    if (entry.role == trust::Role::root || entry.role == trust::Role::ca) cas.push_back(bar);
    if (entry.role == trust::Role::serving) serving.push_back({whereText(entry), "", bar.begin, bar.end});
  }
  return table(std::move(cas), mesh.takenAt, "Roots and CAs") +
         table(std::move(serving), mesh.takenAt, "What istiods serve (renewed by themselves)") +
         table(leaves(mesh), mesh.takenAt,
               "Certificates of proxies (renewed by themselves at half of their life)");
}

}  // namespace ui
