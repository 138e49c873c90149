#include "kube/status.h"

#include <gtest/gtest.h>

#include "kube/api.h"
#include "support/fake_transport.h"

namespace kube {
namespace {

using base::Kind;
using test::response;
using test::statusResponse;

const Asked getSecret = askedOf("GET", "/api/v1/namespaces/istio-system/secrets/cacerts");
constexpr std::string_view server = "https://127.0.0.1:6443";

TEST(Status, BecomesAnErrorThatSaysWhatWhyAndWhatToDo) {
  const std::string forbidden =
      "secrets \"cacerts\" is forbidden: User \"u\" cannot get resource \"secrets\"";
  const base::Error error = errorOf(statusResponse(403, "Forbidden", forbidden), getSecret, server);
  EXPECT_EQ(error.kind, Kind::forbidden);
  EXPECT_EQ(error.message, "get secret istio-system/cacerts on https://127.0.0.1:6443: forbidden");
  EXPECT_EQ(error.reason, forbidden);
  EXPECT_EQ(error.hint,
            "ask for the permission to get secrets in namespace istio-system (kubectl auth can-i get "
            "secrets -n istio-system)");
}

struct StatusCase {
  int status;
  Kind kind;
  std::string word, hint;
};

TEST(Status, HasAKindAndAWordForEachCode) {
  const std::vector<StatusCase> cases = {
      {400, Kind::failed, "bad request", ""},
      {401, Kind::forbidden, "unauthorized", "log in again"},
      {403, Kind::forbidden, "forbidden", "permission"},
      {404, Kind::notFound, "not found", ""},
      {405, Kind::failed, "method not allowed", ""},
      {409, Kind::conflict, "conflict", "look again"},
      {410, Kind::failed, "expired", ""},
      {418, Kind::failed, "refused", ""},
      {422, Kind::failed, "invalid", ""},
      {429, Kind::unavailable, "too many requests", "later"},
      {500, Kind::unavailable, "internal error", ""},
      {502, Kind::unavailable, "internal error", ""},
      {503, Kind::unavailable, "service unavailable", ""},
      {504, Kind::unavailable, "gateway timeout", ""},
  };
  for (const StatusCase& each : cases) {
    const base::Error error =
        errorOf(statusResponse(each.status, "Reason", "the message"), getSecret, server);
    EXPECT_EQ(error.kind, each.kind) << each.status;
    EXPECT_TRUE(error.message.ends_with(": " + each.word)) << error.message;
    EXPECT_EQ(error.reason, "the message");
    EXPECT_NE(error.hint.find(each.hint), std::string::npos) << error.hint;
    EXPECT_EQ(error.hint.empty(), each.hint.empty()) << error.hint;
  }
}

struct Body {
  int status;
  std::string type, body, reason, hint;
};

TEST(Status, NamesWhateverElseAnswers) {
  const std::string other =
      "check the server and the proxy in the kubeconfig: this does not look like a Kubernetes "
      "API server";
  const std::vector<Body> cases = {
      {404, "text/plain; charset=utf-8", "404 page not found\n", "404 page not found", ""},
      {400, "text/plain", "Client sent an HTTP request to an HTTPS server.\n",
       "Client sent an HTTP request to an HTTPS server.", "write https:// in the address of the server"},
      {403, "", "", "status 403 without an explanation",
       "ask for the permission to get secrets in namespace istio-system (kubectl auth can-i get secrets -n "
       "istio-system)"},
      {502, "text/html", "<html>\n<b>Bad Gateway\x1b[2J",
       "status 502 and no Kubernetes Status but text/html: <html> "
       "<b>Bad Gateway [2J",
       other},
      {403, "text/html", "<html>", "status 403 and no Kubernetes Status but text/html: <html>", other},
      {500, "application/json", "{\"error\":\"x\"}",
       "status 500 and no Kubernetes Status but application/json: {\"error\":\"x\"}", other},
      {500, "", "?", "?", ""},
      {500, "", "<b>", "status 500 and no Kubernetes Status but a page: <b>", other},
  };
  for (const Body& each : cases) {
    std::vector<net::Header> headers;
    if (!each.type.empty()) headers.emplace_back("Content-Type", each.type);
    const base::Error error = errorOf(response(each.status, each.body, headers), getSecret, server);
    EXPECT_EQ(error.reason, each.reason);
    EXPECT_EQ(error.hint, each.hint);
  }
}

TEST(Status, ShortensWhatIsNotForUs) {
  const base::Error error =
      errorOf(response(500, std::string(100'000, 'x'), {{"Content-Type", "text/html"}}), getSecret, server);
  EXPECT_LT(error.reason.size(), 250U);
}

TEST(Status, ARedirectIsNotFollowedButNamed) {
  const auto value = valueOf(response(302, "", {{"Location", "https://login.example/"}}), getSecret, server);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message, "get secret istio-system/cacerts on https://127.0.0.1:6443: redirected");
  EXPECT_EQ(value.error().reason, "a redirect to https://login.example/");
  EXPECT_FALSE(value.error().hint.empty());
}

TEST(Status, AnAnswerThatIsNotJsonSaysSo) {
  const auto value =
      valueOf(response(200, "<html>hello", {{"Content-Type", "text/html"}}), getSecret, server);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message,
            "get secret istio-system/cacerts on https://127.0.0.1:6443: the answer is not JSON");
  EXPECT_NE(value.error().reason.find("text/html"), std::string::npos);
  EXPECT_NE(value.error().reason.find("<html>hello"), std::string::npos);
  EXPECT_TRUE(valueOf(response(201, "{\"a\":1}"), getSecret, server));
}

TEST(Status, ThePublicFunctionTakesAnyWords) {
  const base::Error error = errorOf(statusResponse(409, "Conflict", "changed"), "append the root");
  EXPECT_EQ(error.message, "append the root: conflict");
  EXPECT_EQ(error.kind, Kind::conflict);
}

}  // namespace
}  // namespace kube
