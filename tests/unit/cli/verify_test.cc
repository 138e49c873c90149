#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "json/value.h"
#include "pki/pem.h"
#include "support/test_ca.h"
#include "terminal_into.h"

namespace {

using support::TestCa;
using tests::Outcome;
using tests::runProgram;

/// A folder of its own for each test, removed at its end.
class Verify : public testing::Test {
 protected:
  Verify() : folder_(testing::TempDir() + "verify-XXXXXX") {
    if (mkdtemp(folder_.data()) == nullptr) ADD_FAILURE() << folder_;
  }
  ~Verify() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& bytes) const {
    std::string path = folder_ + "/" + name;
    std::ofstream(path) << bytes;
    return path;
  }

  /// What Envoy's admin port gives for a proxy that presents `chain` and trusts `roots`.
  std::string dump(const std::string& name, const trust::Certificates& chain,
                   const trust::Certificates& roots) const {
    auto inlined = [](const trust::Certificates& certificates) {
      return json::Value::object({{"inline_bytes", base::base64Encode(pki::toPem(certificates))}});
    };
    auto secret = [](const char* secretName, const char* kind, const char* member, json::Value value) {
      return json::Value::object(
          {{"name", secretName},
           {"last_updated", "2026-05-28T20:26:40Z"},
           {"secret", json::Value::object({{"name", secretName},
                                           {kind, json::Value::object({{member, std::move(value)}})}})}});
    };
    json::Value config =
        json::Value::object({{"@type", "type.googleapis.com/envoy.admin.v3.SecretsConfigDump"}});
    config.at("dynamic_active_secrets")
        .push(secret("default", "tls_certificate", "certificate_chain", inlined(chain)));
    config.at("dynamic_active_secrets")
        .push(secret("ROOTCA", "validation_context", "trusted_ca", inlined(roots)));
    json::Value document;
    document.at("configs").push(std::move(config));
    return write(name, json::dump(document));
  }

  const TestCa oldCa_ = TestCa::selfSigned("cluster.local");
  const TestCa newCa_ = TestCa::withIntermediate("new");
  std::string folder_;
};

TEST_F(Verify, ExitCodesAreTheSameInEveryFormat) {
  const std::string a = dump("a.json", oldCa_.issue("a"), {oldCa_.root, newCa_.root});
  const std::string b = dump("b.json", newCa_.issue("b"), {oldCa_.root, newCa_.root});
  const std::string c = dump("c.json", newCa_.issue("c"), {newCa_.root});
  const std::string oldRoot = write("old.pem", oldCa_.root.pem());
  const std::string newRoot = write("new.pem", newCa_.root.pem());
  const std::string signer = write("signer.pem", newCa_.signer.pem());
  struct Case {
    std::vector<std::string> arguments;
    int code;
    std::string says;
  };
  const Case cases[] = {
      {{"-f", a, "-f", b}, 0, "verdict: safe: every one of 2 proxies accepts every other's certificate"},
      {{"-f", a, "-f", b, "-f", c}, 3, "file/a.json: refused by file/c.json, trusting CN = Root new"},
      {{"-f", a, "-f", b, "--trusts", oldRoot, "--trusts", newRoot}, 0, ": yes (2 of 2)"},
      {{"-f", b, "-f", c, "--trusts", oldRoot}, 3, "file/c.json: trusts only CN = Root new"},
      {{"-f", b, "--issued-by", signer}, 0, "issued by CN = Intermediate new"},
      {{"-f", b, "--issued-by", newRoot}, 0, ": yes (1 of 1)"},
      {{"-f", a, "-f", b, "--issued-by", newRoot},
       3,
       "file/a.json: presents a certificate issued by O = cluster.local"},
      {{"-f", a, "-f", b, "--issued-by", newRoot, "--issued-by", oldRoot}, 0, ": yes (2 of 2)"},
  };
  for (const Case& c1 : cases) {
    for (const std::string format : {"table", "wide", "json", "yaml", "pem", "text"}) {
      std::vector<std::string> arguments{"verify", "-o", format};
      arguments.insert(arguments.end(), c1.arguments.begin(), c1.arguments.end());
      const Outcome outcome = runProgram(arguments);
      EXPECT_EQ(outcome.code, c1.code) << c1.says << " " << format << "\n" << outcome.out << outcome.err;
      const std::string& where = format == "table" ? outcome.out : outcome.err;
      const bool says = where.find(c1.says) != std::string::npos;
      EXPECT_TRUE(says || (format != "table" && (format != "text" || c1.code == 0))) << where;
    }
  }
}

TEST_F(Verify, PrintsCertificatesAndNothingElse) {
  const trust::Certificates chain = newCa_.issue("b");
  const std::string file = dump("b.json", chain, {oldCa_.root, newCa_.root});
  EXPECT_EQ(runProgram({"verify", "-f", file, "-o", "text"}).out,
            chain[0].text() + chain[1].text() + chain[2].text());
  EXPECT_EQ(runProgram({"verify", "-f", file, "-o", "pem"}).out, "# file/b.json\n" + pki::toPem(chain));
  EXPECT_EQ(runProgram({"verify", "-f", file, "-o", "pem", "--roots"}).out,
            "# file/b.json\n" + oldCa_.root.pem() + newCa_.root.pem());
}

TEST_F(Verify, JsonCarriesTheAnswers) {
  const std::string file = dump("c.json", newCa_.issue("c"), {newCa_.root});
  const std::string oldRoot = write("old.pem", oldCa_.root.pem());
  const Outcome outcome = runProgram({"verify", "-f", file, "-o", "json", "--trusts", oldRoot});
  EXPECT_EQ(outcome.code, 3);
  const auto document = json::parse(outcome.out);
  ASSERT_TRUE(document);
  EXPECT_EQ((*document)["apiVersion"].text(), "istio-ca/v1");
  EXPECT_EQ((*document)["kind"].text(), "Verification");
  EXPECT_EQ((*document)["verdict"]["result"].text(), "safe");
  EXPECT_EQ((*document)["proxies"].items()[0]["pod"].text(), "c.json");
  const json::Value& predicate = (*document)["predicates"].items()[0];
  EXPECT_EQ(predicate["yes"].boolean(), false);
  EXPECT_EQ(predicate["blockers"].items()[0]["subject"].text(), "file/c.json");
}

TEST_F(Verify, RefusesWhatMakesNoSense) {
  const std::string file = dump("c.json", newCa_.issue("c"), {newCa_.root});
  const std::string chain = write("chain.pem", newCa_.certChain);
  const std::string nonsense = write("nonsense.json", "{\"configs\": 3}");
  const std::vector<std::string> lines[] = {
      {"verify", "-f", file, "--wait"},
      {"verify", "-f", file, "-n", "shop"},
      {"verify", "-f", file, "deploy/server"},
      {"verify", "-f", file, "--roots"},
      {"verify", "-f", file, "--issued-by", chain},  // two certificates
      {"verify", "-f", file, "--trusts", file},      // no certificate
      {"verify", "-f", file, "--trusts", folder_ + "/none.pem"},
      {"verify", "-f", nonsense},
      {"verify", "-f", folder_ + "/none.json"},
  };
  for (const auto& line : lines) {
    const Outcome outcome = runProgram(line);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err.rfind("error: ", 0), 0u);
  }
}

TEST_F(Verify, CreateCaAndCheckCa) {
  const std::string out = folder_ + "/certs";
  const Outcome made = runProgram({"create-ca", "--out", out, "--name", "east", "--key-type", "p256",
                                   "--root-key-type", "p384", "--subject", "O=Test,CN=East", "--days", "30"});
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_NE(made.out.find("intermediate  O = Test, CN = East\n"), std::string::npos) << made.out;
  EXPECT_NE(made.out.find("Next: kubectl istio-ca check-ca " + out + "/east\n"), std::string::npos)
      << made.out;

  const Outcome good = runProgram({"check-ca", out + "/east", "-o", "json"});
  EXPECT_EQ(good.code, 0) << good.out;
  const auto document = json::parse(good.out);
  ASSERT_TRUE(document);
  EXPECT_EQ((*document)["kind"].text(), "CaCheck");
  EXPECT_EQ((*document)["usable"].boolean(), true);
  EXPECT_EQ((*document)["chain"].items().size(), 2u);

  const Outcome again = runProgram({"create-ca", "--out", out, "--name", "east"});
  EXPECT_EQ(again.code, 2);

  ASSERT_EQ(runProgram({"create-ca", "--out", out, "--name", "west", "--key-type", "p256", "--root-cert",
                        out + "/root-cert.pem", "--root-key", out + "/root-key.pem"})
                .code,
            0);
  std::filesystem::copy_file(out + "/west/ca-key.pem", out + "/east/ca-key.pem",
                             std::filesystem::copy_options::overwrite_existing);
  const Outcome bad = runProgram({"check-ca", out + "/east"});
  EXPECT_EQ(bad.code, 3) << bad.out;
  EXPECT_NE(bad.out.find("error: "), std::string::npos);
  EXPECT_NE(bad.out.find("not usable: the CA in " + out + "/east\n"), std::string::npos) << bad.out;
}

TEST_F(Verify, CreateCaRefusesWhatMakesNoSense) {
  const std::vector<std::string> lines[] = {
      {"create-ca", "--out", folder_ + "/x"},
      {"create-ca", "--out", folder_ + "/x", "--name", "a", "--root-cert", "r.pem"},
      {"create-ca", "--out", folder_ + "/x", "--name", "a", "--csr", "--root-days", "3"},
      {"create-ca", "--out", folder_ + "/x", "--name", "a", "--csr", "--root-cert", "a", "--root-key", "b"},
      {"create-ca", "--out", folder_ + "/x", "--name", "a", "--key-type", "rsa1024"},
      {"create-ca", "--out", folder_ + "/x", "--name", "a", "--subject", "nonsense"},
      {"create-ca", "--out", folder_ + "/x", "--name", "a", "--encrypt-root-key"},  // no terminal to ask on
      {"create-ca", "--out", folder_ + "/x", "--name", "a", "--passphrase-file", "p"},
      {"check-ca"},
      {"check-ca", folder_ + "/none"},
  };
  for (const auto& line : lines) EXPECT_EQ(runProgram(line).code, 2) << line.back();
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/x"));
}

}  // namespace
