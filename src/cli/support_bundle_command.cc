#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/redact_text.h"
#include "base/tar.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/gathered.h"
#include "cli/global_options.h"
#include "cli/journal_report.h"
#include "cli/looking.h"
#include "cli/observation_source.h"
#include "cli/version_report.h"
#include "kube/log.h"
#include "mesh/observation_json.h"
#include "ui/decision_report.h"
#include "ui/findings_report.h"
#include "ui/output.h"

namespace cli {

namespace {

constexpr int logLines = 2000;
constexpr std::string_view top = "istio-ca-support/";

/// The files of a bundle, and what could not be had.
struct Bundle {
  struct File {
    std::string name, what, bytes;
  };
  std::vector<File> files;
  std::vector<std::string> missing;

  void add(std::string name, std::string what, std::string bytes) {
    files.push_back({std::move(name), std::move(what), std::move(bytes)});
  }
  void add(std::string name, std::string what, const json::Value& document) {
    add(std::move(name), std::move(what), ui::renderJson(document));
  }
};

/// Without what others may have written into it: values of istiod's environment and of the mesh config that
/// name a secret.
trust::Observation redacted(trust::Observation mesh) {
  for (auto& deployment : mesh.istiodDeployments) {
    for (auto& [name, value] : deployment.env)
      value = base::namesSecret(name) ? std::string("<hidden>") : base::redactText(value);
  }
  for (auto& config : mesh.installation.meshConfigs) config.text = base::redactText(config.text);
  return mesh;
}

json::Value permissionsJson(const std::vector<doctor::Denied>& denied) {
  auto document = ui::document("Permissions");
  auto list = json::Value::array();
  for (const auto& each : denied) {
    auto commands = json::Value::array();
    for (const auto& command : each.commands) commands.push(command);
    list.push(json::Value::object(
        {{"what", each.what}, {"purpose", each.purpose}, {"commands", std::move(commands)}}));
  }
  document.set("denied", std::move(list));
  return document;
}

void addJudgements(Bundle& bundle, const Gathered& gathered, const std::string& program) {
  trust::Judge judge(gathered.mesh);
  const auto decision = gathered.decision.value_or(plan::Decision());
  ui::StatusReport status{gathered.mesh, decision, trust::invariants(judge),
                          gathered.decision ? nextCommand(decision, program) : ""};
  status.undecided = gathered.undecided;
  bundle.add("status.json", "where the mesh stands, and the five invariants", ui::statusJson(status));
  if (gathered.decision) {
    bundle.add("plan.json", "the steps left, and what blocks the first",
               ui::planJson({*gathered.decision, gathered.steps}));
  } else {
    bundle.missing.push_back("plan.json: " + base::describe(*gathered.undecided));
  }
  bundle.add("doctor.json", "what doctor finds", ui::findingsJson({gathered.mesh, gathered.findings}));
  bundle.add("report.html", "all of it as a page", htmlOf(gathered));
  if (gathered.journalUnread.empty()) {
    bundle.add("journal.json", "who did what in a rotation", journalJson(gathered.rotations));
  } else {
    bundle.missing.push_back("journal.json: " + gathered.journalUnread);
  }
}

void addLogs(Bundle& bundle, Context& context, const Gathered& gathered) {
  for (const auto& istiod : gathered.mesh.istiods) {
    const auto name = fmt::format("logs/{}.log", istiod.pod);
    const auto access = context.access();
    const auto log =
        access ? kube::readLog(**access, context.clock(), {istiod.ns, istiod.pod}, "discovery", logLines)
               : base::fail(access.error());
    if (log) bundle.add(name, fmt::format("the last {} lines of istiod", logLines), base::redactText(*log));
    if (!log) bundle.missing.push_back(name + ": " + base::describe(log.error()));
  }
}

void addOfCluster(Bundle& bundle, kube::Api& api, const Gathered& gathered, const std::string& ns) {
  bundle.add("permissions.json", "what this user may not do", permissionsJson(gathered.denied));
  const auto versions = readVersions(api, ns);
  if (!versions) bundle.missing.push_back("the cluster's versions: " + base::describe(versions.error()));
  bundle.add("version.json", "versions of this program and of the mesh",
             versionJson(versions ? std::optional(*versions) : std::nullopt));
}

std::string contentsOf(const Bundle& bundle, const trust::Observation& mesh) {
  auto text = fmt::format(
      "Support bundle of kubectl-istio-ca {}, of {}, {}\n\n"
      "No key, no token and no value of a Secret but certificates is in it; names of namespaces, pods, "
      "workloads,\n"
      "certificates and users are. Lines and values that look like secrets are replaced by <hidden>.\n"
      "Look at the same mesh with: kubectl istio-ca status --observation THIS.tar (plan, verify, doctor, "
      "report too)\n\n",
      ICA_VERSION, mesh.server.empty() ? "a saved observation" : mesh.server, base::formatTime(mesh.takenAt));
  for (const auto& file : bundle.files) text += fmt::format("{:<18} {}\n", file.name, file.what);
  if (!bundle.missing.empty()) text += "\nNot in it:\n";
  for (const auto& what : bundle.missing) text += "  " + what + "\n";
  return text;
}

base::Result<std::string> targetOf(const Options& options, base::Time now) {
  if (options.words().empty()) {
    auto stamp = base::formatTime(now);
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
    return "istio-ca-support-" + stamp + ".tar";
  }
  const auto file = options.words().front();
  if (file.ends_with(".tar") || file == "-") return file;
  return base::fail({base::Kind::usage, "a support bundle is a .tar: " + file, "it is not compressed",
                     "name it .tar, and compress it with: gzip FILE.tar"});
}

base::Result<int> makeBundle(Context& context, const Options& options) {
  TRY_ASSIGN(const auto file, targetOf(options, context.clock().now()));
  TRY_ASSIGN(auto gathered, gather(context, options));
  gathered.mesh = redacted(std::move(gathered.mesh));
  Bundle bundle;
  bundle.add("observation.json", "what was read of the mesh", mesh::observationToJson(gathered.mesh));
  addJudgements(bundle, gathered, context.program());
  if (options.has("observation")) {
    bundle.missing.push_back(
        "permissions, the cluster's versions and istiod's log: there is no cluster to ask");
    bundle.add("version.json", "versions of this program", versionJson(std::nullopt));
  } else {
    TRY_ASSIGN(kube::Api * api, context.api());
    addOfCluster(bundle, *api, gathered, context.istioNamespace());
    addLogs(bundle, context, gathered);
  }
  base::Tar tar(gathered.mesh.takenAt);
  const auto contents = contentsOf(bundle, gathered.mesh);
  tar.add(std::string(top) + "README", contents);
  for (const auto& each : bundle.files) tar.add(std::string(top) + each.name, each.bytes);
  if (file == "-") {
    context.print(tar.finish());
  } else {
    TRY(base::writeNewFile(file, tar.finish()));
  }
  context.say(contents + (file == "-" ? "" : "\nwritten: " + file + "\n"));
  return 0;
}

}  // namespace

Command supportBundleCommand() {
  std::vector<Option> options{
      {.name = "journal",
       .takes = Takes::file,
       .value = "FILE",
       .help = "the history from a file (journal --all -o json) instead of the cluster"}};
  for (auto& option : observationOptions()) options.push_back(std::move(option));
  return {.name = "support-bundle",
          .group = Group::look,
          .summary = "collect what others need to help, without secrets",
          .description =
              "Writes one archive: the observation, what status, plan and doctor make of it, the journal, "
              "versions, "
              "what this user may not do, and the last lines of each istiod's log. Lists what is in it and "
              "what could "
              "not be had. No key, no token and no value of a Secret but certificates is in it.\n\n"
              "Whoever gets it looks at the same mesh: status --observation FILE.tar. FILE is "
              "istio-ca-support-TIME.tar unless named; - is standard output. Nothing is overwritten.",
          .words = {.name = "FILE.tar", .most = 1, .takes = Takes::file},
          .options = std::move(options),
          .examples = {{"collect", "support-bundle"}, {"under a name of its own", "support-bundle mesh.tar"}},
          .run = makeBundle};
}

}  // namespace cli
