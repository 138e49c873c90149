#include "cli/waivers.h"

#include <gtest/gtest.h>

namespace {

trust::Observation mesh() {
  trust::Observation seen;
  trust::Proxy silent{"shop", "server-1", "u1", {"Deployment", "shop", "server"}};
  silent.running = true;
  silent.secrets = tl::unexpected(trust::Unreadable{"connection refused"});
  seen.proxies = {silent};
  trust::Istiod istiod{"istio-system", "istiod-1", "u2", "istiod"};
  seen.istiods = {istiod};
  seen.opaque = {{"WorkloadEntry", "shop", "vm-1", {}, "runs on a machine"}};
  return seen;
}

TEST(Waivers, AreCheckedForTheirForm) {
  for (const auto* wrong : {"", "shop/server", "Pod/shop", "Pod//x", "/shop/x", "Pod/shop/", "Pod/shop/x/y",
                            "Pod/shop/a b", "Pod/shop/x\n"}) {
    cli::Options options;
    options.add("accept-unproven", "Pod/shop/fine");
    options.add("accept-unproven", wrong);
    const auto waivers = cli::readWaivers(options);
    ASSERT_FALSE(waivers) << wrong;
    EXPECT_EQ(waivers.error().kind, base::Kind::usage);
  }
  EXPECT_TRUE(cli::readWaivers({})->empty());
}

TEST(Waivers, NameSomethingInTheMeshAndSayWhatItRisks) {
  struct Row {
    const char* name;
    const char* says;
  };
  for (const auto& [name, says] :
       {Row{"Pod/shop/server-1", "connection refused"}, Row{"Deployment/shop/server", "connection refused"},
        Row{"WorkloadEntry/shop/vm-1", "runs on a machine"},
        Row{"Pod/istio-system/istiod-1", "every pod that it serves"}}) {
    const auto risks = cli::risksOf({name}, mesh());
    ASSERT_TRUE(risks) << name;
    ASSERT_EQ(risks->size(), 1U);
    EXPECT_NE(risks->front().text.find(says), std::string::npos) << risks->front().text;
    EXPECT_NE(risks->front().text.find("You answer for"), std::string::npos);
  }
  const auto typo = cli::risksOf({"Deployment/shop/servr"}, mesh());
  ASSERT_FALSE(typo);
  EXPECT_EQ(typo.error().kind, base::Kind::usage);
  EXPECT_EQ(typo.error().hint, "did you mean Deployment/shop/server?");
}

}  // namespace
