// Any text as a label selector and as a field selector: what is none is refused, what is one matches or not.
#include <cstdlib>

#include "fuzz/check.h"
#include "rehearsal/selectors.h"

namespace fuzz {

void checkSelectors(std::string_view text) {
  static const json::Value pod = json::Value::object(
      {{"metadata",
        json::Value::object({{"name", "a"}, {"labels", json::Value::object({{"app", "web"}})}})}});
  for (const auto& selector : {rehearsal::Selector::parse(text, ""), rehearsal::Selector::parse("", text)}) {
    if (!selector && selector.error().code != 400) std::abort();
    if (selector && selector->empty() && !selector->matches(pod)) std::abort();
  }
}

}  // namespace fuzz
