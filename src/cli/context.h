#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "cli/counted_api.h"
#include "cli/options.h"
#include "kube/api.h"
#include "plan/rules.h"
#include "trust/observation.h"
#include "ui/terminal.h"

namespace cli {

/// What a command works with. The connection to the cluster is made when first asked for.
class Context {
 public:
  Context(ui::Terminal& terminal, base::Clock& clock, plan::Rules rules, const Options& options,
          std::string program);

  [[nodiscard]] ui::Terminal& terminal() { return terminal_; }
  [[nodiscard]] base::Clock& clock() { return clock_; }
  [[nodiscard]] const plan::Rules& rules() const { return rules_; }
  [[nodiscard]] const Options& options() const { return options_; }
  /// How the program was called, for usage lines: "kubectl istio-ca".
  [[nodiscard]] const std::string& program() const { return program_; }
  /// What was typed, fit to be kept: nothing secret in it.
  [[nodiscard]] const std::string& commandLine() const { return commandLine_; }
  void setCommandLine(std::string line) { commandLine_ = std::move(line); }
  /// The command's name: "rotate".
  [[nodiscard]] const std::string& command() const { return command_; }
  void setCommand(std::string_view name) { command_ = name; }
  /// The time with milliseconds, for records; nothing is decided by it.
  using Moment = std::chrono::sys_time<base::Millis>;
  [[nodiscard]] Moment moment() const { return moment_(); }
  void setMoment(std::function<Moment()> moment) { moment_ = std::move(moment); }
  /// Who else wants to see what a run looks at.
  using Looked = std::function<void(const trust::Observation&)>;
  void whenLooked(Looked looked) { looked_ = std::move(looked); }
  void looked(const trust::Observation& mesh) {
    if (looked_) looked_(mesh);
  }
  /// -i, --istio-namespace.
  [[nodiscard]] std::string istioNamespace() const;

  /// The kubeconfig and the flags, read once.
  base::Result<const kube::ClusterAccess*> access();
  /// The API of that cluster, connected once; owned by this.
  base::Result<kube::Api*> api();
  /// How often it was asked for something so far.
  [[nodiscard]] std::size_t requests() const { return api_ ? api_->requests() : 0; }
  /// Each request is printed to standard error (-v).
  [[nodiscard]] bool traces() const { return options_.number("verbose") > 0; }

  /// Prints to standard output and to standard error, the latter not with --quiet.
  void print(std::string_view text) { terminal_.out.write(text); }
  void say(std::string_view text) { terminal_.err.talk(text); }

 private:
  ui::Terminal& terminal_;
  base::Clock& clock_;
  plan::Rules rules_;
  const Options& options_;
  std::string program_, commandLine_{}, command_{};
  std::unique_ptr<kube::ClusterAccess> access_;
  std::unique_ptr<CountedApi> api_;
  Looked looked_{};
  std::function<Moment()> moment_ = [] {
    return std::chrono::floor<base::Millis>(std::chrono::system_clock::now());
  };
};

}  // namespace cli
