#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "cli/look_until.h"
#include "cli/observation_source.h"
#include "cli/predicates.h"
#include "cli/verify_input.h"
#include "cli/waivers.h"
#include "cli/watch.h"
#include "pki/pem.h"
#include "ui/answers.h"
#include "ui/matrix.h"
#include "ui/output.h"
#include "ui/proxies.h"
#include "ui/symbols.h"
#include "ui/terminal.h"
#include "ui/text.h"

namespace cli {
namespace {

base::Status checkVerifyOptions(const Options& options) {
  const std::string format = options.text("output");
  if (options.on("roots") && format != "pem" && format != "text") {
    return base::fail(usageError("--roots goes with -o pem and -o text", "-o json shows chains and roots"));
  }
  TRY(checkWait(options));
  if (!options.has("file")) return {};
  if (options.has("observation") || options.has("save-observation")) {
    return base::fail(
        usageError("--file does not go with a saved observation", "name either dumps or an observation"));
  }
  if (options.on("wait"))
    return base::fail(usageError("--wait does not go with --file", "a file does not change"));
  if (options.has("namespace") || options.on("all-namespaces") || !options.words().empty()) {
    return base::fail(
        usageError("--file does not go with proxies of the cluster", "name either files or proxies"));
  }
  return {};
}

/// -o pem and -o text: leaf and chain of each proxy, or its roots. In text nothing stands between
/// certificates.
std::string certificatesText(const ui::ProxyList& list, bool roots, bool pem) {
  std::string text;
  for (const ui::ProxyRow& row : list.rows) {
    if (!row.proxy->secrets) continue;
    const trust::Certificates& certificates = roots ? row.proxy->secrets->roots : row.proxy->secrets->chain;
    if (pem) text += fmt::format("# {}\n", ui::proxyName(*row.proxy)) + pki::toPem(certificates);
    if (pem) continue;
    for (const pki::Certificate& certificate : certificates) text += certificate.text();
  }
  return text;
}

std::string findingsText(const Findings& findings, const ui::Stream& stream) {
  std::string text = ui::verdictText(findings.verdict, stream.style(), stream.tableWidth());
  for (const trust::Answer& answer : findings.answers) {
    text += ui::answerText(answer, stream.style(), stream.tableWidth());
  }
  return text;
}

json::Value toJson(const trust::Observation& observation, const ui::ProxyList& list,
                   const Findings& findings) {
  json::Value document = ui::document("Verification");
  document.set("takenAt", base::formatTime(observation.takenAt));
  if (!observation.server.empty()) document.set("server", observation.server);
  document.set("trustDomain", observation.installation.trustDomain);
  document.set("proxies", ui::proxiesJson(list));
  document.set("certificates", ui::certificatesJson(list));
  document.set("verdict", ui::verdictJson(findings.verdict));
  json::Array predicates;
  for (const trust::Answer& answer : findings.answers) predicates.push_back(ui::answerJson(answer));
  document.set("predicates", json::Value::array(std::move(predicates)));
  return document;
}

/// What is printed; -o pem and -o text leave no room for findings.
std::string reportText(Context& context, const Options& options, const trust::Observation& observation,
                       const Findings& findings) {
  const ui::ProxyList list = ui::listProxies(observation);
  const std::string format = options.text("output");
  if (format == "json") return ui::renderJson(toJson(observation, list, findings));
  if (format == "yaml") return ui::renderYaml(toJson(observation, list, findings));
  if (format == "pem" || format == "text")
    return certificatesText(list, options.on("roots"), format == "pem");
  const ui::Stream& out = context.terminal().out;
  if (format == "name") {
    std::string names;
    for (const ui::ProxyRow& row : list.rows) names += "pod/" + ui::oneLine(row.proxy->pod) + "\n";
    return names;
  }
  const std::string table =
      format == "matrix"
          ? ui::matrixText(observation, list, out.style(), out.tableWidth(), ui::systemLocaleIsUtf8()) +
                ui::rootsText(list, observation.takenAt, false, out.style(), out.tableWidth())
          : ui::proxyTable(list, observation.takenAt, format == "wide", out.style(), out.tableWidth());
  return table + (table.empty() ? "" : "\n") + findingsText(findings, out);
}

void report(Context& context, const Options& options, const trust::Observation& observation,
            const Findings& findings) {
  context.print(reportText(context, options, observation, findings));
  const std::string format = options.text("output");
  if ((format == "pem" || format == "text") && findings.exitCode() != 0)
    context.say(findingsText(findings, context.terminal().err));
}

base::Result<int> watchProxies(Context& context, const Options& options, const Predicates& predicates) {
  return watch(context, options, [&]() -> base::Result<Watched> {
    TRY_ASSIGN(const auto observation, observeForVerify(context, options));
    const Findings findings = judge(observation, predicates);
    return Watched{reportText(context, options, observation, findings),
                   toJson(observation, ui::listProxies(observation), findings)};
  });
}

struct Observed {
  trust::Observation observation;
  Findings findings;
};

/// What is forbidden does not heal by waiting.
std::optional<ui::Waiting> holdsMissing(const Observed& observed) {
  const int code = observed.findings.exitCode();
  if (code == 0 || code == base::exitCode(base::Kind::forbidden)) return std::nullopt;
  return waitingFor(observed.findings.missing());
}

base::Result<int> runVerify(Context& context, const Options& options) {
  TRY(checkVerifyOptions(options));
  TRY_ASSIGN(const Predicates predicates, readPredicates(options));
  if (options.on("watch")) return watchProxies(context, options, predicates);
  const Looks<Observed> looks{[&]() -> base::Result<Observed> {
                                TRY_ASSIGN(auto mesh, observeForVerify(context, options));
                                auto findings = judge(mesh, predicates);
                                return Observed{std::move(mesh), std::move(findings)};
                              },
                              holdsMissing};
  TRY_ASSIGN(const auto last, lookUntil(context, options, looks));
  const auto& observed = last.seen;
  TRY_ASSIGN(const auto risks, risksOf(predicates.waivers, observed.observation));
  report(context, options, observed.observation, observed.findings);
  for (const Risk& risk : risks) ui::printWarning(context.terminal().err, risk.name + " " + risk.text);
  if (!last.missing) return observed.findings.exitCode();
  return base::fail(
      notWithin(options, "not", *last.missing, "raise --timeout, or see what keeps these proxies"));
}

}  // namespace

Command verifyCommand() {
  Command command{
      .name = "verify",
      .group = Group::look,
      .summary = "show and check which proxy presents and trusts what",
      .description =
          R"(Reads the certificate and the roots that each proxy holds now, and judges every ordered pair: would this proxy's certificate be accepted by that one in a new handshake, by signature and validity?

Without words: all meshed namespaces. TYPE/NAME is a workload or a pod: deployment/server, pod/client-0.

--trusts and --issued-by check more than that, and --wait waits until all holds. What could not be read is unproven and exits with 4; an answer that is no exits with 3 and names the proxies. The exit code is the same in every output format.)",
      .words = {.name = "TYPE/NAME", .most = 1000, .takes = Takes::workload},
      .options =
          {namespaceOption(),
           allNamespacesOption(),
           {.name = "file",
            .letter = 'f',
            .takes = Takes::file,
            .value = "FILE",
            .help = "read an Envoy config dump or \"istioctl proxy-config secret -o json\" instead of the "
                    "cluster; - is standard input; may be repeated",
            .repeatable = true},
           outputOption({"table", "wide", "matrix", "json", "yaml", "name", "pem", "text"}),
           {.name = "roots", .help = "with -o pem and -o text: the roots instead of leaf and chain"},
           {.name = "trusts",
            .takes = Takes::file,
            .value = "FILE",
            .help =
                "check that every proxy trusts every certificate of this file; may be repeated: all of them",
            .repeatable = true},
           {.name = "issued-by",
            .takes = Takes::file,
            .value = "FILE",
            .help =
                "check that every proxy's certificate verifies with this root or intermediate as its only "
                "anchor; may be repeated: one of them",
            .repeatable = true},
           acceptUnprovenOption(),
           {.name = "wait", .help = "wait until everything holds"},
           timeoutOption()},
      .examples = {{"who trusts what in the whole mesh", "verify"},
                   {"who accepts whom, as a picture", "verify -o matrix"},
                   {"wait until every proxy trusts the new root",
                    "verify --trusts root-cert.pem --wait --timeout 10m"},
                   {"see every proxy as it changes", "verify --watch"},
                   {"every certificate is issued by the new intermediate",
                    "verify --issued-by intermediate/ca-cert.pem"},
                   {"the certificates of one workload, as openssl prints them",
                    "verify deployment/httpbin -n httpbin -o text"},
                   {"from a saved dump", "verify -f dump.json"}},
      .run = runVerify};
  for (const Option& option : watchOptions()) command.options.push_back(option);
  for (const Option& option : observationOptions()) command.options.push_back(option);
  return command;
}

}  // namespace cli
