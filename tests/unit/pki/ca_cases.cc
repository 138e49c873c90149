#include "unit/pki/ca_cases.h"

#include <openssl/x509.h>

#include <utility>

#include "pki/pem.h"
#include "unit/pki/craft.h"

namespace craft {
namespace {

using pki::toPem;
using Days = std::chrono::days;
using Codes = std::vector<std::string>;

const Extensions root = caExtensions();
const Extensions intermediate = caExtensions("critical,CA:TRUE,pathlen:0");

Extensions with(Extensions extensions, const std::string& name, const std::string& value) {
  extensions.emplace_back(name, value);
  return extensions;
}

Extensions without(Extensions extensions, const std::string& name) {
  std::erase_if(extensions, [&](const auto& extension) { return extension.first == name; });
  return extensions;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// Everything between the last END and its newline taken away: what `printf %s` or an editor leaves.
std::string cut(std::string text) {
  text.pop_back();
  return text;
}

class Table {
 public:
  explicit Table(base::Time now)
      : now_(now), root_(ca("Root", root, nullptr)), ca_(ca("CA", intermediate, &root_)) {}

  std::vector<CaCase> build() {
    good();
    keys();
    pem();
    chains();
    roots();
    extensions();
    dates();
    algorithms();
    return std::move(cases_);
  }

 private:
  [[nodiscard]] pki::Validity valid(Days before = Days(1), Days after = Days(365)) const {
    return {now_ - before, now_ + after};
  }

  [[nodiscard]] Recipe recipe(const std::string& cn, const Extensions& wanted) const {
    return {{{"O", "Craft"}, {"CN", cn}}, wanted, valid()};
  }

  [[nodiscard]] Ca ca(const std::string& cn, const Extensions& wanted, const Ca* issuer,
                      const std::string& keyType = "EC:P-256") const {
    return make(recipe(cn, wanted), issuer, keyType);
  }

  static std::string pemOf(const Ca& one) { return one.certificate.pem(); }

  static std::string keyOf(const Ca& one) { return std::string(one.key.pem()->reveal()); }

  /// The folder that tools/certs would make of them.
  static pki::CaFiles files(const Ca& signer, const Ca& top) {
    return {pemOf(signer), pemOf(signer) + pemOf(top), pemOf(top), base::Secret(keyOf(signer))};
  }

  void add(std::string name, pki::CaFiles files, Codes errors = {}, Codes warnings = {},
           bool stricter = false) {
    cases_.push_back({std::move(name), std::move(files), std::move(errors), std::move(warnings), stricter});
  }

  /// One that istiod loads and that would break the mesh, or nearly.
  void addStricter(std::string name, pki::CaFiles files, Codes errors) {
    add(std::move(name), std::move(files), std::move(errors), {}, true);
  }

  [[nodiscard]] pki::CaFiles usual() const { return files(ca_, root_); }

  void good() {
    add("good-ec", usual());
    const Ca rsaRoot = ca("RSA root", root, nullptr, "RSA:2048");
    const Ca rsa = ca("RSA CA", intermediate, &rsaRoot, "RSA:2048");
    add("good-rsa", files(rsa, rsaRoot));
    auto pkcs1 = files(rsa, rsaRoot);
    pkcs1.caKey = base::Secret(keyAs(rsa.key, "pkcs1"));
    add("good-pkcs1-key", std::move(pkcs1));
    auto sec1 = usual();
    sec1.caKey = base::Secret(keyAs(ca_.key, "sec1"));
    add("good-sec1-key", std::move(sec1));
    add("good-root-signs", files(root_, root_));
    auto istiodsOwn = files(root_, root_);
    istiodsOwn.certChain = "";
    add("good-root-signs-without-chain", std::move(istiodsOwn));
    const Ca middle = ca("Middle", root, &root_);
    const Ca lower = ca("Lower", intermediate, &middle);
    add("good-two-levels", {pemOf(lower), pemOf(lower) + pemOf(middle) + pemOf(root_), pemOf(root_),
                            base::Secret(keyOf(lower))});
    auto chainWithoutRoot = usual();
    chainWithoutRoot.certChain = pemOf(ca_);
    add("good-chain-without-root", std::move(chainWithoutRoot));
    add("good-p384", files(ca("CA", intermediate, &root_, "EC:P-384"), root_));
    add("good-no-key-usage", files(ca("CA", without(intermediate, "keyUsage"), &root_), root_));
    const Ca purpose = ca("CA", with(intermediate, "extendedKeyUsage", "serverAuth,clientAuth"), &root_);
    add("good-both-extended-usages", files(purpose, root_));
    const Ca limited =
        ca("Limited", with(root, "nameConstraints", "critical,permitted;URI:cluster.local"), nullptr);
    add("good-name-constraints", files(ca("CA", intermediate, &limited), limited));
  }

  void keys() {
    auto other = usual();
    other.caKey = base::Secret(keyOf(root_));
    add("key-of-another", std::move(other), {"key-mismatch"});
    auto encrypted = usual();
    encrypted.caKey = *ca_.key.pem(base::Secret(std::string("sesame")));
    add("key-encrypted", std::move(encrypted), {"key-encrypted"});
    auto traditional = usual();
    traditional.caKey = base::Secret(keyAs(ca_.key, "traditional-encrypted"));
    add("key-encrypted-traditional", std::move(traditional), {"key-encrypted"});
    auto parameters = usual();
    parameters.caKey = base::Secret(keyAs(ca_.key, "with-ec-parameters"));
    add("key-after-ec-parameters", std::move(parameters), {"key-not-readable"});
    auto certificate = usual();
    certificate.caKey = base::Secret(pemOf(ca_));
    add("key-is-a-certificate", std::move(certificate), {"key-not-readable"});
    auto empty = usual();
    empty.caKey = base::Secret(std::string());
    add("key-empty", std::move(empty), {"file-empty"});
    auto half = usual();
    half.caKey = base::Secret(keyOf(ca_).substr(0, 90));
    add("key-cut-off", std::move(half), {"key-not-readable"});
  }

  void pem() {
    auto crlf = usual();
    crlf.rootCert = replaced(crlf.rootCert, "\n", "\r\n");
    crlf.certChain = replaced(crlf.certChain, "\n", "\r\n");
    add("good-crlf", std::move(crlf));
    auto comments = usual();
    comments.rootCert = "# the root\n\nsubject=O = Craft\n" + comments.rootCert + "\n# end\n";
    add("good-comments", std::move(comments));
    auto noNewline = usual();
    noNewline.rootCert = cut(noNewline.rootCert);
    noNewline.certChain = cut(noNewline.certChain);
    add("no-newline-at-end", std::move(noNewline), {}, {"no-newline-at-end", "no-newline-at-end"});
    auto both = usual();
    both.caCert += pemOf(root_);
    add("ca-cert-with-root", std::move(both), {}, {"several-certificates"});
    auto gluedRoots = usual();
    gluedRoots.rootCert = cut(pemOf(ca("Old", root, nullptr))) + pemOf(root_);
    add("roots-glued", std::move(gluedRoots), {"pem-not-strict"});
    auto gluedTwice = usual();
    gluedTwice.rootCert = pemOf(ca("Old", root, nullptr)) + cut(pemOf(root_)) + pemOf(root_);
    add("roots-glued-after-another", std::move(gluedTwice), {"pem-not-strict"});
    auto gluedBefore = usual();
    gluedBefore.rootCert =
        pemOf(root_) + cut(pemOf(ca("Old", root, nullptr))) + pemOf(ca("Other", root, nullptr));
    addStricter("roots-glued-behind-the-one", std::move(gluedBefore), {"pem-not-strict"});
    auto gluedChain = usual();
    gluedChain.certChain = cut(pemOf(ca_)) + pemOf(root_);
    add("chain-glued", std::move(gluedChain), {"pem-not-strict"});
    auto mark = usual();
    mark.rootCert = "\xEF\xBB\xBF" + mark.rootCert;
    add("root-after-byte-order-mark", std::move(mark), {"pem-not-strict"});
    auto indented = usual();
    indented.rootCert = replaced("\n" + indented.rootCert, "\n", "\n  ");
    add("root-indented", std::move(indented), {"pem-not-strict"});
    auto halfRoot = usual();
    halfRoot.rootCert = halfRoot.rootCert.substr(0, halfRoot.rootCert.size() / 2);
    add("root-cut-off", std::move(halfRoot), {"pem-not-strict"});
    auto damaged = usual();
    damaged.caCert[100] = '!';
    add("ca-cert-damaged", std::move(damaged), {"pem-not-strict"});
    auto trusted = usual();
    trusted.rootCert = replaced(trusted.rootCert, "CERTIFICATE", "TRUSTED CERTIFICATE");
    add("root-of-another-type", std::move(trusted), {"pem-not-strict"});
    auto withKey = usual();
    withKey.certChain += keyOf(ca_);
    addStricter("chain-with-the-key", std::move(withKey), {"pem-not-strict"});
    auto emptyLine = usual();
    emptyLine.rootCert.insert(93, "\n");
    addStricter("root-with-empty-line-inside", std::move(emptyLine), {"pem-not-strict"});
    auto der = usual();
    der.rootCert = root_.certificate.der();
    add("root-in-der", std::move(der), {"pem-not-strict"});
    auto empty = usual();
    empty.rootCert = "";
    add("root-empty", std::move(empty), {"file-empty"});
    auto emptyCa = usual();
    emptyCa.caCert = "\n";
    add("ca-cert-empty", std::move(emptyCa), {"file-empty"});
  }

  void chains() {
    auto empty = usual();
    empty.certChain = "";
    addStricter("chain-empty", std::move(empty), {"chain-without-ca"});
    auto stale = usual();
    stale.certChain = pemOf(ca("CA", intermediate, &root_)) + pemOf(root_);
    addStricter("chain-of-another-ca", std::move(stale), {"chain-without-ca"});
    auto reversed = usual();
    reversed.certChain = pemOf(root_) + pemOf(ca_);
    addStricter("chain-reversed", std::move(reversed), {"chain-without-ca"});
    const Ca middle = ca("Middle", root, &root_);
    const Ca lower = ca("Lower", intermediate, &middle);
    auto gap = files(lower, root_);
    add("chain-with-a-gap", std::move(gap), {"not-trusted"});
    const Ca tight = ca("Tight", intermediate, &root_);
    const Ca below = ca("Below", intermediate, &tight);
    addStricter(
        "chain-too-long-for-path-length",
        {pemOf(below), pemOf(below) + pemOf(tight) + pemOf(root_), pemOf(root_), base::Secret(keyOf(below))},
        {"leaf-not-trusted"});
  }

  void roots() {
    const Ca old = ca("Old", root, nullptr);
    auto two = usual();
    two.rootCert = pemOf(old) + pemOf(root_);
    add("good-two-roots", std::move(two));
    auto repeated = usual();
    repeated.rootCert = pemOf(old) + pemOf(root_) + pemOf(root_);
    add("good-root-repeated", std::move(repeated));
    auto other = usual();
    other.rootCert = pemOf(old);
    add("root-of-another-ca", std::move(other), {"not-trusted"});
    auto sameName = usual();
    sameName.rootCert = pemOf(ca("Root", without(root, "subjectKeyIdentifier"), nullptr));
    add("root-of-the-same-name", std::move(sameName), {"not-trusted"});
    auto notRoot = usual();
    notRoot.rootCert = pemOf(ca_);
    addStricter("root-is-the-intermediate", std::move(notRoot), {"root-not-self-signed", "not-trusted"});
    auto expired = usual();
    Recipe was = recipe("Expired", root);
    was.validity = {now_ - Days(20), now_ - Days(10)};
    expired.rootCert += pemOf(make(was));
    add("old-root-expired", std::move(expired), {}, {"expired"});
    const Ca tight = ca("Tight root", intermediate, nullptr);
    addStricter("root-with-path-length-0", files(ca("CA", intermediate, &tight), tight),
                {"leaf-not-trusted"});
    const Ca mute =
        ca("Mute", with(without(root, "keyUsage"), "keyUsage", "critical,digitalSignature"), nullptr);
    add("root-must-not-sign", files(ca("CA", intermediate, &mute), mute), {"key-usage", "not-trusted"});
  }

  void addWithCa(const std::string& name, const Extensions& wanted, Codes errors, bool stricter = false) {
    add(name, files(ca("CA", wanted, &root_), root_), std::move(errors), {}, stricter);
  }

  void addWithRoot(const std::string& name, const Extensions& wanted, Codes errors, bool stricter = false) {
    const Ca top = ca("Root", wanted, nullptr);
    const auto names = with(intermediate, "subjectAltName", "DNS:istiod.istio-system.svc");
    add(name, files(ca("CA", names, &top), top), std::move(errors), {}, stricter);
  }

  void extensions() {
    addWithCa("not-a-ca",
              with(without(intermediate, "basicConstraints"), "basicConstraints", "critical,CA:FALSE"),
              {"not-a-ca", "leaf-not-trusted"});
    addWithCa("no-basic-constraints", without(intermediate, "basicConstraints"),
              {"not-a-ca", "leaf-not-trusted"});
    addWithCa(
        "ca-must-not-sign",
        with(without(intermediate, "keyUsage"), "keyUsage", "critical,digitalSignature,keyEncipherment"),
        {"key-usage", "leaf-not-trusted"}, true);
    addWithCa("ca-for-clients-only", with(intermediate, "extendedKeyUsage", "clientAuth"),
              {"extended-key-usage", "leaf-not-trusted"});
    addWithCa("ca-for-servers-only", with(intermediate, "extendedKeyUsage", "serverAuth"),
              {"leaf-not-trusted"}, true);
    addWithCa("ca-for-any-usage", with(intermediate, "extendedKeyUsage", "anyExtendedKeyUsage"),
              {"leaf-not-trusted"}, true);
    addWithCa("ca-with-gated-crypto", with(intermediate, "extendedKeyUsage", "msSGC,clientAuth"),
              {"extended-key-usage"});
    addWithRoot("root-for-mail-only", with(root, "extendedKeyUsage", "emailProtection"),
                {"extended-key-usage", "leaf-not-trusted"});
    addWithRoot("name-constraints-against-spiffe",
                with(root, "nameConstraints", "critical,permitted;URI:.example.com"), {"leaf-not-trusted"},
                true);
    addWithRoot("name-constraints-against-the-ca",
                with(root, "nameConstraints", "critical,excluded;DNS:istio-system.svc"), {"not-trusted"});
    // permitted;dirName:O=Craft
    addWithRoot(
        "name-constraints-by-directory",
        with(root, "nameConstraints", "critical,DER:3018A0163014A4123010310E300C060355040A0C054372616674"),
        {"unhandled-critical-extension"});
    addWithCa("critical-extension-nobody-knows", with(intermediate, "1.2.3.4.5", "critical,DER:0500"),
              {"unhandled-critical-extension", "not-trusted"});
    addWithCa("critical-extension-openssl-knows", with(intermediate, "noCheck", "critical,ignored"),
              {"unhandled-critical-extension"});
    addWithCa("critical-alternative-name-istiod-skips",
              with(intermediate, "subjectAltName", "critical,RID:1.2.3.4"), {"unhandled-critical-extension"});
    addWithCa("extension-twice", with(intermediate, "keyUsage", "keyCertSign"),
              {"key-usage", "duplicate-extension", "not-trusted"});
    Recipe negative = recipe("CA", intermediate);
    negative.serial = -5;
    add("negative-serial", files(make(negative, &root_), root_), {"negative-serial"});
    Recipe old = recipe("CA", intermediate);
    old.version = 0;
    // OpenSSL 3.5 signs nothing that has extensions as version 1.
    if (const Ca first = make(old, &root_); X509_get_version(first.certificate.native()) == 0)
      add("version-1", files(first, root_), {"not-v3"});
  }

  void addDated(const std::string& name, pki::Validity caValidity, pki::Validity rootValidity, Codes errors,
                Codes warnings = {}) {
    Recipe top = recipe("Root", root);
    top.validity = rootValidity;
    const Ca anchor = make(top);
    Recipe signer = recipe("CA", intermediate);
    signer.validity = caValidity;
    add(name, files(make(signer, &anchor), anchor), std::move(errors), std::move(warnings));
  }

  void dates() {
    const pki::Validity past{now_ - Days(20), now_ - Days(10)};
    const pki::Validity future{now_ + Days(10), now_ + Days(500)};
    addDated("ca-expired", past, valid(), {"expired", "not-trusted"});
    addDated("ca-not-yet-valid", future, valid(Days(1), Days(600)), {"not-yet-valid", "not-trusted"});
    addDated("root-expired", valid(), past, {"expired", "not-trusted"});
    addDated("ca-expires-soon", valid(Days(1), Days(10)), valid(), {}, {"expires-soon"});
    addDated("ca-outlives-its-root", valid(Days(1), Days(400)), valid(Days(1), Days(100)), {},
             {"outlives-root"});
  }

  void algorithms() {
    Recipe weak = recipe("CA", intermediate);
    weak.digest = "SHA1";
    add("ca-signed-with-sha1", files(make(weak, &root_), root_), {"weak-digest"});
    Recipe weakRoot = recipe("Root", root);
    weakRoot.digest = "SHA1";
    const Ca sha1Root = make(weakRoot);
    add("root-signed-with-sha1", files(ca("CA", intermediate, &sha1Root), sha1Root), {}, {"weak-digest"});
    addStricter("ca-with-rsa-1024", files(ca("CA", intermediate, &root_, "RSA:1024"), root_), {"small-key"});
    addStricter("ca-with-ed25519", files(ca("CA", intermediate, &root_, "ED25519"), root_), {"key-type"});
    add("ca-with-secp256k1", files(ca("CA", intermediate, &root_, "EC:secp256k1"), root_), {"key-type"});
  }

  base::Time now_;
  Ca root_, ca_;
  std::vector<CaCase> cases_;
};

}  // namespace

std::vector<CaCase> caCases(base::Time now) {
  return Table(now).build();
}

}  // namespace craft
