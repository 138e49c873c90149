#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "pki/ca_files.h"

namespace pki {
namespace {

namespace fs = std::filesystem;

constexpr std::array caFileNames{"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"};

bool isThere(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// What is in the folder, sorted, the first few.
std::vector<std::string> listing(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    names.push_back(entry->path().filename().string() + (entry->is_directory(ignored) ? "/" : ""));
  }
  std::sort(names.begin(), names.end());
  constexpr std::size_t shown = 8;
  if (names.size() > shown) {
    names.resize(shown);
    names.emplace_back("...");
  }
  return names;
}

/// A folder right below that holds a CA, if there is one.
std::optional<fs::path> caBelow(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    if (isThere(entry->path() / "ca-cert.pem")) found.push_back(entry->path());
  }
  if (found.empty()) return std::nullopt;
  return *std::min_element(found.begin(), found.end());
}

std::string adviceFor(const fs::path& directory) {
  if (const auto below = caBelow(directory)) {
    return fmt::format("Name the folder of the intermediate: {}", below->string());
  }
  if (isThere(directory / "ca.csr") && !isThere(directory / "ca-cert.pem")) {
    return fmt::format(
        "The request ca.csr is not answered yet. Have the root's CA sign it (CA:TRUE), then put into {}: the "
        "certificate that comes back as ca-cert.pem; the same certificate, those between it and the root, "
        "and the "
        "root, in this order, as cert-chain.pem; the root alone as root-cert.pem. ca-key.pem stays.",
        directory.string());
  }
  if (isThere(directory / "tls.crt")) {
    return "This is the layout of a kubernetes.io/tls secret. Copy the first certificate of tls.crt to "
           "ca-cert.pem, "
           "tls.key to ca-key.pem, tls.crt and then ca.crt to cert-chain.pem, ca.crt to root-cert.pem.";
  }
  if (!isThere(directory / "cert-chain.pem") && isThere(directory / "ca-cert.pem")) {
    return "cert-chain.pem is ca-cert.pem, the certificates between it and the root, and the root, one after "
           "the "
           "other.";
  }
  return "A CA is the four files ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem, as create-ca "
         "makes them.";
}

base::Error notThere(const fs::path& directory, const std::vector<std::string>& missing) {
  const auto names = listing(directory);
  return {base::Kind::usage,
          fmt::format("{} holds no complete CA: no {}", directory.string(), base::join(missing, ", ")),
          names.empty() ? "the folder is empty" : fmt::format("in it are {}", base::join(names, ", ")),
          adviceFor(directory)};
}

}  // namespace

base::Result<CaFiles> readCaDirectory(const fs::path& directory) {
  std::error_code error;
  const auto type = fs::status(directory, error).type();
  if (type != fs::file_type::directory) {
    const bool absent = type == fs::file_type::not_found;
    return base::fail(
        {base::Kind::usage, fmt::format("cannot read a CA from {}", directory.string()),
         absent  ? "no such folder"
         : error ? error.message()
                 : "it is not a folder",
         absent ? "Make a CA with create-ca, or name the folder that holds one."
                : "Name the folder that holds ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem."});
  }
  if (fs::directory_iterator(directory, error); error) {
    return base::fail({base::Kind::usage, fmt::format("cannot read a CA from {}", directory.string()),
                       error.message(), "Run as a user who may read the folder."});
  }
  std::vector<std::string> missing;
  for (const char* name : caFileNames) {
    if (!isThere(directory / name)) missing.emplace_back(name);
  }
  if (!missing.empty()) return base::fail(notThere(directory, missing));
  CaFiles files;
  TRY_ASSIGN(files.caCert, base::readFile(directory / "ca-cert.pem"));
  TRY_ASSIGN(files.caKey, base::readSecretFile(directory / "ca-key.pem"));
  TRY_ASSIGN(files.certChain, base::readFile(directory / "cert-chain.pem"));
  TRY_ASSIGN(files.rootCert, base::readFile(directory / "root-cert.pem"));
  return files;
}

}  // namespace pki
