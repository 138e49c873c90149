#include <fmt/format.h>

#include <utility>

#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "pki/ca_files.h"
#include "pki/pem.h"

namespace pki {
namespace {

namespace fs = std::filesystem;

constexpr auto backdated = std::chrono::hours(1);

/// Files to write, in order; all or none.
class Batch {
 public:
  void add(fs::path path, std::string bytes) {
    files_.emplace_back(std::move(path), base::Secret(std::move(bytes)));
  }
  void add(fs::path path, base::Secret bytes) { files_.emplace_back(std::move(path), std::move(bytes)); }

  base::Result<std::vector<fs::path>> write() {
    for (const auto& file : files_) {
      auto status = writeOne(file.first, file.second);
      if (status) continue;
      undo();
      return base::fail(std::move(status).error());
    }
    std::vector<fs::path> paths;
    for (const auto& file : files_) paths.push_back(file.first);
    return paths;
  }

 private:
  base::Status writeOne(const fs::path& path, const base::Secret& bytes) {
    std::error_code ignored;
    for (fs::path folder = path.parent_path(); !folder.empty() && !fs::exists(folder, ignored);) {
      madeFolders_.push_back(folder);  // innermost first
      folder = folder.parent_path();
    }
    if (!path.parent_path().empty()) TRY(base::makeDirectory(path.parent_path()));
    TRY(base::writeNewFile(path, bytes.reveal()));
    written_.push_back(path);
    return {};
  }

  void undo() {
    std::error_code ignored;
    for (const fs::path& path : written_) fs::remove(path, ignored);
    for (const fs::path& folder : madeFolders_) fs::remove(folder, ignored);  // does nothing if not empty
  }

  std::vector<std::pair<fs::path, base::Secret>> files_;
  std::vector<fs::path> written_, madeFolders_;
};

struct Root {
  PrivateKey key;
  Certificate certificate;
};

class Creation {
 public:
  explicit Creation(const CaRequest& request)
      : request_(request), folder_(request.outDirectory / request.name) {}

  base::Result<CaCreated> run() {
    TRY(checkRequest());
    TRY(checkTargets());
    TRY_ASSIGN(const auto key, PrivateKey::generate(request_.caKey));
    if (request_.csrOnly) {
      TRY(addRequest(key));
    } else {
      TRY_ASSIGN(const auto root, ownRoot() ? makeNewRoot() : readRoot());
      TRY(addIntermediate(key, root));
    }
    TRY_ASSIGN(created_.files, batch_.write());
    return std::move(created_);
  }

 private:
  [[nodiscard]] bool ownRoot() const {
    return !request_.csrOnly && request_.rootCertFile.empty() && request_.rootKeyFile.empty();
  }

  [[nodiscard]] base::Status checkRequest() const {
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const std::string& name = request_.name;
    if (name.empty() || name.size() > 128 || name.front() == '.' || name.front() == '-' ||
        name.find_first_not_of(allowed) != std::string::npos) {
      return base::fail({base::Kind::usage, fmt::format("\"{}\" cannot be the name of a CA", name),
                         "it becomes a folder and part of the subject",
                         "Use up to 128 letters, digits, \".\", \"-\" and \"_\", as in \"intermediate\"."});
    }
    if (request_.rootDays <= 0 || request_.caDays <= 0 || request_.rootDays > 36500 ||
        request_.caDays > 36500) {
      return base::fail(
          {base::Kind::usage, "a CA cannot be valid for so many days",
           fmt::format("{} for the root, {} for the intermediate", request_.rootDays, request_.caDays),
           "Give between 1 and 36500 days."});
    }
    if (request_.rootCertFile.empty() != request_.rootKeyFile.empty()) {
      return base::fail(
          {base::Kind::usage, "an existing root needs its certificate and its key", "only one is given",
           "Give both, or none for a new root, or ask for a request (CSR) if the key is elsewhere."});
    }
    if (request_.csrOnly && !request_.rootCertFile.empty()) {
      return base::fail({base::Kind::usage, "a request (CSR) and a root to sign with exclude each other", "",
                         "Leave out one of them."});
    }
    return {};
  }

  [[nodiscard]] std::vector<fs::path> targets() const {
    if (request_.csrOnly) return {folder_ / "ca-key.pem", folder_ / "ca.csr", folder_ / "ca-cert.pem"};
    std::vector<fs::path> paths;
    if (ownRoot()) paths = {request_.outDirectory / "root-key.pem", request_.outDirectory / "root-cert.pem"};
    for (const char* file : {"ca-key.pem", "root-cert.pem", "cert-chain.pem", "ca-cert.pem", "ca.csr"}) {
      paths.push_back(folder_ / file);
    }
    return paths;
  }

  [[nodiscard]] base::Status checkTargets() const {
    for (const fs::path& path : targets()) {
      std::error_code ignored;
      if (fs::symlink_status(path, ignored).type() == fs::file_type::not_found) continue;
      std::string hint = "Give another folder or name. Nothing was written.";
      if (path.parent_path() == request_.outDirectory) {
        hint += fmt::format(" For one more intermediate of that root: --root-cert {} --root-key {}.",
                            (request_.outDirectory / "root-cert.pem").string(),
                            (request_.outDirectory / "root-key.pem").string());
      }
      return base::fail({base::Kind::usage, fmt::format("{} exists already", path.string()),
                         "no file is ever overwritten", hint});
    }
    return {};
  }

  [[nodiscard]] Validity validFor(int days) const {
    return {request_.now - backdated, request_.now + std::chrono::days(days)};
  }

  /// " 1f2e3d4c": what keeps the subjects of two CAs apart.
  [[nodiscard]] std::string mark() const {
    return request_.istioNames ? std::string() : " " + base::hex(base::randomBytes(4));
  }

  [[nodiscard]] Name intermediateSubject() const {
    if (request_.caSubject) return *request_.caSubject;
    return {{"O", "Istio"}, {"CN", "Intermediate CA" + mark()}, {"L", request_.name}};
  }

  base::Result<Root> makeNewRoot() {
    const Name subject = request_.rootSubject.value_or(Name{{"O", "Istio"}, {"CN", "Root CA" + mark()}});
    TRY_ASSIGN(auto key, PrivateKey::generate(request_.rootKey));
    TRY_ASSIGN(auto certificate, makeRoot(key, subject, validFor(request_.rootDays)));
    TRY_ASSIGN(auto pem, key.pem(request_.encryptRootKey));
    batch_.add(request_.outDirectory / "root-key.pem", std::move(pem));
    batch_.add(request_.outDirectory / "root-cert.pem", certificate.pem());
    return Root{std::move(key), std::move(certificate)};
  }

  [[nodiscard]] base::Result<Root> readRoot() const {
    const std::string name = request_.rootCertFile.string();
    TRY_ASSIGN(const auto pem, base::readFile(request_.rootCertFile));
    TRY_ASSIGN(auto certificates, parseCertificates(pem, name));
    const Certificate& root = certificates.front();
    if (certificates.size() != 1 || !root.selfSigned()) {
      return base::fail({base::Kind::usage, fmt::format("{} is not a root", name),
                         certificates.size() != 1
                             ? fmt::format("it holds {} certificates", certificates.size())
                             : fmt::format("it is issued by {}", root.issuer()),
                         "Name a file with the self-signed root alone."});
    }
    if (request_.now < root.notBefore() || root.notAfter() <= request_.now) {
      return base::fail({base::Kind::usage, fmt::format("{} is not valid now", name),
                         fmt::format("it is valid from {} to {}", base::formatTime(root.notBefore()),
                                     base::formatTime(root.notAfter())),
                         "Make a new root."});
    }
    TRY_ASSIGN(const auto secret, base::readSecretFile(request_.rootKeyFile));
    TRY_ASSIGN(auto key,
               PrivateKey::fromPem(secret, request_.rootKeyFile.string(), request_.rootKeyPassphrase));
    return Root{std::move(key), root};
  }

  base::Status addIntermediate(const PrivateKey& key, const Root& root) {
    TRY_ASSIGN(auto certificate, makeIntermediate(key, intermediateSubject(), request_.dnsNames,
                                                  validFor(request_.caDays), root.certificate, root.key));
    TRY_ASSIGN(auto pem, key.pem());
    const CaFiles files{certificate.pem(), toPem({certificate, root.certificate}), root.certificate.pem(),
                        pem};
    TRY(checkResult(files));
    batch_.add(folder_ / "ca-key.pem", std::move(pem));
    batch_.add(folder_ / "root-cert.pem", files.rootCert);
    batch_.add(folder_ / "cert-chain.pem", files.certChain);
    batch_.add(folder_ / "ca-cert.pem", files.caCert);
    created_.root = root.certificate;
    created_.intermediate = std::move(certificate);
    return {};
  }

  /// An existing root, or a subject or DNS name asked for, can be one that istiod or a proxy would refuse.
  [[nodiscard]] base::Status checkResult(const CaFiles& files) const {
    for (const CaFinding& finding : checkCa(files, request_.now).findings) {
      if (finding.severity != CaFinding::Severity::error) continue;
      return base::fail({base::Kind::usage, "the CA would not work, so nothing was written", finding.message,
                         finding.hint});
    }
    return {};
  }

  base::Status addRequest(const PrivateKey& key) {
    TRY_ASSIGN(auto csr, makeCsr(key, intermediateSubject(), request_.dnsNames));
    TRY_ASSIGN(auto pem, key.pem());
    batch_.add(folder_ / "ca-key.pem", std::move(pem));
    batch_.add(folder_ / "ca.csr", std::move(csr));
    return {};
  }

  const CaRequest& request_;
  fs::path folder_;
  Batch batch_;
  CaCreated created_;
};

}  // namespace

base::Result<CaCreated> createCa(const CaRequest& request) {
  return Creation(request).run();
}

}  // namespace pki
