#include "cli/step_question.h"

#include <algorithm>
#include <cctype>

#include "ui/prompt.h"
#include "ui/text.h"

namespace cli {

base::Result<StepAnswer> askAboutStep(Context& context, const RunTold& told,
                                      const std::function<void(std::string_view)>& redraw) {
  const std::string question = !told.requests                        ? "Do it? [y/N]"
                               : context.terminal().err.width() < 50 ? "Do it? [y/N, d: requests]"
                                                                     : "Do it? [y/N, d shows the requests]";
  const auto again = redraw ? [&] { redraw(question); } : std::function<void()>();
  TRY_ASSIGN(const std::string said,
             ui::askLine(context.terminal(), question, "pass --yes to go on without being asked", again));
  std::string word = said;
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  StepAnswer answer;
  answer.shown = question + " " + said;
  if (word == "y" || word == "yes") answer.choice = StepAnswer::Choice::yes;
  if (told.requests && (word == "d" || word == "?")) answer.choice = StepAnswer::Choice::details;
  return answer;
}

std::string requestsText(const RunTold& told, const plan::Step& step) {
  const auto requests = told.requests(step);
  return ui::printable(requests ? *requests : base::describe(requests.error())) + "\n";
}

}  // namespace cli
