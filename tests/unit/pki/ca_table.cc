// Writes the CAs of ca_cases.h as folders, with what checkCa says about each, for tests/go/verify.
//
// usage: ca_table DIRECTORY
#include <iostream>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "pki/ca_check.h"
#include "pki/pem.h"
#include "unit/pki/ca_cases.h"

namespace {

base::Status write(const std::filesystem::path& directory, base::Time now) {
  std::string verdicts =
      "# case, verdict of checkCa, whether istiod loads it, roots as Go reads them, error codes\n";
  for (const auto& one : craft::caCases(now)) {
    const auto folder = directory / one.name;
    TRY(base::makeDirectory(folder));
    TRY(base::writeNewFile(folder / "ca-cert.pem", one.files.caCert));
    TRY(base::writeNewFile(folder / "ca-key.pem", one.files.caKey.reveal()));
    TRY(base::writeNewFile(folder / "cert-chain.pem", one.files.certChain));
    TRY(base::writeNewFile(folder / "root-cert.pem", one.files.rootCert));
    const auto checked = pki::checkCa(one.files, now);
    std::vector<std::string> codes;
    for (const auto& finding : checked.findings) {
      if (finding.severity == pki::CaFinding::Severity::error) codes.push_back(finding.code);
    }
    verdicts +=
        base::join(
            {one.name, codes.empty() ? "ok" : "error", codes.empty() || one.stricter ? "loads" : "refuses",
             std::to_string(pki::certificatesAsGoReads(one.files.rootCert).size()), base::join(codes, ",")},
            "\t") +
        "\n";
  }
  return base::writeNewFile(directory / "verdicts.tsv", verdicts);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: ca_table DIRECTORY\n";
    return 2;
  }
  const auto status = write(argv[1], base::SystemClock().now());
  if (!status) std::cerr << base::describe(status.error()) << "\n";
  return status ? 0 : 1;
}
