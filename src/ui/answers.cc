#include "ui/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "trust/judge.h"
#include "ui/certificates.h"
#include "ui/text.h"

namespace ui {
namespace {

constexpr std::size_t shownNames = 10;

std::string names(const std::vector<std::string>& all) {
  std::vector<std::string> some(all.begin(),
                                all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), shownNames)));
  std::string text = base::join(some, ", ");
  if (all.size() > shownNames) text += fmt::format(" and {} more", all.size() - shownNames);
  return oneLine(text);
}

std::string waivedLines(const trust::Blockers& waived, std::size_t width) {
  std::string text;
  for (const trust::Blocker& blocker : waived) {
    text += hanging(fmt::format("{}: accepted by name: {}", oneLine(blocker.subject), oneLine(blocker.what)),
                    width, 2);
  }
  return text;
}

std::string blockerLines(const trust::Blockers& blockers, const Style& style, std::size_t width) {
  std::string text;
  for (const trust::Blocker& blocker : blockers) {
    const bool unproven = blocker.kind == trust::Blocker::Kind::unproven;
    text += hanging(fmt::format("{}: {}{}", oneLine(blocker.subject),
                                unproven ? style.paint(Colour::yellow, "unproven: ") : std::string(),
                                oneLine(blocker.what)),
                    width, 2);
  }
  return text;
}

bool onlyUnproven(const trust::Blockers& blockers) {
  return std::all_of(blockers.begin(), blockers.end(), [](const trust::Blocker& blocker) {
    return blocker.kind == trust::Blocker::Kind::unproven;
  });
}

Colour colourOf(trust::Verdict::Kind kind) {
  if (kind == trust::Verdict::Kind::safe) return Colour::green;
  return kind == trust::Verdict::Kind::willBreak ? Colour::red : Colour::yellow;
}

std::string inOneSentence(const trust::Verdict& verdict) {
  using Kind = trust::Verdict::Kind;
  const std::string proxies = base::plural(verdict.proxies, "proxy", "proxies");
  const std::string pairs = base::plural(verdict.pairs, "ordered pair", "ordered pairs");
  if (verdict.kind == Kind::willBreak &&
      verdict.broken == 0) {  // refused by its own roots, and there is no other
    return fmt::format("of {} some present a certificate that nobody accepts", proxies);
  }
  if (verdict.kind == Kind::willBreak) {
    return fmt::format("{} of {} of {} fail a new mTLS handshake", verdict.broken, pairs, proxies);
  }
  if (verdict.kind == Kind::unproven)
    return fmt::format("not known for {} of {}", verdict.unproven.size(), proxies);
  if (verdict.proxies == 0) return "there is no proxy";
  if (verdict.proxies == 1) return "the one proxy would accept its own certificate";
  return fmt::format("every one of {} accepts every other's certificate ({})", proxies, pairs);
}

}  // namespace

std::string verdictText(const trust::Verdict& verdict, const Style& style, std::size_t width) {
  std::string text =
      hanging(fmt::format("verdict: {}: {}", style.paint(colourOf(verdict.kind), trust::name(verdict.kind)),
                          inOneSentence(verdict)),
              width, 0);
  for (const trust::Break& broken : verdict.breaks) {
    text += hanging(
        fmt::format("{}: refused by {}, trusting {}: {}", names(broken.presenters), names(broken.verifiers),
                    oneLine(trust::shortNames(broken.trusted)), oneLine(broken.reason)),
        width, 2);
  }
  return text + blockerLines(verdict.unproven, style, width) + waivedLines(verdict.waived, width);
}

std::string answerText(const trust::Answer& answer, const Style& style, std::size_t width) {
  const bool unproven = !answer.yes() && onlyUnproven(answer.blockers);
  const std::string word = answer.yes() ? style.paint(Colour::green, "yes")
                           : unproven   ? style.paint(Colour::yellow, "unproven")
                                        : style.paint(Colour::red, "no");
  return hanging(fmt::format("{}: {} ({} of {})", oneLine(answer.predicate), word, answer.holds, answer.of),
                 width, 0) +
         blockerLines(answer.blockers, style, width) + waivedLines(answer.waived, width);
}

json::Value blockersJson(const trust::Blockers& blockers) {
  json::Array items;
  for (const trust::Blocker& blocker : blockers) {
    items.push_back(json::Value::object({{"subject", blocker.subject},
                                         {"what", blocker.what},
                                         {"unproven", blocker.kind == trust::Blocker::Kind::unproven},
                                         {"forbidden", blocker.forbidden},
                                         {"waiver", blocker.waiver}}));
  }
  return json::Value::array(std::move(items));
}

json::Value verdictJson(const trust::Verdict& verdict) {
  json::Array breaks;
  for (const trust::Break& broken : verdict.breaks) {
    breaks.push_back(json::Value::object({{"presenters", textsJson(broken.presenters)},
                                          {"verifiers", textsJson(broken.verifiers)},
                                          {"trusted", fingerprintsJson(broken.trusted)},
                                          {"reason", broken.reason}}));
  }
  constexpr const char* kinds[] = {"safe", "willBreak", "unproven"};
  return json::Value::object({{"result", kinds[static_cast<int>(verdict.kind)]},
                              {"proxies", static_cast<std::int64_t>(verdict.proxies)},
                              {"pairs", static_cast<std::int64_t>(verdict.pairs)},
                              {"brokenPairs", static_cast<std::int64_t>(verdict.broken)},
                              {"breaks", json::Value::array(std::move(breaks))},
                              {"unproven", blockersJson(verdict.unproven)},
                              {"waived", blockersJson(verdict.waived)}});
}

json::Value answerJson(const trust::Answer& answer) {
  return json::Value::object({{"predicate", answer.predicate},
                              {"yes", answer.yes()},
                              {"holds", static_cast<std::int64_t>(answer.holds)},
                              {"of", static_cast<std::int64_t>(answer.of)},
                              {"blockers", blockersJson(answer.blockers)},
                              {"waived", blockersJson(answer.waived)}});
}

}  // namespace ui
