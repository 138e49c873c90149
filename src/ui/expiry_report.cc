#include "ui/expiry_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "trust/judge.h"
#include "ui/certificates.h"
#include "ui/text.h"

namespace ui {

std::string whereText(const trust::InUse& entry, std::size_t most) {
  const auto shown = std::min(most, entry.where.size());
  auto text =
      base::join({entry.where.begin(), entry.where.begin() + static_cast<std::ptrdiff_t>(shown)}, ", ");
  if (entry.where.size() > shown) text += fmt::format(" and {} more", entry.where.size() - shown);
  return text;
}

std::string expiryText(const std::vector<trust::InUse>& expiring, base::Time now, const Style& style,
                       std::size_t width) {
  std::string text;
  for (const auto& entry : expiring) {
    const bool over = entry.certificate.notAfter() <= now;
    const bool renews = entry.role == trust::Role::leaf || entry.role == trust::Role::serving;
    const auto when = over ? std::string("expired") : "expires in " + remaining(entry.certificate, now);
    text += hanging(fmt::format("{} {} of {}: {} ({}){}", trust::name(entry.role),
                                oneLine(trust::shortName(entry.certificate)), oneLine(whereText(entry)),
                                style.paint(over ? Colour::red : Colour::yellow, when),
                                base::formatTime(entry.certificate.notAfter()),
                                renews ? ", and has not been renewed" : ""),
                    width, 0);
  }
  return text;
}

json::Value expiryJson(const std::vector<trust::InUse>& certificates) {
  auto list = json::Value::array();
  for (const auto& entry : certificates) {
    auto value = certificateJson(entry.certificate);
    value.set("role", trust::name(entry.role));
    value.set("where", textsJson(entry.where));
    list.push(std::move(value));
  }
  return list;
}

}  // namespace ui
