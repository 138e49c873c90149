#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "cli/print.h"
#include "pki/ca_files.h"
#include "trust/judge.h"
#include "ui/certificates.h"
#include "ui/output.h"
#include "ui/prompt.h"
#include "ui/text.h"

namespace cli {
namespace {

constexpr std::string_view passphraseHint = "pass --passphrase-file FILE";

base::Status checkRootOptions(const Options& options) {
  const bool ownRoot = options.has("root-cert") || options.has("root-key");
  if (ownRoot && options.on("csr")) {
    return base::fail(usageError("--csr does not go with --root-cert and --root-key",
                                 "with the root at hand, no request is needed"));
  }
  if (options.has("root-cert") != options.has("root-key")) {
    return base::fail(usageError("--root-cert and --root-key go together"));
  }
  if (!ownRoot && !options.on("csr")) return {};
  for (const std::string_view name : {"root-key-type", "root-days", "root-subject", "encrypt-root-key"}) {
    if (options.has(name)) {
      return base::fail(usageError(fmt::format("--{} is for a new root, and none is made", name)));
    }
  }
  return {};
}

/// The first line of the file.
base::Result<base::Secret> readPassphrase(const std::string& file) {
  TRY_ASSIGN(const base::Secret bytes, base::readSecretFile(file));
  const std::string_view line = bytes.reveal().substr(0, bytes.reveal().find_first_of("\r\n"));
  if (line.empty())
    return base::fail(usageError(fmt::format("{}: its first line, the passphrase, is empty", file)));
  return base::Secret(std::string(line));
}

/// Asked for, or read, where one is needed: for a new root's key, or for an existing one that is encrypted.
base::Status addPassphrases(Context& context, const Options& options, pki::CaRequest& request) {
  const bool fromFile = options.has("passphrase-file");
  if (options.on("encrypt-root-key")) {
    TRY_ASSIGN(request.encryptRootKey,
               fromFile ? readPassphrase(options.text("passphrase-file"))
                        : ui::askNewPassphrase(context.terminal(), "the passphrase for the root's key",
                                               passphraseHint));
    return {};
  }
  if (options.has("root-key")) {
    TRY_ASSIGN(const base::Secret key, base::readSecretFile(options.text("root-key")));
    if (key.reveal().find("ENCRYPTED") == std::string_view::npos) return {};
    TRY_ASSIGN(request.rootKeyPassphrase,
               fromFile ? readPassphrase(options.text("passphrase-file"))
                        : ui::askPassphrase(context.terminal(),
                                            "the passphrase of " + options.text("root-key"), passphraseHint));
    return {};
  }
  if (fromFile)
    return base::fail(usageError("--passphrase-file without a key to encrypt", "add --encrypt-root-key"));
  return {};
}

base::Result<pki::CaRequest> requestOf(Context& context, const Options& options) {
  TRY(checkRootOptions(options));
  pki::CaRequest request;
  request.outDirectory = options.text("out");
  request.name = options.text("name");
  request.rootCertFile = options.text("root-cert");
  request.rootKeyFile = options.text("root-key");
  request.csrOnly = options.on("csr");
  request.istioNames = options.on("istio-names");
  request.rootDays = options.number("root-days");
  request.caDays = options.number("days");
  request.dnsNames = options.all("dns");
  request.now = context.clock().now();
  TRY_ASSIGN(request.caKey, pki::parseKeyType(options.text("key-type")));
  TRY_ASSIGN(request.rootKey, pki::parseKeyType(options.text("root-key-type")));
  if (options.has("subject")) {
    TRY_ASSIGN(request.caSubject, pki::parseName(options.text("subject")));
  }
  if (options.has("root-subject")) {
    TRY_ASSIGN(request.rootSubject, pki::parseName(options.text("root-subject")));
  }
  TRY(addPassphrases(context, options, request));
  return request;
}

std::string certificateLine(std::string_view label, const pki::Certificate& certificate) {
  return fmt::format("{:<13} {}\n{:<13} {}, SHA-256 {}, until {}\n", label,
                     ui::oneLine(certificate.subject()), "", certificate.keyDescription(),
                     certificate.fingerprint().substr(0, 8), base::formatTime(certificate.notAfter()));
}

std::string nextSteps(const pki::CaRequest& request, const std::string& program) {
  const std::string directory = (request.outDirectory / request.name).string();
  if (request.csrOnly) {
    return fmt::format(
        "\nNext: have {0}/ca.csr signed as an intermediate CA, and put beside it\n"
        "  ca-cert.pem     the certificate that comes back\n"
        "  cert-chain.pem  the same, then what is between it and the root\n"
        "  root-cert.pem   the root\n"
        "then: {1} check-ca {0}\n",
        directory, program);
  }
  return fmt::format("\nNext: {0} check-ca {1}\n      {0} rotate --ca {1}\n", program, directory);
}

std::string toText(const pki::CaRequest& request, const pki::CaCreated& made, const std::string& program) {
  std::string text;
  if (made.root) text += certificateLine("root", *made.root);
  if (made.intermediate) text += certificateLine("intermediate", *made.intermediate);
  text += text.empty() ? "Written:\n" : "\nWritten:\n";
  for (const auto& file : made.files) text += fmt::format("  {}\n", file.string());
  if (!request.csrOnly && request.rootKeyFile.empty()) {
    text += fmt::format("\nistiod never needs {}: keep it away from the cluster.\n",
                        (request.outDirectory / "root-key.pem").string());
  }
  return text + nextSteps(request, program);
}

json::Value toJson(const pki::CaCreated& made) {
  json::Value document = ui::document("CaCreated");
  std::vector<std::string> files;
  for (const auto& file : made.files) files.push_back(file.string());
  document.set("files", ui::textsJson(files));
  if (made.root) document.set("root", ui::certificateJson(*made.root));
  if (made.intermediate) document.set("intermediate", ui::certificateJson(*made.intermediate));
  return document;
}

base::Result<int> runCreateCa(Context& context, const Options& options) {
  TRY_ASSIGN(const pki::CaRequest request, requestOf(context, options));
  TRY_ASSIGN(const pki::CaCreated made, pki::createCa(request));
  printAs(context, options,
          {.document = [&] { return toJson(made); },
           .names =
               [&] {
                 std::vector<std::string> names;
                 for (const auto& file : made.files) names.push_back(file.string());
                 return names;
               },
           .text = [&](const ui::Stream&) { return toText(request, made, context.program()); },
           .table = {}});
  return 0;
}

Option fileOption(std::string_view name, std::string_view help) {
  return {.name = name, .takes = Takes::file, .value = "FILE", .help = help};
}

Option daysOption(std::string_view name, std::string_view help) {
  return {.name = name, .takes = Takes::number, .value = "DAYS", .help = help, .fallback = "3650"};
}

Option keyOption(std::string_view name, std::string_view help) {
  return {.name = name,
          .takes = Takes::choice,
          .value = "TYPE",
          .help = help,
          .fallback = "rsa4096",
          .choices = {"rsa2048", "rsa3072", "rsa4096", "p256", "p384"}};
}

Option subjectOption(std::string_view name, std::string_view help) {
  return {.name = name, .takes = Takes::text, .value = "NAME", .help = help};
}

}  // namespace

Command createCaCommand() {
  return {
      .name = "create-ca",
      .group = Group::files,
      .summary = "make a root and an intermediate CA, or a request for one",
      .description =
          R"(Writes the files that istio's tools/certs makes: a root in DIR, and the intermediate that istiod will sign with in DIR/NAME, which is what rotate and switch-signer take as --ca. Nothing is overwritten, and all files are readable by their owner alone.

With --root-cert and --root-key an existing root signs the intermediate. For a root that is kept elsewhere, --csr makes only the intermediate's key and a request to be signed there; check-ca then checks what comes back.

Each CA gets a subject of its own unless one is given, so that an old and a new root are never taken for each other.)",
      .options = {{.name = "out",
                   .takes = Takes::directory,
                   .value = "DIR",
                   .help = "where to write; made if it does not exist",
                   .required = true},
                  {.name = "name",
                   .takes = Takes::text,
                   .value = "NAME",
                   .help = "name of the intermediate and of its folder",
                   .required = true},
                  fileOption("root-cert", "an existing root, to sign the intermediate"),
                  fileOption("root-key", "its key"),
                  {.name = "csr", .help = "only a key and a request, for a root that is kept elsewhere"},
                  keyOption("key-type", "key of the intermediate"),
                  keyOption("root-key-type", "key of the root"),
                  daysOption("days", "validity of the intermediate; never beyond the root's"),
                  daysOption("root-days", "validity of the root"),
                  subjectOption("subject", "subject of the intermediate: O=Istio,CN=Intermediate CA"),
                  subjectOption("root-subject", "subject of the root: O=Istio,CN=Root CA"),
                  {.name = "dns",
                   .takes = Takes::text,
                   .value = "NAME",
                   .help = "DNS name in the intermediate's subjectAltName; may be repeated",
                   .fallback = "istiod.istio-system.svc",
                   .repeatable = true},
                  {.name = "istio-names",
                   .help = "exactly the subjects of tools/certs, the same for every CA"},
                  {.name = "encrypt-root-key",
                   .help = "encrypt the new root's key with a passphrase, asked for on the terminal"},
                  fileOption("passphrase-file",
                             "take the passphrase of the root's key from the first line of this file"),
                  outputOption({"text", "json", "yaml", "name"}, "text")},
      .examples = {{"a root and an intermediate", "create-ca --out certs --name intermediate"},
                   {"an intermediate below a root that is at hand",
                    "create-ca --out certs --name east --root-cert root-cert.pem --root-key root-key.pem"},
                   {"a request for a root that is kept elsewhere",
                    "create-ca --out certs --name east --csr"}},
      .run = runCreateCa};
}

}  // namespace cli
