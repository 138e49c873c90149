// -o jsonl: the events of a whole rotation, and of one that stops.

#include "cli/events.h"

#include <gtest/gtest.h>

#include "../rotate/setting.h"
#include "support/golden.h"

namespace {

using rotate_test::Setting;
using rotate_test::Silent;
using rotate_test::World;

/// What a run of this setting prints; fingerprints, which are new each time, as eight times "a".
class Told {
 public:
  explicit Told(Setting& setting, const std::function<void(trust::Observation&)>& blind = nullptr) {
    cli::Options options;
    options.add("output", "jsonl");
    const auto into = [this](std::string_view text) -> base::Status {
      lines_ += text;
      return {};
    };
    ui::Terminal terminal{{into, false, false, 80}, {nullptr, false, false, 80}, false};
    cli::Context context(terminal, clock_, {}, options, "kubectl istio-ca");
    context.setCommandLine("kubectl istio-ca rotate --yes -o jsonl");
    World world(setting.mesh);
    world.blind = blind;
    Silent silent;
    cli::Events events(context, options, silent, [] {
      return std::vector<rotate::Written>{{"PATCH /api/v1/namespaces/istio-system/secrets/cacerts", "7"}};
    });
    const auto reached = rotate::run(world, clock_, events, setting.options());
    if (reached) cli::tellEnd(context, options, plan::name(reached->stage), "kubectl istio-ca finish");
    if (!reached) cli::tellEnd(context, options, reached.error());
    code = reached ? 0 : base::exitCode(reached.error().kind);
    steps = silent.asked.size();
  }

  [[nodiscard]] std::string lines() const {
    std::string text = lines_;
    for (std::size_t at = 0; (at = text.find('(', at)) != std::string::npos; ++at) {
      const bool print = text.size() > at + 9 && text[at + 9] == ')' &&
                         text.substr(at + 1, 8).find_first_not_of("0123456789abcdef") == std::string::npos;
      if (print) text.replace(at + 1, 8, "aaaaaaaa");
    }
    return text;
  }
  int code = -1;
  std::size_t steps = 0;

 private:
  test::FakeClock clock_;
  std::string lines_;
};

TEST(Events, TellAWholeRotation) {
  Setting setting;
  const Told told(setting);
  EXPECT_EQ(told.code, 0);
  EXPECT_GT(told.steps, 0U);
  support::expectGolden("events/rotation.jsonl", told.lines());
}

TEST(Events, TellWhyARunStops) {
  Setting setting;
  const Told told(setting, [](trust::Observation& seen) {
    seen.proxies.front().secrets = tl::unexpected(trust::Unreadable{"connection refused"});
  });
  EXPECT_EQ(told.code, 4);
  support::expectGolden("events/stopped.jsonl", told.lines());
}

}  // namespace
