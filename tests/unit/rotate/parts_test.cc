#include "rotate/parts.h"

#include <gtest/gtest.h>

namespace {

using Kind = plan::Decision::Kind;

/// shop/a, shop/b, stock/c, stock/d and an istiod.
trust::Observation mesh() {
  trust::Observation seen;
  seen.installation.ns = "istio-system";
  for (const auto& [ns, pod] :
       {std::pair{"shop", "a"}, std::pair{"shop", "b"}, std::pair{"stock", "c"}, std::pair{"stock", "d"}}) {
    trust::Proxy proxy;
    proxy.ns = ns;
    proxy.pod = pod;
    seen.proxies.push_back(proxy);
  }
  return seen;
}

plan::Decision waitingFor(const std::vector<std::string>& subjects) {
  plan::Decision decision;
  decision.kind = Kind::wait;
  trust::Answer answer{"it holds", 0, subjects.size(), {}};
  for (const auto& subject : subjects)
    answer.blockers.push_back({trust::Blocker::Kind::no, subject, "does not"});
  decision.answers.push_back(std::move(answer));
  return decision;
}

using Names = std::set<std::string>;

TEST(Parts, AfterAWriteWhatItChangesFirstIsRead) {
  const auto batch = rotate::partAfter(
      plan::RestartWorkloads{{{"Deployment", "shop", "client"}, {"Deployment", "stock", "server"}}});
  EXPECT_EQ(batch.namespaces, (Names{"shop", "stock"}));
  EXPECT_FALSE(batch.streams);
  const auto istiod = rotate::partAfter(plan::RestartIstiod{"istio-system", "istiod", ""});
  EXPECT_EQ(istiod.namespaces, Names());  // istiod's own, which is always read
  EXPECT_FALSE(istiod.streams);
  const auto loading = rotate::partAfter(plan::UpdateCaSecret{"7", {}, {}, "", 0});
  EXPECT_TRUE(loading.streams);
  EXPECT_EQ(loading.proxies, Names());
  EXPECT_TRUE(rotate::partAfter(plan::BackUpCa{"istio-ca-secret", "", ""}).streams);
}

TEST(Parts, WhereAllOfABatchIsThroughItIsNotReadAgain) {
  auto seen = mesh();
  for (auto& proxy : seen.proxies) proxy.workload = {"Deployment", proxy.ns, proxy.pod};
  const std::set<trust::Workload> restarted{{"Deployment", "shop", "a"}, {"Deployment", "stock", "c"}};
  struct Case {
    const char* name;
    std::vector<std::string> waitsFor;
    std::optional<Names> left;
  };
  for (const auto& [name, waitsFor, left] :
       {Case{"all of it", {"shop/a", "stock/c"}, Names{"shop", "stock"}},
        Case{"one", {"stock/c"}, Names{"stock"}},
        Case{"one, and another batch's", {"shop/b", "stock/c"}, Names{"stock"}},
        Case{"a pod that is not there yet, and another batch's", {"shop/b", "stock/d"}, std::nullopt}}) {
    for (const auto& before : {std::optional(Names{"shop", "stock"}), std::optional(Names{"shop"}), {}}) {
      mesh::Part part{.namespaces = before, .streams = false};
      rotate::narrow(part, waitingFor(waitsFor), seen, restarted);
      EXPECT_EQ(part.namespaces, left) << name;
    }
  }
  mesh::Part asking{.namespaces = Names{"shop"}};
  rotate::narrow(asking, waitingFor({"stock/c"}), seen, restarted);
  EXPECT_EQ(asking.namespaces, Names{"shop"}) << "that is not for restarts";
}

TEST(Parts, WhileIstiodRollsOutItsOwnNamespaceIsEnough) {
  struct Case {
    const char* waitsFor;
    std::optional<Names> before, left;
  };
  for (const auto& [waitsFor, before, left] :
       {Case{"deployment istio-system/istiod", Names(), Names()}, Case{"shop/a", Names(), std::nullopt},
        Case{"deployment istio-system/istiod", Names{"shop"}, std::nullopt},
        Case{"deployment istio-system/istiod", std::nullopt, std::nullopt}}) {
    mesh::Part part{.namespaces = before, .streams = false};
    rotate::narrow(part, waitingFor({waitsFor}), mesh(), {});
    EXPECT_EQ(part.namespaces, left) << waitsFor;
  }
}

TEST(Parts, BeforeARestartTheNamespacesOfTheNextWorkloadsAreRead) {
  plan::Decision restart;
  restart.kind = Kind::act;
  restart.byObjects = true;
  const plan::RestartWorkloads next{{{"Deployment", "stock", "c"}, {"Deployment", "stock", "d"}}};
  restart.step = plan::Step{.action = next};
  auto byAsking = restart, wait = restart, istiod = restart;
  byAsking.byObjects = false;
  wait.kind = Kind::wait;
  istiod.step->action = plan::RestartIstiod{"istio-system", "istiod", ""};
  struct Case {
    const char* name;
    plan::Decision decision;
    std::optional<Names> before, after;
  };
  for (const auto& [name, decision, before, after] :
       {Case{"restart", restart, Names{"shop"}, Names{"shop", "stock"}},
        Case{"restart, read", restart, Names{"shop", "stock"}, Names{"shop", "stock"}},
        Case{"restart, all read", restart, std::nullopt, std::nullopt},
        Case{"not by objects", byAsking, Names{"shop"}, Names{"shop"}},
        Case{"not now", wait, Names{"stock"}, std::nullopt},
        Case{"an istiod", istiod, Names{"stock"}, std::nullopt}}) {
    mesh::Part part{.namespaces = before, .streams = false};
    EXPECT_EQ(rotate::widen(part, decision), before != after) << name;
    EXPECT_EQ(part.namespaces, after) << name;
  }
  mesh::Part asking{.namespaces = Names{"shop"}};
  EXPECT_FALSE(rotate::widen(asking, restart)) << "that is not by objects";
}

TEST(Parts, FewAreReadAnewByName) {
  const auto part = rotate::partFor(waitingFor({"stock/c", "istiod istio-system/istiod-a"}), mesh());
  ASSERT_TRUE(part);
  EXPECT_TRUE(part->streams);
  EXPECT_EQ(part->namespaces, Names{"stock"});
  EXPECT_EQ(part->proxies, Names{"stock/c"});
  EXPECT_FALSE(part->mountsAlone);
  auto byMounts = waitingFor({"stock/c"});
  byMounts.mounts = true;
  EXPECT_TRUE(rotate::partFor(byMounts, mesh())->mountsAlone);
}

TEST(Parts, WhereMostAreInTheWayOrNothingIsWaitedForAllIsRead) {
  EXPECT_FALSE(rotate::partFor(waitingFor({"shop/a", "shop/b", "stock/c"}), mesh()));
  for (const auto kind : {Kind::act, Kind::done, Kind::blocked}) {
    auto decision = waitingFor({"stock/c"});
    decision.kind = kind;
    EXPECT_FALSE(rotate::partFor(decision, mesh()));
  }
}

TEST(Parts, OfMostOfALargeMeshSomeAreReadAnew) {
  trust::Observation seen;
  std::vector<std::string> all;
  for (int i = 0; i < 300; ++i) {
    trust::Proxy proxy;
    proxy.ns = i < 60 ? "a" : i < 110 ? "b" : "c";
    proxy.pod = std::to_string(i);
    all.push_back(proxy.ns + "/" + proxy.pod);
    seen.proxies.push_back(proxy);
  }
  struct Case {
    std::size_t missing, read;
    Names namespaces;
  };
  for (const auto& [missing, read, namespaces] : {Case{300, 100, {"a", "b"}}, Case{151, 100, {"a", "b"}},
                                                  Case{150, 150, {"a", "b", "c"}}, Case{1, 1, {"a"}}}) {
    const auto part = rotate::partFor(waitingFor({all.begin(), all.begin() + std::ptrdiff_t(missing)}), seen);
    ASSERT_TRUE(part) << missing;
    EXPECT_EQ(part->proxies->size(), read) << missing;
    EXPECT_EQ(part->namespaces, namespaces) << missing;
  }
}

TEST(Parts, WhatObjectsDecideAsksNobody) {
  auto decision = waitingFor({"shop/a", "shop/b", "stock/c", "stock/d"});
  decision.byObjects = true;
  const auto part = rotate::partFor(decision, mesh());
  ASSERT_TRUE(part);
  EXPECT_FALSE(part->streams);
  EXPECT_FALSE(part->namespaces);
}

TEST(Parts, ItWaitsSurelyOnlyForWhatWasReadAnew) {
  const mesh::Part one{.namespaces = Names{"stock"}, .proxies = Names{"stock/c"}};
  EXPECT_TRUE(rotate::waitsSurely(waitingFor({"stock/c"}), mesh(), one));
  EXPECT_TRUE(rotate::waitsSurely(waitingFor({"shop/a", "stock/c"}), mesh(), one));
  EXPECT_TRUE(rotate::waitsSurely(waitingFor({"istiod istio-system/istiod-a"}), mesh(), one));
  EXPECT_TRUE(rotate::waitsSurely(waitingFor({"config map shop/istio-ca-root-cert"}), mesh(), one));
  // What others held may be long past.
  EXPECT_FALSE(rotate::waitsSurely(waitingFor({"shop/a"}), mesh(), one));
  EXPECT_FALSE(rotate::waitsSurely(waitingFor({"stock/d"}), mesh(), one));
  EXPECT_FALSE(rotate::waitsSurely(waitingFor({}), mesh(), one));
  auto due = waitingFor({"stock/c"});
  due.kind = Kind::act;
  EXPECT_FALSE(rotate::waitsSurely(due, mesh(), one));
  // Where all mounts were read anew, and they are all that is missing.
  auto byMounts = waitingFor({"shop/a"});
  byMounts.mounts = true;
  EXPECT_TRUE(rotate::waitsSurely(byMounts, mesh(), rotate::mountsAlone()));
  EXPECT_FALSE(rotate::waitsSurely(waitingFor({"shop/a"}), mesh(), rotate::mountsAlone()));
  EXPECT_FALSE(rotate::waitsSurely(byMounts, mesh(), one));
  // Without streams only what objects say is sure.
  const mesh::Part objects{.streams = false};
  auto byObjects = waitingFor({"shop/a"});
  EXPECT_FALSE(rotate::waitsSurely(byObjects, mesh(), objects));
  byObjects.byObjects = true;
  EXPECT_TRUE(rotate::waitsSurely(byObjects, mesh(), objects));
}

}  // namespace
