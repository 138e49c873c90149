#include "cli/names.h"

#include <gtest/gtest.h>

#include "json/value.h"

namespace {

using Names = std::vector<std::string>;

/// A pod with a proxy, of a Deployment by its ReplicaSet where there is a template hash.
json::Value pod(const std::string& ns, const std::string& name, const std::string& owner,
                const std::string& proxy = "istio-proxy") {
  const std::string kind = owner.ends_with("-7f9c") ? "ReplicaSet" : "StatefulSet";
  return *json::parse(R"({"metadata":{"name":")" + name + R"(","namespace":")" + ns +
                      R"(","labels":{"pod-template-hash":"7f9c"},"ownerReferences":[{"kind":")" + kind +
                      R"(","name":")" + owner + R"(","controller":true}]},"spec":{"containers":[{"name":")" +
                      proxy + R"(","args":[")" + (proxy == "istio-proxy" ? "proxy" : "serve") +
                      R"(","sidecar"]}]},"status":{"phase":"Running"}})");
}

TEST(Names, WorkloadsOfProxies) {
  const json::Array pods{pod("shop", "server-7f9c-a", "server-7f9c"),
                         pod("shop", "server-7f9c-b", "server-7f9c"), pod("stock", "db-0", "db"),
                         pod("kube-system", "dns-0", "dns", "dns")};
  EXPECT_EQ(cli::workloadNames(pods, ""), (Names{"deployment/server", "statefulset/db", "pod/server-7f9c-a",
                                                 "pod/server-7f9c-b", "pod/db-0"}));
  EXPECT_EQ(cli::workloadNames(pods, "deploy/"), Names{"deploy/server"});
  EXPECT_EQ(cli::workloadNames(pods, "sts/d"), Names{"sts/db"});
  EXPECT_EQ(cli::workloadNames(pods, "po/"), (Names{"po/server-7f9c-a", "po/server-7f9c-b", "po/db-0"}));
  EXPECT_EQ(cli::workloadNames(pods, "nonsense/"), Names{});
  const auto bare = cli::workloadNames(pods, "db");
  EXPECT_NE(std::find(bare.begin(), bare.end(), "db-0"), bare.end());
}

TEST(Names, WhatMayBeAcceptedUnproven) {
  const json::Array pods{pod("shop", "server-7f9c-a", "server-7f9c"),
                         pod("shop", "server-7f9c-b", "server-7f9c")};
  const json::Array machines{*json::parse(
      R"({"metadata":{"name":"vm-1","namespace":"shop"},"spec":{"address":"10.0.0.9","serviceAccount":"vm"}})")};
  EXPECT_EQ(cli::waiverNames(pods, machines), (Names{"Deployment/shop/server", "Pod/shop/server-7f9c-a",
                                                     "Pod/shop/server-7f9c-b", "WorkloadEntry/shop/vm-1"}));
}

}  // namespace
