#include "cli/context.h"

#include "cli/global_options.h"
#include "kube/traced_transport.h"
#include "ui/text.h"

namespace cli {
namespace {

void traceToStandardError(std::string_view line) {
  ui::systemTerminal().err.write("> " + ui::printable(line) + "\n");
}

}  // namespace

Context::Context(ui::Terminal& terminal, base::Clock& clock, plan::Rules rules, const Options& options,
                 std::string program)
    : terminal_(terminal), clock_(clock), rules_(rules), options_(options), program_(std::move(program)) {}

std::string Context::istioNamespace() const {
  return options_.text("istio-namespace");
}

base::Result<const kube::ClusterAccess*> Context::access() {
  if (!access_) {
    TRY_ASSIGN(auto loaded, kube::loadAccess(accessFlags(options_), kube::systemEnvironment()));
    access_ = std::make_unique<kube::ClusterAccess>(std::move(loaded));
  }
  return access_.get();
}

base::Result<kube::Api*> Context::api() {
  if (!api_) {
    TRY_ASSIGN(const kube::ClusterAccess* cluster, access());
    const kube::Tracing tracing{traces() ? traceToStandardError : nullptr, options_.number("verbose")};
    TRY_ASSIGN(auto connected, kube::connectTraced(*cluster, clock_, tracing));
    api_ = std::make_unique<CountedApi>(std::move(connected));
  }
  return api_.get();
}

}  // namespace cli
