#include "doctor/version.h"

#include <gtest/gtest.h>

#include "doctor/quirks.h"

namespace {

using doctor::parseVersion;
using doctor::Quirk;
using doctor::Version;
using Stage = Version::Stage;

TEST(Version, ReadsTags) {
  const std::vector<std::pair<std::string_view, Version>> good{
      {"1.24.4", {1, 24, 4}},
      {"v1.24.4", {1, 24, 4}},
      {"1.24.4-distroless", {1, 24, 4}},
      {"1.24.4-debug", {1, 24, 4}},
      {"1.24.4-asm.2", {1, 24, 4}},
      {"1.24.4-tetrate-v0", {1, 24, 4}},
      {"1.24.4_ossm", {1, 24, 4}},
      {"1.24.4-rc-like-name", {1, 24, 4, Stage::candidate}},
      {"1.24.4-rchild", {1, 24, 4}},
      {"1.25.0-rc.1", {1, 25, 0, Stage::candidate}},
      {"1.25.0-rc1-distroless", {1, 25, 0, Stage::candidate}},
      {"1.25.0-beta.0", {1, 25, 0, Stage::beta}},
      {"1.26-alpha.0f3c", {1, 26, 0, Stage::alpha}},
      {"1.26-dev", {1, 26, 0, Stage::alpha}},
  };
  for (const auto& [tag, version] : good) {
    const auto read = parseVersion(tag);
    ASSERT_TRUE(read) << tag;
    EXPECT_EQ(*read, version) << tag;
  }
  for (const auto* tag : {"", "latest", "mesh", "1", "1.24", "1.24-distroless", "1.x.4", "1.24.x", "1.24.4.1",
                          "1..4", "-1.24.4", "1.-2.3", "999999.1.1", "99999999999999999999.1.1",
                          "sha256:0f3c", "0f3c1d2", "1.24.", "1.24.4distroless", "a1.24.4"}) {
    EXPECT_FALSE(parseVersion(tag)) << tag;
  }
}

TEST(Version, InOrder) {
  const std::vector<std::string_view> order{"1.9.9",       "1.20.0-alpha.1", "1.20.0-beta.1",
                                            "1.20.0-rc.0", "1.20.0-debug",   "1.20.1",
                                            "1.24.4",      "1.24.10",        "2.0.0"};
  for (std::size_t i = 0; i + 1 < order.size(); ++i)
    EXPECT_LT(*parseVersion(order[i]), *parseVersion(order[i + 1])) << order[i];
}

/// Which quirks a component of that version has, by their codes' last two digits.
std::string quirksOf(Quirk::Component component, std::string_view tag) {
  std::string codes;
  for (const auto& quirk : doctor::quirks()) {
    if (quirk.component == component && doctor::applies(quirk, *parseVersion(tag)))
      codes += (codes.empty() ? "" : " ") + std::string(quirk.code.substr(5));
  }
  return codes;
}

TEST(Quirks, ByVersion) {
  using enum Quirk::Component;
  const std::vector<std::tuple<Quirk::Component, std::string_view, std::string_view>> cases{
      {istiod, "1.19.10", "11 18"},
      {istiod, "1.20.0-rc.0", "11 18"},
      {istiod, "1.20.0", "17 18"},
      {istiod, "1.24.3", "17 18"},
      {istiod, "1.24.4", "13 17 18"},
      {istiod, "1.24.4-distroless", "13 17 18"},
      {istiod, "1.24.5", "17 18"},
      {istiod, "1.25.0", "17 18 19"},
      {istiod, "1.25.1", "14 17 18 19"},
      {istiod, "1.25.2", "17 18 19"},
      {istiod, "1.27.0", "17 19"},
      {istiod, "1.29.9", "17 19"},
      {istiod, "1.30.0-rc.1", "17 19"},
      {istiod, "1.30.0", "19"},
      {istiod, "1.31.2", "19"},
      {proxy, "1.19.0", "12"},
      {proxy, "1.20.0", ""},
      {proxy, "1.24.4", "15"},
      {proxy, "1.25.1-distroless", "16"},
      {proxy, "1.31.0", ""},
      {ztunnel, "1.24.5", "20 22"},
      {ztunnel, "1.24.6", "22"},
      {ztunnel, "1.25.2", "21 22"},
      {ztunnel, "1.25.3", "22"},
      {ztunnel, "1.26.0", "22"},
      {ztunnel, "1.30.0", ""},
  };
  for (const auto& [component, tag, codes] : cases) EXPECT_EQ(quirksOf(component, tag), codes) << tag;
}

TEST(Quirks, RowsMakeSense) {
  for (const auto& quirk : doctor::quirks()) EXPECT_LT(quirk.from, quirk.to) << quirk.code;
}

}  // namespace
