#include "rehearsal/shape.h"

#include <gtest/gtest.h>

#include <set>

#include "rehearsal/faults.h"

namespace {

using rehearsal::makeShape;
using rehearsal::parseFault;
using rehearsal::Shape;

std::string namesOf(const Shape& shape) {
  std::string names;
  for (const auto& workload : shape.workloads)
    names += workload.kind + " " + workload.ns + "/" + workload.name + "\n";
  return names;
}

TEST(Shape, BeginsLikeTheShopOfTheRealMesh) {
  const auto shape = makeShape({.namespaces = 2, .workloads = 4, .replicas = 1});
  EXPECT_EQ(namesOf(shape),
            "Deployment shop/client\nDeployment shop/server\nStatefulSet stock/server\nDeployment "
            "shop/gateway\n");
  EXPECT_EQ(shape.workloads[3].role, rehearsal::ProxyRole::gateway);
}

TEST(Shape, HasAsManyAsWereAskedForAndEachNameOnce) {
  const auto shape = makeShape({.namespaces = 20, .workloads = 200, .replicas = 10});
  EXPECT_EQ(rehearsal::proxiesOf(shape), 2000);
  std::set<std::string> names;
  for (const auto& workload : shape.workloads) names.insert(workload.ns + "/" + workload.name);
  EXPECT_EQ(names.size(), 200U);
  EXPECT_EQ(shape.namespaces.size(), 20U);
  EXPECT_EQ(makeShape({.namespaces = 1, .workloads = 2}).workloads.size(), 2U);
}

TEST(Shape, TheSeedDecidesTheKinds) {
  const rehearsal::ShapeSize size{.workloads = 60, .seed = 7};
  auto other = size;
  other.seed = 8;
  EXPECT_EQ(namesOf(makeShape(size)), namesOf(makeShape(size)));
  EXPECT_NE(namesOf(makeShape(size)), namesOf(makeShape(other)));
}

std::string refusalOf(std::string_view text) {
  const auto fault = parseFault(text);
  return fault ? "" : fault.error().message + " | " + fault.error().hint;
}

TEST(Faults, AreReadWithTheirArguments) {
  EXPECT_EQ(parseFault("slow-kubelet")->duration(), base::Millis(600'000));
  EXPECT_EQ(parseFault("slow-kubelet:90s")->duration(), base::Millis(90'000));
  EXPECT_EQ(parseFault("api-errors:25")->number(), 25);
  EXPECT_EQ(parseFault("silent-proxy:shop/server")->argument, "shop/server");
}

TEST(Faults, SayWhatIsWrong) {
  EXPECT_EQ(refusalOf("slow-kubelt"), "--fault: there is no \"slow-kubelt\" | did you mean slow-kubelet?");
  EXPECT_NE(refusalOf("something").find("one of: silent-proxy, "), std::string::npos);
  EXPECT_EQ(refusalOf("slow-kubelet:soon"),
            "--fault slow-kubelet: \"soon\" is not a duration | write it like slow-kubelet:90s");
  EXPECT_EQ(refusalOf("api-errors:91"),
            "--fault api-errors: \"91\" is no number from 1 to 90 | write it like api-errors:10");
  EXPECT_EQ(refusalOf("silent-proxy:server"),
            "--fault silent-proxy: \"server\" is no workload | write it like silent-proxy:shop/server");
  EXPECT_EQ(refusalOf("stubborn-istiod:1"),
            "--fault stubborn-istiod takes no argument | write it without the colon");
}

TEST(Faults, AWorkloadHasToBeThere) {
  auto shape = makeShape({});
  std::vector<rehearsal::Fault> faults{*parseFault("silent-proxy")};
  ASSERT_TRUE(rehearsal::applyToShape(faults, shape));
  EXPECT_EQ(faults.front().argument, "shop/client");
  faults = {*parseFault("silent-proxy:shop/servr")};
  const auto refused = rehearsal::applyToShape(faults, shape);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().hint, "did you mean shop/server?");
}

TEST(Faults, TurnTheSettingOffInTheShape) {
  auto shape = makeShape({});
  std::vector<rehearsal::Fault> faults{*parseFault("no-setting:stock/server")};
  ASSERT_TRUE(rehearsal::applyToShape(faults, shape));
  EXPECT_NE(shape.workloads[2].proxyConfig.find("PROXY_CONFIG_XDS_AGENT"), std::string::npos);
}

}  // namespace
