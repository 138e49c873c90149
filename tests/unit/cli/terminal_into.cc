#include "terminal_into.h"

#include "cli/run.h"

namespace tests {
namespace {

class StoppedClock final : public base::Clock {
 public:
  base::Time now() const override { return base::Time(base::Seconds(1'800'000'000)); }
  base::Millis elapsed() const override { return at_; }
  base::Status pause(base::Millis duration) override {
    at_ += duration;
    return {};
  }

 private:
  base::Millis at_{0};
};

ui::Stream into(std::string& text) {
  return {[&text](std::string_view bytes) -> base::Status {
            text += bytes;
            return {};
          },
          false, false, 80};
}

}  // namespace

Outcome runProgram(const std::vector<std::string>& arguments, bool fullDisk) {
  Outcome outcome;
  ui::Terminal terminal{into(outcome.out), into(outcome.err), false};
  if (fullDisk) {
    terminal.out = {
        [](std::string_view) -> base::Status {
          return base::fail({base::Kind::failed, "cannot write standard output", "No space left on device"});
        },
        false, false, 80};
  }
  StoppedClock clock;
  std::vector<std::string> argv{"/usr/local/bin/kubectl-istio_ca"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  outcome.code = cli::run(argv, terminal, clock);
  return outcome;
}

}  // namespace tests
