#include "pki/ca_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "pki/ca_findings.h"
#include "pki/issue.h"
#include "pki/key.h"
#include "pki/pem.h"
#include "pki/pem_scan.h"
#include "pki/verify.h"

namespace pki {
namespace {

constexpr const char* fileChain = "cert-chain.pem";
constexpr const char* fileRoot = "root-cert.pem";
constexpr const char* fileCa = "ca-cert.pem";
constexpr const char* fileKey = "ca-key.pem";

constexpr const char* whatChainIs =
    "istiod does not notice, but every workload would present a chain that leads nowhere. cert-chain.pem is "
    "ca-cert.pem, the certificates between it and the root, and the root, in this order.";

bool blank(std::string_view text) {
  return base::trim(text).empty();
}

std::string certificates(std::size_t count) {
  return base::plural(count, "certificate", "certificates");
}

class CaCheck {
 public:
  CaCheck(CheckedCa& ca, base::Time now, const std::string& trustDomain)
      : ca_(ca), files_(ca.files), now_(now), trustDomain_(trustDomain) {}

  void run() {
    readFiles();
    readKey();
    checkChain();
    findAnchors();
    checkCertificates();
    checkTrust();
    ca_.findings = findings_.take();
  }

 private:
  void readFiles() {
    const auto ca = read(files_.caCert, fileCa);
    if (!ca.empty()) caCert_ = ca.front();
    if (ca.size() > 1) {
      findings_.warning(
          "several-certificates",
          fmt::format("{} holds {}; istiod takes the first", fileCa, certificates(ca.size())),
          "Keep the CA's own certificate alone in ca-cert.pem; the others belong into cert-chain.pem.");
    }
    ca_.roots = read(files_.rootCert, fileRoot);
    // istiod's own CA has an empty chain: its root signs, and a leaf needs nothing in between.
    if (!blank(files_.certChain)) {
      ca_.chain = read(files_.certChain, fileChain);
    } else if (caCert_ && isRoot(*caCert_)) {
      ca_.chain = {*caCert_};
    } else {
      findings_.error("chain-without-ca", fmt::format("{} is empty", fileChain), whatChainIs);
    }
  }

  std::vector<Certificate> read(const std::string& pem, const std::string& file) {
    if (blank(pem)) {
      findings_.error("file-empty",
                      fmt::format("{} is empty (istiod: \"{}\")", file,
                                  file == fileCa ? "failed to parse cert PEM"
                                                 : "cannot verify the cert with the provided root chain"),
                      "Put the certificates into it as PEM; create-ca shows what such a folder holds.");
      return {};
    }
    auto parsed = parseCertificates(pem, file);
    if (!parsed) {
      const auto seen = certificatesAsGoReads(pem).size();
      findings_.error(
          "pem-not-strict",
          fmt::format("{} (istiod would see {} in it)", base::describe(parsed.error()), certificates(seen)),
          parsed.error().hint);
      return {};
    }
    if (!pem.ends_with('\n')) {
      findings_.warning(
          "no-newline-at-end", fmt::format("{} does not end with a newline", file),
          "Whoever appends a certificate to it with cat makes a file that Go cannot read: add one.");
    }
    return std::move(*parsed);
  }

  void readKey() {
    const auto pem = files_.caKey.reveal();
    if (blank(pem)) {
      findings_.error("file-empty",
                      fmt::format("{} is empty (istiod: \"failed to parse private key PEM\")", fileKey),
                      "Put the private key of ca-cert.pem into it as PEM, unencrypted.");
      return;
    }
    auto key = PrivateKey::fromPem(files_.caKey, fileKey);
    if (!key) {
      const bool encrypted = key.error().message.find("encrypted") != std::string::npos;
      findings_.error(
          encrypted ? "key-encrypted" : "key-not-readable",
          fmt::format("{} (istiod: \"failed to parse private key PEM\")", base::describe(key.error())),
          key.error().hint);
      return;
    }
    key_ = std::move(*key);
    checkKeyBlock(pem);
    if (caCert_ && !key_->matches(*caCert_)) {
      findings_.error(
          "key-mismatch",
          fmt::format("{} does not belong to {}: the key there is {}, that of the certificate {} (istiod: "
                      "\"the cert does not match the key\")",
                      fileKey, fileCa, key_->description(), caCert_->keyDescription()),
          "Give the key that ca-cert.pem was made with.");
    }
  }

  /// istiod looks at the first block alone, and knows three types (security/pkg/pki/util/crypto.go).
  void checkKeyBlock(std::string_view pem) {
    const auto blocks = scanPem(pem, fileKey);
    const std::string type = blocks && !blocks->empty() ? blocks->front().type : "";
    if (type == "PRIVATE KEY" || type == "RSA PRIVATE KEY" || type == "EC PRIVATE KEY") return;
    findings_.error(
        "key-not-readable",
        blocks ? fmt::format("{} begins with a block of type {} (istiod: \"unsupported PEM block type for a "
                             "private key\")",
                             fileKey, type)
               : fmt::format("{} (istiod: \"invalid PEM-encoded key\")", base::describe(blocks.error())),
        "Write it anew with: openssl pkey -in ca-key.pem -out ca-key.new");
  }

  void checkChain() {
    if (!caCert_ || ca_.chain.empty() || ca_.chain.front() == *caCert_) return;
    const bool later = std::find(ca_.chain.begin(), ca_.chain.end(), *caCert_) != ca_.chain.end();
    findings_.error("chain-without-ca",
                    later ? fmt::format("{} does not begin with the certificate of {}, but has it later",
                                        fileChain, fileCa)
                          : fmt::format("{} does not hold the certificate of {}; its first is {}", fileChain,
                                        fileCa, ca_.chain.front().subject()),
                    whatChainIs);
  }

  /// The roots that the CA leads to, each by itself.
  void findAnchors() {
    if (!caCert_) return;
    for (const Certificate& root : ca_.roots) {
      if (!whyNotTrusted(*caCert_, ca_.chain, {root}, now_, Purpose::any)) anchors_.push_back(root);
    }
  }

  [[nodiscard]] bool isAnchor(const Certificate& root) const {
    return anchors_.empty() || std::find(anchors_.begin(), anchors_.end(), root) != anchors_.end();
  }

  [[nodiscard]] bool isRoot(const Certificate& certificate) const {
    return std::find(ca_.roots.begin(), ca_.roots.end(), certificate) != ca_.roots.end();
  }

  void checkCertificates() {
    if (caCert_) findings_.add(checkCaCertificate(*caCert_, fileCa, isRoot(*caCert_), now_));
    for (std::size_t i = 0; i < ca_.chain.size(); ++i) {
      const Certificate& certificate = ca_.chain[i];
      if (isRoot(certificate) || (caCert_ && certificate == *caCert_)) continue;
      findings_.add(checkCaCertificate(certificate, fmt::format("certificate {} of {}", i + 1, fileChain),
                                       false, now_));
    }
    for (std::size_t i = 0; i < ca_.roots.size(); ++i) checkRoot(ca_.roots[i], i);
  }

  void checkRoot(const Certificate& root, std::size_t index) {
    if (std::find(ca_.roots.begin(), ca_.roots.begin() + static_cast<std::ptrdiff_t>(index), root) !=
        ca_.roots.begin() + static_cast<std::ptrdiff_t>(index)) {
      return;  // said already: a bundle may hold a root twice
    }
    const std::string where =
        ca_.roots.size() == 1 ? fileRoot : fmt::format("certificate {} of {}", index + 1, fileRoot);
    if (!root.selfSigned()) {
      findings_.error(
          "root-not-self-signed", fmt::format("{} is not a root: it is issued by {}", where, root.issuer()),
          "Put the self-signed root at the end of the chain there. Proxies take nothing else for an anchor.");
    }
    if (caCert_ && root == *caCert_) return;  // looked at as ca-cert.pem
    auto found = checkCaCertificate(root, where, true, now_);
    isAnchor(root) ? findings_.add(std::move(found)) : findings_.addAsWarnings(std::move(found));
  }

  void checkTrust() {
    if (!caCert_ || ca_.roots.empty()) return;
    if (anchors_.empty()) {
      const auto why = whyNotTrusted(*caCert_, ca_.chain, ca_.roots, now_, Purpose::any);
      findings_.error(
          "not-trusted",
          fmt::format(
              "{} does not verify with {} by way of {}: {} (istiod: \"cannot verify the cert with the "
              "provided root chain and cert pool\")",
              fileCa, fileRoot, fileChain, why.value_or("only with several roots together")),
          "root-cert.pem must be the root that the chain leads to, and cert-chain.pem hold every "
          "certificate in between.");
      return;
    }
    for (const Certificate& root : anchors_) warnIfOutlived(root);
    if (key_ && key_->matches(*caCert_)) checkTrialLeaf();
  }

  void warnIfOutlived(const Certificate& root) {
    // Those of tools/certs outlive their root by seconds.
    if (caCert_->notAfter() - root.notAfter() < std::chrono::hours(1)) return;
    findings_.warning("outlives-root",
                      fmt::format("{} is valid {} longer than its root", fileCa,
                                  base::formatDuration(caCert_->notAfter() - root.notAfter())),
                      fmt::format("From {} on nobody trusts it.", base::formatTime(root.notAfter())));
  }

  /// A workload's certificate as istiod would sign it, judged as a proxy would, against each root alone.
  void checkTrialLeaf() {
    const std::string hint =
        "Look for an extended key usage (both TLS usages or none), a path length (at least 0 for the CA that "
        "signs, "
        "one more for each above it) and name constraints in the chain.";
    const auto key = PrivateKey::generate(KeyType::ecP256);
    if (!key) return findings_.error("leaf-not-trusted", base::describe(key.error()), "");
    const Validity validity{now_ - std::chrono::minutes(2), now_ + std::chrono::hours(24)};
    const auto leaf = makeWorkload(*key, fmt::format("spiffe://{}/ns/trial/sa/trial", trustDomain_), validity,
                                   *caCert_, *key_);
    if (!leaf) {
      return findings_.error(
          "leaf-not-trusted",
          fmt::format("no workload certificate can be made: {}", base::describe(leaf.error())), hint);
    }
    std::vector<Certificate> presented{*caCert_};  // be the chain wrong: that is said already
    presented.insert(presented.end(), ca_.chain.begin(), ca_.chain.end());
    std::optional<std::string> why;
    for (const Certificate& root : anchors_) {
      why = whyNotTrusted(*leaf, presented, {root}, now_, Purpose::tlsServerAndClient);
      if (!why) return;
    }
    findings_.error("leaf-not-trusted",
                    fmt::format("a workload certificate signed by this CA would be refused: {}", *why), hint);
  }

  CheckedCa& ca_;
  const CaFiles& files_;
  base::Time now_;
  const std::string& trustDomain_;
  CaFindings findings_;
  std::optional<Certificate> caCert_;
  std::optional<PrivateKey> key_;
  std::vector<Certificate> anchors_;
};

}  // namespace

bool CheckedCa::usable() const {
  return std::none_of(findings.begin(), findings.end(), [](const CaFinding& finding) {
    return finding.severity == CaFinding::Severity::error;
  });
}

CheckedCa checkCa(CaFiles files, base::Time now, const std::string& trustDomain) {
  CheckedCa ca;
  ca.files = std::move(files);
  CaCheck(ca, now, trustDomain).run();
  return ca;
}

}  // namespace pki
