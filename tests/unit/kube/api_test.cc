#include "kube/api.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "kube/access_review.h"
#include "kube/object_names.h"
#include "kube/retry.h"
#include "support/fake_clock.h"
#include "support/fake_transport.h"

namespace kube {
namespace {

using base::Kind;
using base::Millis;
using json::Value;
using test::headerOf;
using test::jsonResponse;
using test::statusResponse;

class ApiTest : public testing::Test {
 protected:
  ApiTest() { access_.server = "https://h:6443"; }
  Api& api() {
    if (!api_) api_ = makeApi(std::move(owned_), access_, clock_);
    return *api_;
  }
  static Value page(int from, int to, std::string_view token) {
    json::Array items;
    for (int i = from; i < to; ++i) items.push_back(Value::object({{"i", i}}));
    return Value::object({{"kind", "PodList"},
                          {"metadata", Value::object({{"continue", token}})},
                          {"items", Value::array(std::move(items))}});
  }

  std::unique_ptr<test::FakeTransport> owned_ = std::make_unique<test::FakeTransport>();
  test::FakeTransport& net_ = *owned_;
  test::FakeClock clock_;
  ClusterAccess access_;
  std::unique_ptr<Api> api_;
};

TEST_F(ApiTest, SendsWhoWeAreWithEachRequest) {
  access_.token = base::Secret("t0ken");
  access_.impersonateUser = "jane";
  access_.impersonateUid = "7";
  access_.impersonateGroups = {"dev", "ops"};
  access_.impersonateExtra = {{"example.com/Scope", "a"}, {"x%", "b"}};
  net_.on("GET /version", jsonResponse(Value::object({{"gitVersion", "v1.31.0"}})));
  ASSERT_EQ(api().get("/version").value()["gitVersion"].text(), "v1.31.0");
  const net::Request& request = net_.log().at(0);
  EXPECT_EQ(request.bearerToken.reveal(), "t0ken");
  const std::vector<net::Header> expected = {{"Accept", "application/json"},
                                             {"User-Agent", std::string("kubectl-istio-ca/") + ICA_VERSION},
                                             {"Impersonate-User", "jane"},
                                             {"Impersonate-Uid", "7"},
                                             {"Impersonate-Group", "dev"},
                                             {"Impersonate-Group", "ops"},
                                             {"Impersonate-Extra-example.com%2FScope", "a"},
                                             {"Impersonate-Extra-x%25", "b"}};
  EXPECT_EQ(request.headers, expected);
}

TEST_F(ApiTest, CanAskForMetadataAlone) {
  owned_->on("GET /x", jsonResponse(Value::object({})));
  const auto api = makeApi(metadataAlone(std::move(owned_)), access_, clock_);
  ASSERT_TRUE(api->get("/x"));
  EXPECT_EQ(headerOf(net_.log().at(0), "Accept"),
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json");
}

TEST_F(ApiTest, SendsAPasswordAsBasic) {
  access_.username = "jane";
  access_.password = base::Secret("p:w");
  EXPECT_FALSE(api().get("/x"));
  EXPECT_EQ(headerOf(net_.log().at(0), "Authorization"), "Basic amFuZTpwOnc=");
}

TEST_F(ApiTest, ReadsTheTokenFileEachTime) {
  const std::string file = testing::TempDir() + "kube_api_token";
  access_.tokenFile = file;
  access_.token = base::Secret("ignored");
  std::ofstream(file) << "one\n";
  EXPECT_FALSE(api().get("/x"));
  std::ofstream(file) << "two\n";
  EXPECT_FALSE(api().get("/x"));
  std::remove(file.c_str());
  const auto gone = api().get("/x");
  ASSERT_FALSE(gone);
  EXPECT_NE(gone.error().message.find(file), std::string::npos) << gone.error().message;
  ASSERT_EQ(net_.log().size(), 2U);
  EXPECT_EQ(net_.log()[0].bearerToken.reveal(), "one");
  EXPECT_EQ(net_.log()[1].bearerToken.reveal(), "two");
}

TEST_F(ApiTest, NamesWhatWasAskedInEveryError) {
  net_.on("GET /api/v1/namespaces/i/secrets/cacerts",
          statusResponse(404, "NotFound", "secrets \"cacerts\" not found"));
  net_.on("GET /version", base::fail({Kind::failed, "certificate not trusted"}));
  const auto values = api().getAll({secrets.path("i", "cacerts"), "/version"});
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[0].error().message, "get secret i/cacerts on https://h:6443: not found");
  EXPECT_EQ(values[1].error().message, "get /version: certificate not trusted");
  EXPECT_EQ(api().server(), "https://h:6443");
}

TEST_F(ApiTest, WritesOnceAndNamesTheObject) {
  net_.on("POST /api/v1/namespaces/i/secrets", statusResponse(503, "ServiceUnavailable", "x"));
  const Value object = Value::object({{"metadata", Value::object({{"name", "cacerts"}})}});
  Write write = create(secrets, "i", object);
  write.secret = true;
  const auto result = api().write(write);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "create secret i/cacerts on https://h:6443: service unavailable");
  ASSERT_EQ(net_.log().size(), 1U) << "a write that may have happened is not repeated";
  EXPECT_EQ(net_.log()[0].body, json::dump(object));
  EXPECT_EQ(headerOf(net_.log()[0], "Content-Type"), "application/json");
}

TEST_F(ApiTest, ReadsAListPageByPage) {
  const std::string path = "GET /api/v1/namespaces/shop/pods?limit=500&labelSelector=a%3Db";
  net_.on(path, jsonResponse(page(0, 500, "t/1=")));
  net_.on(path + "&continue=t%2F1%3D", jsonResponse(page(500, 700, "")));
  const auto items = api().list(pods, "shop", "labelSelector=a%3Db");
  ASSERT_TRUE(items);
  ASSERT_EQ(items->size(), 700U);
  EXPECT_EQ((*items)[699]["i"].integer(), 699);
  EXPECT_EQ(net_.log().size(), 2U);
}

TEST_F(ApiTest, StartsOverWithoutPagesWhenTheTokenExpires) {
  net_.on("GET /api/v1/pods?limit=500", jsonResponse(page(0, 500, "t")));
  net_.on("GET /api/v1/pods?limit=500&continue=t", statusResponse(410, "Expired", "too old"));
  net_.on("GET /api/v1/pods", jsonResponse(page(0, 501, "")));
  const auto items = api().list(pods, "");
  ASSERT_TRUE(items);
  EXPECT_EQ(items->size(), 501U);
  EXPECT_EQ(net_.log().size(), 3U);
}

TEST_F(ApiTest, AnExpiryOfTheFirstPageIsAnError) {
  net_.on("GET /api/v1/pods", statusResponse(410, "Expired", "too old"));
  const auto items = api().list(pods, "");
  ASSERT_FALSE(items);
  EXPECT_EQ(items.error().message, "list pods on https://h:6443: expired");
}

TEST_F(ApiTest, AListIsEmptyOrNoListAtAll) {
  net_.on("GET /api/v1/pods", jsonResponse(Value::object({{"kind", "PodList"}, {"items", nullptr}})));
  net_.on("GET /api/v1/secrets", jsonResponse(Value::object({{"hello", "world"}})));
  EXPECT_EQ(api().list(pods, "").value().size(), 0U);
  const auto other = api().list(secrets, "");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message, "list secrets on https://h:6443: the answer is not a list");
}

TEST_F(ApiTest, WaitsAsRetryAfterSaysAndRepeatsOnlyWhatFailed) {
  net_.on("GET /a", statusResponse(429, "TooManyRequests", "slow", {{"Retry-After", "7"}}));
  net_.on("GET /a", jsonResponse(Value::object({{"a", 1}})));
  net_.on("GET /b", jsonResponse(Value::object({{"b", 1}})));
  const auto values = api().getAll({"/a", "/b"});
  ASSERT_TRUE(values.at(0) && values.at(1));
  EXPECT_EQ((*values[0])["a"].integer(), 1);
  EXPECT_EQ(clock_.pauses(), std::vector<Millis>{std::chrono::seconds{7}});
  EXPECT_EQ(net_.count("GET /a"), 2U);
  EXPECT_EQ(net_.count("GET /b"), 1U);
}

TEST_F(ApiTest, RepeatsAWriteThatWasTurnedAway) {
  net_.on("PATCH /api/v1/namespaces/i/secrets/s",
          statusResponse(429, "TooManyRequests", "slow", {{"retry-after", "1"}}));
  net_.on("PATCH /api/v1/namespaces/i/secrets/s", jsonResponse(Value::object({{"ok", true}})));
  EXPECT_TRUE(api().write(patch(secrets, "i", "s", Patch::merge, Value::object())));
  EXPECT_EQ(net_.log().size(), 2U);
}

TEST_F(ApiTest, GivesUpAtTheRequestTimeout) {
  access_.requestTimeout = std::chrono::seconds{10};
  net_.on("GET /a", statusResponse(503, "ServiceUnavailable", "starting", {{"Retry-After", "4"}}));
  const auto value = api().get("/a");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, Kind::unavailable);
  EXPECT_EQ(net_.log().size(), 3U);
  EXPECT_EQ(clock_.elapsed(), std::chrono::seconds{8});
}

TEST_F(ApiTest, TriesAServerThatIsNotThereOnlyForMoments) {
  net_.on("GET /a", base::fail({Kind::unavailable, "cannot reach h"}));
  EXPECT_FALSE(api().get("/a"));
  EXPECT_EQ(net_.log().size(), 3U);
  EXPECT_EQ(clock_.elapsed(), Millis{750});
  net_.on("POST /api/v1/namespaces/i/secrets", base::fail({Kind::unavailable, "connection reset"}));
  EXPECT_FALSE(api().write(create(secrets, "i", Value::object())));
  EXPECT_EQ(net_.log().size(), 4U) << "the write may have happened";
}

TEST_F(ApiTest, AnInterruptEndsTheWait) {
  clock_.interruptAt(std::chrono::seconds{1});
  net_.on("GET /a", statusResponse(429, "TooManyRequests", "slow", {{"Retry-After", "5"}}));
  const auto value = api().get("/a");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, Kind::interrupted);
}

struct RetryCase {
  std::string method;
  base::Result<net::Response> answer;
  int tries;
  std::optional<Millis> delay;
};

TEST(Retry, IsATable) {
  const auto down = base::fail({Kind::unavailable, "connection reset"});
  const auto broken = base::fail({Kind::failed, "certificate not trusted"});
  const auto answer = [](int status, std::string after) {
    return test::response(status, "", {{"Retry-After", std::move(after)}});
  };
  const std::vector<RetryCase> cases = {
      {"GET", answer(200, "1"), 1, std::nullopt},
      {"GET", answer(404, "1"), 1, std::nullopt},
      {"GET", answer(500, "1"), 1, std::nullopt},
      {"GET", answer(429, "3"), 1, Millis{3000}},
      {"GET", answer(503, "3"), 1, Millis{3000}},
      {"GET", answer(503, "0"), 2, Millis{500}},
      {"GET", answer(503, "Wed, 21 Oct 2015 07:28:00 GMT"), 1, Millis{250}},
      {"GET", answer(503, "-3"), 3, Millis{1000}},
      {"GET", answer(503, ""), 9, Millis{8000}},
      {"GET", answer(503, "1"), 10, std::nullopt},
      {"PATCH", answer(503, "1"), 1, std::nullopt},
      {"POST", answer(429, "1"), 1, Millis{1000}},
      {"GET", down, 1, Millis{250}},
      {"GET", down, 2, Millis{500}},
      {"GET", down, 3, std::nullopt},
      {"POST", down, 1, std::nullopt},
      {"GET", broken, 1, std::nullopt},
  };
  for (std::size_t i = 0; i < cases.size(); ++i)
    EXPECT_EQ(retryDelay(cases[i].method, cases[i].answer, cases[i].tries), cases[i].delay) << "case " << i;
}

/// A plugin that prints a file: /bin/cat.
class PluginApiTest : public ApiTest {
 protected:
  PluginApiTest() : file_(testing::TempDir() + "kube_api_plugin.json") {
    access_.exec = ExecPlugin{"client.authentication.k8s.io/v1", "cat", {file_}, {}, "", "Never", false};
  }
  ~PluginApiTest() override { std::filesystem::remove(file_); }
  void prints(const std::string& status) {
    std::ofstream(file_)
        << R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":)" << status
        << "}";
  }
  std::string tokenOf(std::size_t i) const { return std::string(net_.log().at(i).bearerToken.reveal()); }

  std::string file_;
};

TEST_F(PluginApiTest, IsAskedOnceUntilItsCredentialExpires) {
  const std::string expiry = base::formatTime(clock_.now() + base::Seconds{60});
  prints(R"({"token":"one","expirationTimestamp":")" + expiry + "\"}");
  net_.on("GET /a", jsonResponse(Value::object()));
  EXPECT_TRUE(api().get("/a"));
  prints(R"({"token":"two"})");
  EXPECT_TRUE(api().get("/a"));
  clock_.advance(std::chrono::seconds{60});
  EXPECT_TRUE(api().get("/a"));
  EXPECT_EQ(tokenOf(0) + tokenOf(1) + tokenOf(2), "oneonetwo");
}

TEST_F(PluginApiTest, IsAskedAgainOnceAfter401) {
  prints(R"({"token":"one"})");
  net_.on("GET /a", jsonResponse(Value::object()));
  net_.on("GET /b", statusResponse(401, "Unauthorized", "Unauthorized"));
  net_.on("GET /b", jsonResponse(Value::object({{"b", 1}})));
  net_.on("GET /c", statusResponse(401, "Unauthorized", "Unauthorized"));
  EXPECT_TRUE(api().get("/a"));
  prints(R"({"token":"two"})");
  EXPECT_TRUE(api().get("/b"));
  EXPECT_EQ(net_.count("GET /b"), 2U);
  EXPECT_EQ(tokenOf(2), "two");
  const auto refused = api().get("/c");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::forbidden);
  EXPECT_EQ(net_.count("GET /c"), 2U) << "one more try, not more";
}

TEST_F(PluginApiTest, ItsFailureIsTheAnswer) {
  prints("{}");
  const auto value = api().get("/a");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, Kind::forbidden);
  EXPECT_EQ(value.error().message, "get /a: the credential plugin cat gave no credential");
  EXPECT_TRUE(net_.log().empty());
}

TEST_F(PluginApiTest, IsLeftAloneWhenThereIsAToken) {
  prints("{}");
  access_.token = base::Secret("mine");
  net_.on("GET /a", statusResponse(401, "Unauthorized", "Unauthorized"));
  EXPECT_FALSE(api().get("/a"));
  EXPECT_EQ(net_.log().size(), 1U);
  EXPECT_EQ(tokenOf(0), "mine");
}

TEST_F(PluginApiTest, RefreshesForStreamsToo) {
  prints(R"({"token":"one"})");
  struct Silent : net::Conversation {
    std::vector<std::string> onOpen(std::string_view) override { return {}; }
    std::vector<std::string> onMessage(std::string_view) override { return {}; }
    void onClose(int, std::string_view) override { closed = true; }
    [[nodiscard]] bool done() const override { return closed || !error.empty(); }
    void onError(const base::Error& why) override { error = why.message; }
    bool closed = false;
    std::string error;
  };
  const auto refuse = [](int code) {
    return [code](net::Conversation& conversation, const net::Dialogue& dialogue) {
      conversation.onError(dialogue.refusal(statusResponse(code, "", "no")));
    };
  };
  const auto serve = [](net::Conversation& conversation, const net::Dialogue&) {
    conversation.onOpen("p");
    conversation.onClose(1000, "");
  };
  net_.onStream("/old", refuse(401)).onStream("/old", serve);
  net_.onStream("/busy", refuse(429)).onStream("/busy", serve);
  net_.onStream("/never", refuse(401));
  net_.onStream("/no", refuse(403));
  std::array<Silent, 4> all;
  std::vector<net::Dialogue> dialogues(4);
  const std::array<const char*, 4> paths = {"/old", "/busy", "/never", "/no"};
  for (std::size_t i = 0; i < all.size(); ++i) {
    dialogues[i].request.path = paths.at(i);
    dialogues[i].conversation = &all.at(i);
  }
  ASSERT_TRUE(api().get("/x").error().kind == Kind::notFound);
  prints(R"({"token":"two"})");
  ASSERT_TRUE(api().converse(dialogues));
  EXPECT_TRUE(all[0].closed);
  EXPECT_TRUE(all[1].closed);
  EXPECT_EQ(all[2].error, "refused: unauthorized");
  EXPECT_EQ(all[3].error, "refused: forbidden");
  EXPECT_EQ(net_.count("WEBSOCKET /never"), 2U);
  EXPECT_EQ(net_.count("WEBSOCKET /no"), 1U);
  EXPECT_EQ(net_.log().back().bearerToken.reveal(), "two");
}

TEST_F(ApiTest, AsksWhatIsAllowed) {
  const std::string path = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const auto verdict = [](Value allowed) {
    return jsonResponse(Value::object({{"status", Value::object({{"allowed", std::move(allowed)}})}}), 201);
  };
  net_.on(path, verdict(true)).on(path, verdict(false)).on(path, verdict(nullptr));
  net_.on(path, statusResponse(403, "Forbidden", "not even that"));
  const Permission get{"get", pods, "shop", "portforward"};
  const auto verdicts = allowed(api(), {get, get, get, get});
  ASSERT_EQ(verdicts.size(), 4U);
  EXPECT_TRUE(verdicts[0].value());
  EXPECT_FALSE(verdicts[1].value());
  EXPECT_FALSE(verdicts[2]);
  EXPECT_EQ(verdicts[3].error().kind, Kind::forbidden);
  const auto body = json::parse(net_.log()[0].body);
  ASSERT_TRUE(body);
  EXPECT_EQ(
      json::dump((*body)["spec"]["resourceAttributes"]),
      R"({"verb":"get","group":"","version":"v1","resource":"pods","namespace":"shop","subresource":"portforward"})");
  EXPECT_FALSE(allowed(api(), "get", secrets, ""));
}

}  // namespace
}  // namespace kube
