#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/text.h"
#include "cli/rehearse.h"
#include "cli/scratch.h"

namespace cli {

namespace {

// So often the mesh's time catches up with the wall clock's.
constexpr base::Millis tick{50};

void tellWhatToTry(Context& context, const std::string& kubeconfig) {
  const auto& program = context.program();
  context.print(fmt::format("export KUBECONFIG={}\n", kubeconfig));
  context.say(
      fmt::format("\nA mesh of nobody, until Ctrl-C. In another terminal, with that kubeconfig:\n"
                  "  kubectl get pods -A\n"
                  "  {0} status\n"
                  "  {0} verify\n"
                  "  {0} rotate --restart-workloads\n"
                  "  {0} rollback\n",
                  program));
}

base::Status keepUp(Context& context, rehearsal::Simulation& simulation) {
  const auto started = context.clock().elapsed();
  base::Millis passed{0};
  while (true) {
    if (const auto paused = context.clock().pause(tick); !paused) return paused;
    const auto now = context.clock().elapsed() - started;
    const std::lock_guard lock(simulation.mutex());
    simulation.advance(now - passed);
    passed = now;
  }
}

/// Each event a line of a new file; without the option nothing.
base::Result<std::function<void(const json::Value&)>> auditLog(const Options& options) {
  if (!options.has("audit-log")) return nullptr;
  const std::filesystem::path path = options.text("audit-log");
  TRY(base::writeNewFile(path, ""));
  auto file = std::make_shared<std::ofstream>(path, std::ios::app);
  if (!*file) return base::fail({base::Kind::failed, "cannot write " + path.string()});
  return [file](const json::Value& event) { *file << json::dump(event) << std::endl; };
}

}  // namespace

base::Result<std::vector<rehearsal::Fault>> readFaults(const Options& options) {
  std::vector<rehearsal::Fault> faults;
  for (const auto& text : options.all("fault")) {
    TRY_ASSIGN(auto fault, rehearsal::parseFault(text));
    faults.push_back(std::move(fault));
  }
  return faults;
}

std::string faultsHelp() {
  std::string text;
  for (const auto& kind : rehearsal::faultKinds()) {
    auto name = std::string(kind.name);
    if (kind.argument == rehearsal::FaultArgument::workload) name += "[:NAMESPACE/NAME]";
    if (!kind.fallback.empty()) name += fmt::format("[:{}]", kind.fallback);
    text += fmt::format("  {:<32} {}\n", name, kind.help);
  }
  return text;
}

base::Result<std::unique_ptr<rehearsal::BuiltInMesh>> startMesh(Context& context, const Options& options,
                                                                RehearsedShape& rehearsed) {
  TRY_ASSIGN(auto faults, readFaults(options));
  TRY(rehearsal::applyToShape(faults, rehearsed.shape));
  TRY_ASSIGN(auto audit, auditLog(options));
  const auto proxies = std::size_t(rehearsal::proxiesOf(rehearsed.shape));
  context.say(fmt::format("starting a mesh in this process: {} in {}\n",
                          base::plural(proxies, "proxy", "proxies"),
                          base::plural(rehearsed.shape.workloads.size(), "workload", "workloads")));
  return rehearsal::BuiltInMesh::start({.shape = rehearsed.shape,
                                        .faults = std::move(faults),
                                        .seed = std::uint64_t(options.number("seed")),
                                        .now = context.clock().now(),
                                        .wallTime = options.on("serve"),
                                        .audit = std::move(audit)});
}

base::Result<int> serveMesh(Context& context, const Options& options, RehearsedShape rehearsed) {
  TRY_ASSIGN(const auto mesh, startMesh(context, options, rehearsed));
  TRY_ASSIGN(const auto scratch, Scratch::make());
  const auto kubeconfig = scratch.path() / "kubeconfig";
  TRY(base::writeNewFile(kubeconfig, mesh->kubeconfig()));
  tellWhatToTry(context, kubeconfig.string());
  const auto ended = keepUp(context, mesh->simulation());
  if (ended.error().kind != base::Kind::interrupted) return base::fail(ended.error());
  const auto traffic = mesh->traffic();
  context.say(fmt::format("\nthe mesh is gone: {} handshakes were tried, {} failed\n", traffic.tried,
                          traffic.failed));
  return 0;
}

}  // namespace cli
