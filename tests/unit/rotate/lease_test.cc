#include "rotate/lease.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>

#include "support/fake_clock.h"
#include "support/unused_api.h"

namespace {

const std::string path = kube::leases.path("istio-system", "istio-ca-rotation");

/// An API server with one Lease: keeps versions as the real one does, and fails when it is told to.
class LeaseServer final : public support::UnusedApi {
 public:
  base::Result<json::Value> get(const std::string& asked) override {
    EXPECT_EQ(asked, path);
    if (onGet) onGet(*this);
    if (!getErrors.empty()) return base::fail(next(getErrors));
    if (lease.isNull()) return base::fail({base::Kind::notFound, "no lease"});
    return lease;
  }
  base::Result<json::Value> write(const kube::Write& write) override {
    ++writes;
    if (!writeErrors.empty()) {
      const auto error = next(writeErrors);
      if (appliedAllTheSame) apply(write);
      return base::fail(error);
    }
    if (!apply(write)) return base::fail({base::Kind::conflict, "the object has been modified"});
    return lease;
  }
  void heldBy(const std::string& holder) {
    lease = json::Value::object(
        {{"metadata", json::Value::object({{"name", "istio-ca-rotation"}})},
         {"spec", json::Value::object({{"holderIdentity", holder}, {"leaseDurationSeconds", 20}})}});
    bump();
  }
  void bump() { lease.at("metadata").set("resourceVersion", std::to_string(++version_)); }
  [[nodiscard]] std::string holder() const { return std::string(lease["spec"]["holderIdentity"].text()); }

  json::Value lease;
  std::deque<base::Error> getErrors, writeErrors;
  bool appliedAllTheSame = false;
  std::function<void(LeaseServer&)> onGet;
  int writes = 0;

 private:
  static base::Error next(std::deque<base::Error>& errors) {
    auto error = errors.front();
    errors.pop_front();
    return error;
  }
  bool apply(const kube::Write& write) {
    const bool create = write.method == "POST";
    if (create != lease.isNull()) return false;
    if (!create && write.body["metadata"]["resourceVersion"] != lease["metadata"]["resourceVersion"])
      return false;
    lease = write.body;
    bump();
    return true;
  }
  int version_ = 0;
};

class Told final : public rotate::Progress {
 public:
  base::Result<bool> confirm(const plan::Step&, const plan::Decision&) override { return true; }
  base::Status acting(const plan::Step&) override { return {}; }
  void acted(const plan::Step&, base::Millis) override {}
  void waiting(const plan::Decision& decision, base::Millis, base::Millis) override {
    waits.push_back(decision.missing()->predicate + ": " + decision.blockers().front().subject);
  }
  void reached(const plan::Decision&) override {}
  void note(std::string_view) override {}
  void tookOver(std::string_view holder) override { taken = holder; }
  std::vector<std::string> waits;
  std::string taken;
};

constexpr base::Kind fine = base::Kind::interrupted;  // stands for success in the tables: no lease fails so

struct Case {
  const char* name;
  std::function<void(LeaseServer&)> before;
  bool takeOver;
  base::Kind want;
  const char* reason;       // part of the error's
  std::size_t waitSeconds;  // at least so many pauses
  const char* taken;        // part of whom it was taken from
};

class Claim : public testing::TestWithParam<Case> {};

TEST_P(Claim, OfTheLease) {
  const auto& test = GetParam();
  LeaseServer server;
  if (test.before) test.before(server);
  test::FakeClock clock;
  Told told;
  rotate::Lease lease(server, clock, "istio-system");
  lease.configure(told, test.takeOver);
  const auto held = lease.hold(true);
  if (test.want == fine) {
    ASSERT_TRUE(held) << base::describe(held.error());
    EXPECT_NE(server.holder().find("pid"), std::string::npos);
    EXPECT_TRUE(lease.hold(true)) << "and keeps it";
  } else {
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().kind, test.want) << base::describe(held.error());
    EXPECT_NE(base::describe(held.error()).find(test.reason), std::string::npos)
        << base::describe(held.error());
  }
  EXPECT_GE(clock.pauses().size(), test.waitSeconds);
  EXPECT_LE(clock.pauses().size(), test.waitSeconds + 1);
  EXPECT_EQ(told.waits.empty(), test.waitSeconds == 0);
  for (const auto& wait : told.waits) EXPECT_NE(wait.find("for 20s: other"), std::string::npos) << wait;
  EXPECT_NE(told.taken.find(test.taken), std::string::npos) << told.taken;
  EXPECT_EQ(told.taken.empty(), *test.taken == '\0');
}

const base::Error busy{base::Kind::unavailable, "service unavailable", "503"};

INSTANTIATE_TEST_SUITE_P(
    Table, Claim,
    testing::Values(Case{"Free", nullptr, false, fine, "", 0, ""},
                    Case{"GivenBack", [](auto& server) { server.heldBy(""); }, false, fine, "", 0, ""},
                    Case{"Abandoned", [](auto& server) { server.heldBy("other"); }, false, fine, "", 20, ""},
                    Case{"Alive",
                         [](auto& server) {
                           server.heldBy("other");
                           server.onGet = [count = 0](LeaseServer& now) mutable {
                             if (++count == 5) now.bump();
                           };
                         },
                         false, base::Kind::gate, "other holds lease istio-system/istio-ca-rotation", 4, ""},
                    Case{"TakenOverThoughAlive", [](auto& server) { server.heldBy("other"); }, true, fine, "",
                         0, "other"},
                    Case{"GoneWhileWaiting",
                         [](auto& server) {
                           server.heldBy("other");
                           server.onGet = [count = 0](LeaseServer& now) mutable {
                             if (++count == 3) now.lease = {};
                           };
                         },
                         false, fine, "", 2, ""},
                    Case{"SomeoneWasFaster",
                         [](auto& server) {
                           server.heldBy("");
                           server.writeErrors = {{base::Kind::conflict, "409"}};
                         },
                         false, fine, "", 0, ""},
                    Case{"SomeoneIsAlwaysFaster",
                         [](auto& server) {
                           server.heldBy("");
                           server.writeErrors.assign(9, {base::Kind::conflict, "409"});
                         },
                         false, base::Kind::gate, "faster", 0, ""},
                    Case{"Busy", [](auto& server) { server.getErrors = {busy}; }, false,
                         base::Kind::unavailable, "503", 0, ""},
                    Case{"BusyAtTheWrite", [](auto& server) { server.writeErrors = {busy}; }, false,
                         base::Kind::unavailable, "503", 0, ""},
                    Case{"Forbidden",
                         [](auto& server) { server.writeErrors = {{base::Kind::forbidden, "may not"}}; },
                         false, base::Kind::forbidden, "may not", 0, ""}),
    [](const auto& test) { return test.param.name; });

class Held : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(lease->hold(true)); }
  LeaseServer server;
  test::FakeClock clock;
  std::unique_ptr<rotate::Lease> lease = std::make_unique<rotate::Lease>(server, clock, "istio-system");
};

TEST_F(Held, IsLostToWhoeverTakesItOverAndSaysToWhom) {
  LeaseServer& shared = server;
  Told told;
  rotate::Lease other(shared, clock, "istio-system");
  other.configure(told, true);
  ASSERT_TRUE(other.hold(true));
  const auto lost = lease->hold(true);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, base::Kind::gate);
  EXPECT_NE(lost.error().reason.find("has taken it over"), std::string::npos);
  EXPECT_TRUE(other.hold(true));
  lease.reset();
  EXPECT_FALSE(server.holder().empty()) << "who has lost it does not give it back";
}

TEST_F(Held, AnswerThatWasLostIsNoLoss) {
  server.appliedAllTheSame = true;
  server.writeErrors = {busy};
  EXPECT_EQ(lease->hold(true).error().kind, base::Kind::unavailable);
  EXPECT_TRUE(lease->hold(true));
}

TEST_F(Held, IsRenewedAfterAThirdAndNotBefore) {
  const int writes = server.writes;
  clock.advance(base::Millis{5000});
  EXPECT_TRUE(lease->hold(false));
  EXPECT_EQ(server.writes, writes);
  clock.advance(base::Millis{5000});
  EXPECT_TRUE(lease->hold(false));
  EXPECT_EQ(server.writes, writes + 1);
}

TEST_F(Held, ABusyServerIsOnlyAFailureBeforeAWrite) {
  clock.advance(base::Millis{10'000});
  server.writeErrors = {busy, busy};
  EXPECT_TRUE(lease->hold(false));
  EXPECT_FALSE(lease->hold(true));
  EXPECT_TRUE(lease->hold(true));
}

TEST_F(Held, DeletedBySomeoneItIsLost) {
  server.lease = {};
  const auto lost = lease->hold(true);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, base::Kind::gate);
}

TEST_F(Held, IsGivenBackAtTheEnd) {
  lease.reset();
  EXPECT_TRUE(server.holder().empty());
}

}  // namespace
