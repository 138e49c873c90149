#include "pki/pem.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "unit/pki/craft.h"

namespace {

using craft::crlf;
using craft::cut;

const pki::Certificate& a() {
  static const auto certificate = craft::root("A");
  return certificate;
}
const pki::Certificate& b() {
  static const auto certificate = craft::root("B");
  return certificate;
}

std::string oneLine(const pki::Certificate& certificate) {
  return "-----BEGIN CERTIFICATE-----\n" + base::base64Encode(certificate.der()) +
         "\n-----END CERTIFICATE-----\n";
}

/// Subjects, for short: "CN = A,CN = B".
std::string names(const std::vector<pki::Certificate>& certificates) {
  std::vector<std::string> subjects;
  for (const auto& certificate : certificates) subjects.push_back(certificate.subject().substr(5));
  return base::join(subjects, ",");
}

struct Case {
  const char* what;
  std::string pem;
  std::string strict;  // subjects, or where it differs: part of the error's line
  std::string asGo;
};

TEST(Pem, ReadsStrictlyAndKnowsWhatGoMakesOfTheRest) {
  const std::string A = a().pem(), B = b().pem();
  const std::vector<Case> cases{
      {"one", A, "A", "A"},
      {"two", A + B, "A,B", "A,B"},
      {"the same twice", A + B + B, "A,B,B", "A,B,B"},
      {"without the last newline", A + cut(B), "A,B", "A,B"},
      {"CRLF", crlf(A + B), "A,B", "A,B"},
      {"blanks at line ends", "-----BEGIN CERTIFICATE----- \t\n" + A.substr(28), "A", "A"},
      {"comments around", "# A\nsubject=CN = A\n\n" + A + "\n\n# B\n" + B + "end\n", "A,B", "A,B"},
      {"base64 on one line", oneLine(a()), "A", "A"},
      {"glued", cut(A) + B, "! line 9: two blocks are glued", ""},
      {"glued, then one more", cut(A) + B + A, "! line 9: two blocks are glued", "A"},
      {"one, then glued", A + cut(B) + A, "! line 18: two blocks are glued", "A"},
      {"text in front of BEGIN", "A: " + A, "! line 1: a BEGIN or END line that is damaged", ""},
      {"byte order mark", "\xEF\xBB\xBF" + A, "! line 1: a byte order mark", ""},
      {"indented", "  " + A, "! line 1: a BEGIN or END line is indented", ""},
      {"CR alone",
       [&] {
         auto t = A;
         for (auto& c : t)
           if (c == '\n') c = '\r';
         return t;
       }(),
       "! line 1: lines that end with CR alone", ""},
      {"CR at the very end", crlf(cut(A)) + "\r", "! line 9: lines that end with CR alone", ""},
      {"CR, then a blank", crlf(A + B).substr(0, 27) + " " + crlf(A + B).substr(27), "A,B", "A,B"},
      {"a blank behind the CR", "-----BEGIN CERTIFICATE-----\r " + A.substr(27),
       "! line 1: lines that end with CR", ""},
      {"no END", A.substr(0, 200), "! line 1: the block that begins here has no", ""},
      {"no END, then another", A.substr(0, 93) + B, "! line 3: a BEGIN or END line that is damaged", "B"},
      {"END alone", "-----END CERTIFICATE-----\n" + A, "! line 1: an END line that ends nothing", "A"},
      {"other END", A.substr(0, A.size() - 26) + "-----END CERTIFICATES-----\n",
       "! line 9: a block that began as CERTIFICATE ends as", ""},
      {"empty line inside", A.substr(0, 93) + "\n" + A.substr(93), "! line 3: an empty line inside a block",
       "A"},
      {"header inside", "-----BEGIN CERTIFICATE-----\nA: b\n\n" + A.substr(28), "! line 2: not base64", ""},
      {"foreign character", A.substr(0, 93) + "*" + A.substr(94), "! line 3: not base64", ""},
      {"a character lost", A.substr(0, 93) + A.substr(94),
       "! line 1: the block that begins here is not valid base64", ""},
      {"not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
       "! line 1: not a valid X.509 certificate", ""},
      {"empty block", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
       "! line 1: the block that begins here is not valid base64", ""},
      {"key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + A,
       "! line 1: not a certificate: the block there is of type PRIVATE KEY", "A"},
      {"request", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
       "! line 1: not a certificate: the block there is of type CERTIFICATE REQUEST", ""},
      {"DER", a().der(), "! is not a PEM file: it holds NUL bytes", ""},
      {"no PEM", "hello\n", "! holds no certificate: no \"-----BEGIN", ""},
      {"empty", "", "! holds no certificate: it is empty", ""},
  };
  for (const auto& one : cases) {
    const auto strict = pki::parseCertificates(one.pem, "F");
    if (one.strict.starts_with("! ")) {
      ASSERT_FALSE(strict) << one.what;
      const auto said = base::describe(strict.error());
      EXPECT_NE(said.find(one.strict.substr(2)), std::string::npos) << one.what << ": " << said;
      EXPECT_TRUE(said.starts_with("F")) << said;
      EXPECT_EQ(strict.error().kind, base::Kind::usage) << one.what;
      EXPECT_NE(strict.error().hint + strict.error().reason, "") << one.what;
    } else {
      ASSERT_TRUE(strict) << one.what << ": " << base::describe(strict.error());
      EXPECT_EQ(names(*strict), one.strict) << one.what;
    }
    EXPECT_EQ(names(pki::certificatesAsGoReads(one.pem)), one.asGo) << one.what;
  }
}

TEST(Pem, LocatesBlocksInTheBytes) {
  const std::string A = a().pem(), B = b().pem();
  const std::string text = "# first\n" + A + "\n# second\n" + cut(B);
  const auto blocks = pki::locateCertificates(text, "F");
  ASSERT_TRUE(blocks);
  ASSERT_EQ(blocks->size(), 2U);
  EXPECT_EQ(text.substr((*blocks)[0].begin, (*blocks)[0].end - (*blocks)[0].begin), A);
  EXPECT_EQ(text.substr((*blocks)[1].begin, (*blocks)[1].end - (*blocks)[1].begin), cut(B));
  EXPECT_EQ((*blocks)[1].certificate, b());
  EXPECT_EQ(pki::toPem({a(), b()}), A + B);
}

}  // namespace
