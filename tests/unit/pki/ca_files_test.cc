#include "pki/ca_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "pki/pem.h"
#include "unit/pki/craft.h"

namespace {

namespace fs = std::filesystem;

using craft::now;

using craft::holds;

class CaFolder : public testing::Test {
 protected:
  CaFolder() { EXPECT_TRUE(base::makeDirectory(out_)); }
  ~CaFolder() override { fs::remove_all(out_); }

  [[nodiscard]] pki::CaRequest request() const {
    pki::CaRequest wanted;
    wanted.outDirectory = out_;
    wanted.name = "east";
    wanted.rootKey = wanted.caKey = pki::KeyType::ecP256;
    wanted.now = now;
    return wanted;
  }

  /// Everything below the folder.
  [[nodiscard]] std::set<std::string> listing() const {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(out_)) {
      names.insert(fs::relative(entry.path(), out_).string());
    }
    return names;
  }

  [[nodiscard]] std::string read(const std::string& name) const { return *base::readFile(out_ / name); }

  const fs::path out_ = fs::temp_directory_path() / ("ica-ca-files-" + base::hex(base::randomBytes(8)));
};

const std::set<std::string> whole{
    "east",          "east/ca-cert.pem",   "east/ca-key.pem", "east/cert-chain.pem",
    "root-cert.pem", "east/root-cert.pem", "root-key.pem"};

TEST_F(CaFolder, HoldsTheFilesOfToolsCerts) {
  const auto created = pki::createCa(request());
  ASSERT_TRUE(created) << base::describe(created.error());
  EXPECT_EQ(listing(), whole);
  EXPECT_EQ(created->files.size(), 6U);
  EXPECT_EQ(created->files.back(), out_ / "east/ca-cert.pem");
  for (const auto& file : created->files) {
    struct stat status {};
    ASSERT_EQ(stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << file;
  }
  EXPECT_EQ(read("root-cert.pem"), read("east/root-cert.pem"));
  EXPECT_EQ(read("east/cert-chain.pem"), read("east/ca-cert.pem") + read("root-cert.pem"));
  EXPECT_EQ(created->root->notBefore(), now - std::chrono::hours(1));
  EXPECT_EQ(created->root->notAfter(), now + std::chrono::days(3650));
  EXPECT_EQ(created->intermediate->dnsNames(), std::vector<std::string>{"istiod.istio-system.svc"});
  // Subjects of their own, so that no two CAs are taken for each other.
  EXPECT_TRUE(created->root->subject().starts_with("O = Istio, CN = Root CA "));
  EXPECT_EQ(created->root->subject().size(), std::string("O = Istio, CN = Root CA 12345678").size());
  EXPECT_TRUE(created->intermediate->subject().starts_with("O = Istio, CN = Intermediate CA "));
  EXPECT_TRUE(created->intermediate->subject().ends_with(", L = east"));

  auto files = pki::readCaDirectory(out_ / "east");
  ASSERT_TRUE(files);
  const auto checked = pki::checkCa(std::move(*files), now);
  EXPECT_TRUE(checked.findings.empty()) << checked.findings.front().message;
}

TEST_F(CaFolder, TakesWhatIsAskedFor) {
  auto wanted = request();
  wanted.istioNames = true;
  wanted.rootKey = pki::KeyType::ecP384;
  wanted.caDays = 30;
  wanted.dnsNames = {"istiod.mesh.svc"};
  wanted.encryptRootKey = base::Secret(std::string("sesame"));
  const auto created = pki::createCa(wanted);
  ASSERT_TRUE(created) << base::describe(created.error());
  EXPECT_EQ(created->root->subject(), "O = Istio, CN = Root CA");
  EXPECT_EQ(created->intermediate->subject(), "O = Istio, CN = Intermediate CA, L = east");
  EXPECT_EQ(created->root->keyDescription(), "EC P-384");
  EXPECT_EQ(created->intermediate->notAfter(), now + std::chrono::days(30));
  EXPECT_EQ(created->intermediate->dnsNames(), std::vector<std::string>{"istiod.mesh.svc"});
  EXPECT_TRUE(read("root-key.pem").starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
  EXPECT_TRUE(read("east/ca-key.pem").starts_with("-----BEGIN PRIVATE KEY-----"));

  auto second = request();  // another intermediate of that root
  second.name = "west";
  second.rootCertFile = out_ / "root-cert.pem";
  second.rootKeyFile = out_ / "root-key.pem";
  ASSERT_FALSE(pki::createCa(second));
  second.rootKeyPassphrase = base::Secret(std::string("sesame"));
  second.caSubject = pki::Name{{"CN", "West"}};
  const auto west = pki::createCa(second);
  ASSERT_TRUE(west) << base::describe(west.error());
  EXPECT_EQ(west->intermediate->subject(), "CN = West");
  EXPECT_TRUE(west->intermediate->signedBy(*created->root));
  EXPECT_EQ(west->files.size(), 4U);
}

TEST_F(CaFolder, MakesARequestAndSaysWhereTheAnswerBelongs) {
  auto wanted = request();
  wanted.csrOnly = true;
  ASSERT_TRUE(pki::createCa(wanted));
  EXPECT_EQ(listing(), (std::set<std::string>{"east", "east/ca-key.pem", "east/ca.csr"}));
  const auto files = pki::readCaDirectory(out_ / "east");
  ASSERT_FALSE(files);
  EXPECT_TRUE(holds(files.error().message, "ca-cert.pem, cert-chain.pem, root-cert.pem"))
      << files.error().message;
  EXPECT_TRUE(holds(files.error().hint, "ca.csr is not answered yet")) << files.error().hint;
  ASSERT_FALSE(pki::createCa(wanted));  // the key that the request belongs to is not overwritten
}

TEST_F(CaFolder, NeverOverwritesAndLeavesNothingHalfMade) {
  for (const auto& name : whole) {
    if (name == "east") continue;
    fs::remove_all(out_);
    EXPECT_TRUE(base::makeDirectory((out_ / name).parent_path()));
    EXPECT_TRUE(base::writeNewFile(out_ / name, "mine"));
    const auto before = listing();
    const auto created = pki::createCa(request());
    ASSERT_FALSE(created) << name;
    EXPECT_EQ(created.error().kind, base::Kind::usage);
    EXPECT_TRUE(holds(created.error().message, name + " exists already")) << created.error().message;
    EXPECT_EQ(listing(), before);
    EXPECT_EQ(read(name), "mine");
  }
  fs::remove_all(out_);
  EXPECT_TRUE(base::makeDirectory(out_));
  EXPECT_TRUE(base::writeNewFile(out_ / "east", "a file where a folder must be"));
  EXPECT_FALSE(pki::createCa(request()));
  EXPECT_EQ(listing(), std::set<std::string>{"east"});  // the root's files, written first, are gone again
}

TEST_F(CaFolder, RefusesWhatCannotBeMade) {
  ASSERT_TRUE(pki::createCa(request()));
  const auto before = listing();
  const auto refused = [&](auto change) {
    auto wanted = request();
    wanted.name = "west";
    wanted.rootCertFile = out_ / "root-cert.pem";
    wanted.rootKeyFile = out_ / "root-key.pem";
    change(wanted);
    const auto created = pki::createCa(wanted);
    EXPECT_FALSE(created);
    EXPECT_EQ(listing(), before);
    return created ? std::string() : base::describe(created.error());
  };
  EXPECT_TRUE(holds(refused([](auto& w) { w.name = "../up"; }), "cannot be the name"));
  EXPECT_TRUE(holds(refused([](auto& w) { w.name = ""; }), "cannot be the name"));
  EXPECT_TRUE(holds(refused([](auto& w) { w.caDays = 0; }), "days"));
  EXPECT_TRUE(holds(refused([](auto& w) { w.rootKeyFile = ""; }), "only one is given"));
  EXPECT_TRUE(holds(refused([](auto& w) { w.csrOnly = true; }), "exclude each other"));
  EXPECT_TRUE(
      holds(refused([&](auto& w) { w.rootKeyFile = out_ / "east/ca-key.pem"; }), "does not belong to"));
  EXPECT_TRUE(holds(refused([&](auto& w) { w.rootKeyFile = out_ / "none.pem"; }), "none.pem"));
  EXPECT_TRUE(holds(refused([&](auto& w) { w.rootCertFile = out_ / "east/ca-cert.pem"; }), "is not a root"));
  EXPECT_TRUE(holds(refused([&](auto& w) { w.rootCertFile = out_ / "root-key.pem"; }), "not a certificate"));
  EXPECT_TRUE(holds(refused([](auto& w) { w.now = now + std::chrono::days(4000); }), "not valid now"));
  EXPECT_TRUE(holds(refused([](auto& w) { w.dnsNames = {"not a name"}; }), "DNS name"));
}

TEST_F(CaFolder, SaysWhatIsThereInstead) {
  ASSERT_TRUE(pki::createCa(request()));
  const auto said = [](const fs::path& folder) {
    const auto files = pki::readCaDirectory(folder);
    EXPECT_FALSE(files);
    return files ? std::string() : base::describe(files.error()) + " / " + files.error().hint;
  };
  EXPECT_TRUE(holds(said(out_), "Name the folder of the intermediate: " + (out_ / "east").string()))
      << said(out_);
  EXPECT_TRUE(holds(said(out_), "in it are east/, root-cert.pem, root-key.pem")) << said(out_);
  EXPECT_TRUE(holds(said(out_ / "none"), "no such folder"));
  EXPECT_TRUE(holds(said(out_ / "root-cert.pem"), "not a folder"));
  fs::remove(out_ / "east/cert-chain.pem");
  EXPECT_TRUE(holds(said(out_ / "east"), "no cert-chain.pem"));
  EXPECT_TRUE(base::makeDirectory(out_ / "empty"));
  EXPECT_TRUE(holds(said(out_ / "empty"), "the folder is empty"));
  EXPECT_TRUE(base::makeDirectory(out_ / "tls"));
  EXPECT_TRUE(base::writeNewFile(out_ / "tls/tls.crt", "x"));
  EXPECT_TRUE(holds(said(out_ / "tls"), "kubernetes.io/tls"));
}

}  // namespace
