#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "cli/print.h"
#include "pki/ca_check.h"
#include "pki/ca_files.h"
#include "ui/certificates.h"
#include "ui/output.h"
#include "ui/table.h"
#include "ui/text.h"

namespace cli {
namespace {

using Severity = pki::CaFinding::Severity;

std::string_view name(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

json::Value certificatesOf(const std::vector<pki::Certificate>& certificates) {
  json::Array items;
  for (const pki::Certificate& certificate : certificates) items.push_back(ui::certificateJson(certificate));
  return json::Value::array(std::move(items));
}

json::Value toJson(const pki::CheckedCa& ca, const std::string& directory) {
  json::Value document = ui::document("CaCheck");
  document.set("directory", directory);
  document.set("usable", ca.usable());
  document.set("chain", certificatesOf(ca.chain));
  document.set("roots", certificatesOf(ca.roots));
  json::Array findings;
  for (const pki::CaFinding& finding : ca.findings) {
    findings.push_back(json::Value::object({{"severity", name(finding.severity)},
                                            {"code", finding.code},
                                            {"message", finding.message},
                                            {"hint", finding.hint}}));
  }
  document.set("findings", json::Value::array(std::move(findings)));
  return document;
}

/// "certificate/SHA256" of each certificate.
std::vector<std::string> namesOf(const pki::CheckedCa& ca) {
  std::vector<std::string> names;
  for (const auto* part : {&ca.chain, &ca.roots}) {
    for (const auto& certificate : *part) names.push_back("certificate/" + certificate.fingerprint());
  }
  return names;
}

/// The certificates of the CA, the signing one first.
ui::Table certificateTable(const pki::CheckedCa& ca, base::Time now, bool wide) {
  ui::Table table({{"FILE"}, {"SUBJECT", 12}, {"KEY"}, {"SHA-256"}, {"EXPIRES"}});
  auto add = [&](const char* file, const pki::Certificate& certificate) {
    table.add({{file},
               {certificate.subject()},
               {certificate.keyDescription()},
               {certificate.fingerprint().substr(0, wide ? std::string::npos : 8)},
               {ui::remaining(certificate, now)}});
  };
  for (const pki::Certificate& certificate : ca.chain) add("cert-chain.pem", certificate);
  for (const pki::Certificate& certificate : ca.roots) add("root-cert.pem", certificate);
  return table;
}

std::string toText(const pki::CheckedCa& ca, const std::string& directory, base::Time now,
                   const ui::Stream& out) {
  const ui::Style& style = out.style();
  const auto table = certificateTable(ca, now, false);
  std::string text = table.empty() ? "" : table.render(style, out.tableWidth()) + "\n";
  for (const pki::CaFinding& finding : ca.findings) {
    const bool error = finding.severity == Severity::error;
    text += fmt::format(
        "{} {} [{}]\n",
        style.paint(error ? ui::Colour::red : ui::Colour::yellow, fmt::format("{}:", name(finding.severity))),
        ui::oneLine(finding.message), finding.code);
    if (!finding.hint.empty()) text += fmt::format("  hint: {}\n", ui::oneLine(finding.hint));
  }
  return text +
         (ca.usable() ? style.paint(ui::Colour::green, "usable")
                      : style.paint(ui::Colour::red, "not usable")) +
         fmt::format(": the CA in {}\n", directory);
}

base::Result<int> runCheckCa(Context& context, const Options& options) {
  const std::string& directory = options.words().front();
  TRY_ASSIGN(pki::CaFiles files, pki::readCaDirectory(directory));
  const base::Time now = context.clock().now();
  const pki::CheckedCa ca = pki::checkCa(std::move(files), now, options.text("trust-domain"));
  printAs(context, options,
          {.document = [&] { return toJson(ca, directory); },
           .names = [&] { return namesOf(ca); },
           .text = [&](const ui::Stream& out) { return toText(ca, directory, now, out); },
           .table = [&](bool wide) { return certificateTable(ca, now, wide); }});
  return ca.usable() ? 0 : 3;
}

}  // namespace

Command checkCaCommand() {
  return {
      .name = "check-ca",
      .group = Group::files,
      .summary = "check the files of a CA before it is plugged in",
      .description =
          R"(DIR holds ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem. Applies everything that istiod checks when it loads a CA, and what it does not check but a mesh breaks on: that the chain begins with ca-cert.pem and leads to a root, that PEM blocks are not glued together, what the CA may sign (a trial certificate is made and verified with the root alone), weak digests and keys, and expiry.

Exits with 3 if the CA cannot be used. Warnings alone do not.)",
      .words = {.name = "DIR", .least = 1, .most = 1, .takes = Takes::directory},
      .options = {outputOption({"text", "table", "wide", "json", "yaml", "name"}, "text"),
                  {.name = "trust-domain",
                   .takes = Takes::text,
                   .value = "DOMAIN",
                   .help = "trust domain of the trial certificate",
                   .fallback = "cluster.local"}},
      .examples = {{"check what create-ca has made", "check-ca certs/intermediate"},
                   {"for a script", "check-ca certs/intermediate -o json"}},
      .run = runCheckCa};
}

}  // namespace cli
