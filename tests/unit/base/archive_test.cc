#include <gtest/gtest.h>

#include "base/redact_text.h"
#include "base/tar.h"

namespace {

using base::redactText;

TEST(Tar, GivesBackWhatItHolds) {
  base::Tar tar{base::Time(base::Seconds(1'800'000'000))};
  tar.add("top/a.txt", "first");
  tar.add("top/empty", "");
  tar.add("top/big", std::string(3000, 'x'));
  const auto bytes = tar.finish();
  EXPECT_EQ(bytes.size() % 512, 0U);
  EXPECT_TRUE(base::isTar(bytes));
  EXPECT_EQ(base::tarMember(bytes, "a.txt"), "first");
  EXPECT_EQ(base::tarMember(bytes, "top/empty"), "");
  EXPECT_EQ(base::tarMember(bytes, "big"), std::string(3000, 'x'));
  EXPECT_EQ(base::tarMember(bytes, "ig"), std::nullopt);
  EXPECT_EQ(base::tarMember(bytes.substr(0, 2000), "big"), std::nullopt);
  EXPECT_FALSE(base::isTar("{}"));
}

TEST(RedactText, HidesTokensKeysAndNamedValues) {
  const std::pair<std::string, std::string> cases[] = {
      {"plain: text", "plain: text"},
      {"password: hunter2", "password: <hidden>"},
      {"  client-secret: \"a b\"", "  client-secret: <hidden>"},
      {"ADMIN_TOKEN=abc def", "ADMIN_TOKEN=<hidden>"},
      {"x-api-key: 1", "x-api-key: <hidden>"},
      {"secretName: cacerts", "secretName: cacerts"},
      {"got Authorization: Bearer abcdefghijk", "got Authorization: <hidden>"},
      {"sent Bearer abcdefghijk to it", "sent Bearer <hidden> to it"},
      {"jwt eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJr.c2ln end", "jwt <hidden> end"},
      {"a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb",
       "a\n<hidden: a private key>\nb"},
      {"a\n-----BEGIN PRIVATE KEY-----\nMIIE", "a\n<hidden: a private key>"},
      {"-----BEGIN CERTIFICATE-----\nMIIC", "-----BEGIN CERTIFICATE-----\nMIIC"},
  };
  for (const auto& [text, want] : cases) EXPECT_EQ(redactText(text), want) << text;
}

}  // namespace
