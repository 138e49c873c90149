#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/by_the_book.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/global_options.h"
#include "cli/new_ca.h"
#include "cli/rehearsal_report.h"
#include "cli/rehearse.h"
#include "cli/scratch.h"
#include "cli/waivers.h"
#include "mesh/observation_json.h"
#include "pki/ca_files.h"
#include "rehearsal/faults.h"
#include "rotate/journal.h"
#include "ui/output.h"

namespace cli {

namespace {

// What follows a rotation for so long belongs to it: proxies renew, someone looks, nothing may fail.
constexpr base::Millis afterwards = std::chrono::minutes(5);

base::Status checkRehearsal(const Options& options) {
  const auto exclude = [&](const char* one, const char* other) -> base::Status {
    if (!options.on(one) || !options.has(other)) return {};
    return base::fail({base::Kind::usage, fmt::format("--{} and --{} exclude each other", one, other)});
  };
  for (const auto* other : {"by-the-book", "yes", "ca", "accept-unproven"}) TRY(exclude("serve", other));
  for (const auto* other : {"wait", "accept-unproven", "plugged-in"}) TRY(exclude("by-the-book", other));
  if (options.has("pause") && !options.on("by-the-book"))
    return base::fail({base::Kind::usage, "--pause is for --by-the-book: rotate waits for evidence"});
  TRY(readWaivers(options));
  return {};
}

/// Small keys: they are gone when this ends.
base::Result<std::string> makeCa(const std::filesystem::path& scratch, base::Time now) {
  pki::CaRequest request;
  request.outDirectory = scratch / "ca";
  request.name = "intermediate";
  request.rootKey = request.caKey = pki::KeyType::ecP256;
  request.now = now;
  TRY(base::makeDirectory(request.outDirectory));
  TRY(pki::createCa(request));
  return (request.outDirectory / request.name).string();
}

/// What `rotate` is asked for: the rehearsal's own options, on the rehearsal's own mesh.
Options optionsFor(const Options& options, const rehearsal::Shape& shape, const std::string& kubeconfig,
                   const std::string& ca) {
  Options own;
  own.add("kubeconfig", kubeconfig);
  own.add("istio-namespace", shape.istioNamespace);
  own.add("ca", ca);
  own.add("restart-workloads", "true");
  own.add("evidence", options.text("evidence"));  // empty: none is left
  for (const auto* name : {"yes", "wait", "timeout", "verbose"}) {
    if (const auto value = options.text(name); !value.empty()) own.add(name, value);
  }
  for (const auto& name : options.all("accept-unproven")) own.add("accept-unproven", name);
  return own;
}

/// One rehearsal: the mesh, and a context on it in which commands run as on any other.
class Rehearsal {
 public:
  Rehearsal(Context& context, const Options& options, RehearsedShape rehearsed, Scratch scratch,
            std::unique_ptr<rehearsal::BuiltInMesh> mesh)
      : outer_(context),
        options_(options),
        rehearsed_(std::move(rehearsed)),
        scratch_(std::move(scratch)),
        mesh_(std::move(mesh)),
        clock_(mesh_->simulation()) {}

  base::Result<int> run() {
    const auto kubeconfig = scratch_.path() / "kubeconfig";
    TRY(base::writeNewFile(kubeconfig, mesh_->kubeconfig()));
    auto ca = options_.text("ca");
    if (ca.empty()) {
      TRY_ASSIGN(ca, makeCa(scratch_.path(), clock_.now()));
    }
    const auto own = optionsFor(options_, rehearsed_.shape, kubeconfig.string(), ca);
    Context inner(outer_.terminal(), clock_, outer_.rules(), own, outer_.program());
    inner.setCommandLine(outer_.commandLine());
    inner.setCommand("rehearse");
    inner.setMoment([this] { return clock_.now() + clock_.elapsed() % base::Seconds(1); });
    if (options_.has("record")) TRY(record(inner));
    const auto started = clock_.elapsed();
    const auto ended = options_.on("by-the-book") ? byTheBook(inner, ca) : rotateCommand().run(inner, own);
    report_.took = clock_.elapsed() - started;
    if (!ended && ended.error().kind == base::Kind::interrupted) return base::fail(ended.error());
    if (!ended) {
      ui::printError(outer_.terminal().err, ended.error());
      report_.stopped = base::split(base::describe(ended.error()), '\n');
    }
    report_.load = mesh_->load();
    readJournal(inner);
    mesh_->pass(afterwards);
    return tell(ended ? *ended : base::exitCode(ended.error().kind));
  }

 private:
  /// Each look as a file. That one cannot be written is told at the end.
  base::Status record(Context& inner) {
    const std::filesystem::path folder = options_.text("record");
    TRY(base::makeDirectory(folder));
    inner.whenLooked([this, folder](const trust::Observation& mesh) {
      if (!recorded_) return;
      const auto name = fmt::format("{:04}.json", ++looks_);
      recorded_ = base::writeNewFile(folder / name, json::dumpPretty(mesh::observationToJson(mesh)) + "\n");
    });
    return {};
  }

  base::Result<int> byTheBook(Context& inner, const std::string& ca) {
    TRY_ASSIGN(auto loaded, loadCa(ca, clock_.now()));
    TRY(ByTheBook(inner, std::move(loaded), options_.duration("pause")).run());
    return 0;
  }

  /// How long each stage took; nothing where there is no journal.
  void readJournal(Context& inner) {
    const auto api = inner.api();
    if (!api) return;
    const auto entries = rotate::Journal(**api, rehearsed_.shape.istioNamespace, {}).read();
    if (!entries || entries->empty()) return;
    report_.stages = stageTimesOf(rotate::rotationsOf(*entries).back());
  }

  base::Result<int> tell(int code) {
    report_.shape = rehearsed_.shape;
    report_.notes = rehearsed_.notes;
    report_.faults = options_.all("fault");
    report_.byTheBook = options_.on("by-the-book");
    report_.traffic = mesh_->traffic();
    report_.restarted = mesh_->restarted();
    if (!recorded_) return base::fail(recorded_.error());
    if (report_.traffic.failed > 0) code = combine({code, report_.byTheBook ? 3 : 1});
    report_.exitCode = code;
    outer_.print(options_.text("output") == "json" ? ui::renderJson(rehearsalJson(report_))
                                                   : rehearsalText(report_, outer_.terminal().out.style(),
                                                                   outer_.terminal().out.tableWidth()));
    return code;
  }

  Context& outer_;
  const Options& options_;
  RehearsedShape rehearsed_;
  Scratch scratch_;
  std::unique_ptr<rehearsal::BuiltInMesh> mesh_;
  rehearsal::SimulatedClock clock_;
  RehearsalReport report_{};
  base::Status recorded_{};
  int looks_ = 0;
};

base::Result<int> rehearse(Context& context, const Options& options) {
  TRY(checkRehearsal(options));
  TRY(readFaults(options));
  const bool asks = !options.on("yes") && !options.on("by-the-book") && !options.on("serve");
  if (asks && !context.terminal().canAsk) {
    return base::fail({base::Kind::usage, "this asks before each step and there is no terminal to ask on", "",
                       "pass --yes to go on without being asked"});
  }
  TRY_ASSIGN(auto rehearsed, shapeFrom(context, options));
  if (options.on("serve")) return serveMesh(context, options, std::move(rehearsed));
  TRY_ASSIGN(auto mesh, startMesh(context, options, rehearsed));
  TRY_ASSIGN(auto scratch, Scratch::make());
  return Rehearsal(context, options, std::move(rehearsed), std::move(scratch), std::move(mesh)).run();
}

/// For completion; an argument may follow.
std::vector<std::string_view> faultNames() {
  std::vector<std::string_view> names;
  for (const auto& kind : rehearsal::faultKinds()) names.push_back(kind.name);
  return names;
}

std::vector<Option> rehearseOptions() {
  auto options = shapeOptions();
  const std::vector<Option> own{
      {.name = "ca",
       .takes = Takes::directory,
       .value = "DIR",
       .help = "rehearse with this CA; without it one is made and thrown away"},
      {.name = "fault",
       .takes = Takes::text,
       .value = "NAME[:ARGUMENT]",
       .help = "something that goes wrong meanwhile; may be repeated",
       .repeatable = true,
       .choices = faultNames()},
      {.name = "by-the-book",
       .help = "follow the documented procedure instead: its eleven stages, with waiting and no evidence"},
      {.name = "pause",
       .takes = Takes::duration,
       .value = "DURATION",
       .help = "how long --by-the-book waits after each stage",
       .fallback = "30s"},
      {.name = "serve", .help = "keep the mesh up, on wall time, for kubectl and single commands"},
      {.name = "audit-log",
       .takes = Takes::file,
       .value = "FILE",
       .help = "write who changed what, and opened which stream, to a new file, as kube-apiserver's audit "
               "log has it"},
      {.name = "yes", .letter = 'y', .help = "do not ask before each change"},
      {.name = "wait", .help = "wait for a gate that does not hold yet, instead of exit 3 at once"},
      timeoutOption(),
      acceptUnprovenOption(),
      {.name = "evidence",
       .takes = Takes::directory,
       .value = "DIR",
       .help = "leave the evidence of the rehearsed rotation there (default: none)"},
      {.name = "record",
       .takes = Takes::directory,
       .value = "DIR",
       .help = "save what was read at each look as an observation in this folder, by number"},
      outputOption({"table", "json"})};
  options.insert(options.end(), own.begin(), own.end());
  return options;
}

}  // namespace

Command rehearseCommand() {
  static const std::string description =
      "Runs the same rotation as rotate, with the same screens, on a mesh that is built into this program: "
      "an "
      "API server on loopback, istiods and proxies that issue and verify real certificates and make real TLS "
      "handshakes with each other all the time. Its time is simulated, so that it takes seconds. No cluster "
      "is needed and none is touched; --like-cluster and --observation make it look like yours.\n\n"
      "It ends with the handshakes that were tried and failed, how long each stage is expected to take, "
      "which "
      "workloads have to be restarted, and the load on the API server. Exit codes are those of rotate, and 1 "
      "if a handshake failed (3 with --by-the-book, where that is what it shows).\n\n"
      "Faults:\n" +
      faultsHelp();
  return {.name = "rehearse",
          .group = Group::look,
          .summary = "try a rotation on a mesh inside this program",
          .description = description,
          .options = rehearseOptions(),
          .examples = {{"the whole rotation in seconds", "rehearse --yes"},
                       {"your own mesh's shape, which is only read", "rehearse --like-cluster --yes"},
                       {"what the documented procedure costs", "rehearse --by-the-book --fault evicted-pod"},
                       {"with something that goes wrong", "rehearse --yes --fault crashing-istiod"},
                       {"a mesh to try single commands on", "rehearse --serve"}},
          .run = rehearse};
}

}  // namespace cli
