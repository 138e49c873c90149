#include "base/text.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

namespace base {
namespace {

using namespace std::string_view_literals;

TEST(Base64, encodesAndDecodes) {
  const std::pair<std::string_view, const char*> cases[] = {
      {"", ""},        {"f", "Zg=="},          {"fo", "Zm8="},
      {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {"\0\xFF\xFE"sv, "AP/+"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(base64Encode(bytes), text);
    EXPECT_EQ(base64Decode(text), bytes);
  }
  const std::string large(7 << 20, '\xA5');
  EXPECT_EQ(base64Decode(base64Encode(large)), large);
}

TEST(Base64, decodesWhatPeopleWrite) {
  EXPECT_EQ(base64Decode("Zm9v\r\n  YmFy\n"), "foobar");
  EXPECT_EQ(base64Decode("Zg"), "f");
  EXPECT_EQ(base64Decode("Zm8"), "fo");
  for (const auto text : {"Z"sv, "Zg="sv, "Zg==="sv, "===="sv, "Z==="sv, "Zg==Zg=="sv, "Zm9v="sv, "Zm-v"sv,
                          "Z\0=="sv, "Zm9\xFF"sv}) {
    EXPECT_EQ(base64Decode(text), std::nullopt) << text;
  }
}

TEST(Digest, areThoseOfTheStandards) {
  EXPECT_EQ(hex("\x00\x0F\xF0"sv), "000ff0");
  EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Text, splitsJoinsTrims) {
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), std::vector<std::string>{""});
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(trim(" \t\r\n a b \n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(plural(1, "proxy", "proxies"), "1 proxy");
  EXPECT_EQ(plural(0, "proxy", "proxies"), "0 proxies");
}

TEST(DidYouMean, findsTypingErrors) {
  const std::vector<std::string> commands{"verify", "rotate", "rollback", "status", "plan"};
  const std::pair<const char*, const char*> cases[] = {{"verfiy", "verify"},
                                                       {"rotat", "rotate"},
                                                       {"statsu", "status"},
                                                       {"plna", "plan"},
                                                       {"roll-back", "rollback"}};
  for (const auto& [word, meant] : cases) EXPECT_EQ(didYouMean(word, commands), meant);
  for (const char* word : {"", "x", "delete", "frobnicate"})
    EXPECT_EQ(didYouMean(word, commands), std::nullopt) << word;
  EXPECT_EQ(didYouMean("x", {"a", "b"}), std::nullopt);
}

TEST(Time, isReadAndWritten) {
  const std::pair<const char*, const char*> cases[] = {
      {"2026-11-24T01:02:03Z", "2026-11-24T01:02:03Z"},
      {"2026-11-24T01:02:03.987654321Z", "2026-11-24T01:02:03Z"},
      {"2026-11-24T01:02:03+02:30", "2026-11-23T22:32:03Z"},
      {"2024-02-29T23:59:59-01:00", "2024-03-01T00:59:59Z"},
      {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"}};
  for (const auto& [text, formatted] : cases) {
    const auto time = parseTime(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(formatTime(*time), formatted);
  }
  EXPECT_EQ(parseTime("1970-01-02T00:00:01Z")->time_since_epoch().count(), 86401);
  for (const char* text : {"", "2026", "2026-11-24", "2026-11-24T01:02:03", "2026-11-24 01:02:03Z",
                           "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2026-11-24T24:00:00Z",
                           "2026-11-24T01:60:00Z", "2026-11-24T01:02:60Z", "2026-11-24T01:02:03.Z",
                           "2026-11-24T01:02:03Zx", "2026-11-24T01:02:03+2:00", "-026-11-24T01:02:03Z"}) {
    EXPECT_FALSE(parseTime(text)) << text;
  }
}

TEST(Duration, isWrittenInItsTwoLargestUnits) {
  const std::pair<long, const char*> cases[] = {{0, "0s"},
                                                {45, "45s"},
                                                {60, "1m"},
                                                {192, "3m12s"},
                                                {3601, "1h"},
                                                {7530, "2h5m"},
                                                {90000, "1d1h"},
                                                {86400 * 400, "1y35d"},
                                                {315273600, "9y364d"},
                                                {-90, "-1m30s"}};
  for (const auto& [seconds, text] : cases) EXPECT_EQ(formatDuration(Seconds(seconds)), text);
}

TEST(Duration, isReadAsGoReadsIt) {
  const std::pair<const char*, long> cases[] = {{"0", 0},
                                                {"90s", 90'000},
                                                {"5m", 300'000},
                                                {"1h30m", 5'400'000},
                                                {"500ms", 500},
                                                {"0.3s", 300},
                                                {".5m", 30'000},
                                                {"1.s", 1000},
                                                {"-1.5h", -5'400'000},
                                                {"+2s", 2000},
                                                {"1500us", 2},
                                                {"2000000ns", 2},
                                                {"1h1ms", 3'600'001},
                                                {"0s", 0},
                                                {"30d", 2592000000}};
  for (const auto& [text, millis] : cases) {
    const auto duration = parseDuration(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(duration->count(), millis) << text;
  }
  for (const char* text : {"", "-", "5", "s", "5x", "1.2.3s", ".s", "1 s", "1s ", "1w", "5m5", "inf", "nans",
                           "1e3s", "9999999h"}) {
    const auto duration = parseDuration(text);
    ASSERT_FALSE(duration) << text;
    EXPECT_EQ(duration.error().kind, Kind::usage);
  }
}

TEST(Error, hasAnExitCodeAndContext) {
  const std::pair<Kind, int> codes[] = {{Kind::failed, 1},     {Kind::usage, 2},         {Kind::gate, 3},
                                        {Kind::unproven, 4},   {Kind::unsupported, 5},   {Kind::forbidden, 6},
                                        {Kind::timedOut, 124}, {Kind::interrupted, 130}, {Kind::notFound, 1},
                                        {Kind::conflict, 1},   {Kind::unavailable, 1}};
  for (const auto& [kind, code] : codes) EXPECT_EQ(exitCode(kind), code);
  const Error error{.kind = Kind::gate, .message = "no", .reason = "because", .hint = "wait"};
  EXPECT_EQ(describe(error.context("step 1")), "step 1: no: because");
  EXPECT_EQ(error.context("x").hint, "wait");
  EXPECT_EQ(describe({.message = "no"}), "no");
}

TEST(Secret, leavesNothingBehind) {
  std::string source = "short key";  // short: kept inside of the string object
  const char* inside = source.data();
  Secret secret(std::move(source));
  EXPECT_EQ(secret.reveal(), "short key");
  EXPECT_EQ(std::string_view(inside, 9), std::string_view("\0\0\0\0\0\0\0\0\0", 9));

  Secret copy = secret;
  EXPECT_EQ(copy.reveal(), "short key");
  copy = Secret(std::string(100, 'k'));
  secret = std::move(copy);
  EXPECT_EQ(secret.reveal(), std::string(100, 'k'));
  EXPECT_TRUE(copy.empty());
  auto& self = secret;
  secret = self;
  EXPECT_EQ(secret.reveal().size(), 100U);

  std::string growing;
  for (int i = 0; i < 1000; ++i) appendCleansing(growing, "0123456789");
  EXPECT_EQ(growing.size(), 10'000U);
  EXPECT_EQ(growing.substr(9'990), "0123456789");
  cleanse(growing);
  EXPECT_TRUE(growing.empty());
}

}  // namespace
}  // namespace base
