#include "mesh/observe.h"

#include <gtest/gtest.h>

#include "unit/mesh/recorded_mesh.h"

namespace {

using namespace recorded_mesh;

/// Only one proxy answers now, and only the pods of `shop` are listed.
FakeApi laterAlone(const std::string& pod) {
  FakeApi api = recorded();
  json::Array shop;
  for (const auto& each : recordedPods()) {
    const auto ns = each["metadata"]["namespace"].text();
    const std::string name(each["metadata"]["name"].text());
    if (ns == "shop") shop.push_back(each);
    if (ns == "shop" && name != pod)
      api.stream("forwards/shop/" + name + ":15000", support::httpServer("it was not to be asked"));
  }
  api.items("/api/v1/namespaces/shop/pods", shop);
  api.items(istioSystem + "/pods", {});
  return api;
}

TEST(ObservePart, OfAPartWhatIsNotAskedIsAsItWas) {
  auto api = recorded();
  auto before = observe(api)->observation;
  trust::Proxy elsewhere = before.proxies.front();
  elsewhere.ns = "stock";
  elsewhere.uid = "of another namespace";
  before.proxies.push_back(elsewhere);
  for (auto& proxy : before.proxies) proxy.secrets->version = "as it was";

  test::FakeClock clock;
  mesh::ObserveOptions options;
  options.before = &before;
  options.part.namespaces = {{"shop"}};
  options.part.proxies = {{"shop/" + server1}};
  auto later = laterAlone(server1);
  const auto reading = mesh::observe(later, clock, options);
  ASSERT_TRUE(reading) << base::describe(reading.error());
  const auto& proxies = reading->observation.proxies;
  EXPECT_EQ(proxies.size(), before.proxies.size());
  for (const auto& proxy : proxies) {
    ASSERT_TRUE(proxy.secrets) << proxy.pod << ": " << proxy.secrets.error().reason;
    EXPECT_EQ(proxy.secrets->version == "as it was", proxy.pod != server1 || proxy.ns != "shop") << proxy.pod;
  }

  // One that was not there before is asked like those that are named.
  std::erase_if(before.proxies, [](const trust::Proxy& proxy) { return proxy.pod == server1; });
  options.part.proxies.emplace();
  const auto newcomer = mesh::observe(later, clock, options);
  ASSERT_TRUE(newcomer);
  ASSERT_NE(find(newcomer->observation, server1), nullptr);
  EXPECT_TRUE(find(newcomer->observation, server1)->secrets);

  options.part.streams = false;
  const auto objects = mesh::observe(later, clock, options);
  ASSERT_TRUE(objects);
  EXPECT_FALSE(find(objects->observation, server1)->secrets) << "nobody is asked";
}

TEST(ObservePart, OfWhatIsMountedAloneNobodyIsAskedWhatItHolds) {
  auto api = recorded();
  auto before = observe(api)->observation;
  for (auto& proxy : before.proxies) proxy.secrets->version = "as it was";
  auto later = laterAlone("nobody");
  const auto roots =
      std::string(support::jsonData("mesh/root_config_map.json")["data"]["root-cert.pem"].text());
  for (const auto& proxy : before.proxies)
    later.stream("execs/" + proxy.ns + "/" + proxy.pod, support::printing(roots));

  test::FakeClock clock;
  mesh::ObserveOptions options;
  options.before = &before;
  options.withMountedRoots = true;
  options.part = {.namespaces = {{"shop"}}, .mountsAlone = true};
  const auto all = mesh::observe(later, clock, options);
  ASSERT_TRUE(all) << base::describe(all.error());
  EXPECT_EQ(all->observation.proxies.size(), before.proxies.size());
  for (const auto& proxy : all->observation.proxies) {
    ASSERT_TRUE(proxy.secrets) << proxy.pod;
    EXPECT_EQ(proxy.secrets->version, "as it was") << proxy.pod;
    EXPECT_TRUE(proxy.mounted) << proxy.pod;
  }

  options.part.proxies = {{"shop/" + server1}};
  const auto one = mesh::observe(later, clock, options);
  ASSERT_TRUE(one);
  for (const auto& proxy : one->observation.proxies)
    EXPECT_EQ(proxy.mounted.has_value(), proxy.pod == server1) << proxy.pod;

  // One that was not there before is asked both.
  std::erase_if(before.proxies, [](const trust::Proxy& proxy) { return proxy.pod == server1; });
  auto withNewcomer = recorded();
  for (const auto& ns : {"shop", "istio-system"})
    withNewcomer.items(std::string("/api/v1/namespaces/") + ns + "/pods",
                       ns == std::string("shop") ? recordedPods() : json::Array());
  withNewcomer.stream("execs/shop/" + server1, support::printing(roots));
  const auto newcomer = mesh::observe(withNewcomer, clock, options);
  ASSERT_TRUE(newcomer);
  ASSERT_NE(find(newcomer->observation, server1), nullptr);
  EXPECT_TRUE(find(newcomer->observation, server1)->secrets);
  EXPECT_TRUE(find(newcomer->observation, server1)->mounted);
}

}  // namespace
