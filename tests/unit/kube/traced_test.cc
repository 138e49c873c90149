#include <gtest/gtest.h>

#include "kube/traced_transport.h"

namespace {

net::Request request(std::string method, std::string path, std::string body) {
  net::Request made;
  made.method = std::move(method);
  made.path = std::move(path);
  made.body = std::move(body);
  made.headers = {{"Content-Type", "application/json"}, {"Authorization", "Basic c2VjcmV0"}, {"Accept", "x"}};
  made.bearerToken = base::Secret(std::string("my-token"));
  return made;
}

TEST(Traced, ShowsHeadersButNoCredentials) {
  const auto text = kube::describeRequest(request("GET", "/api/v1/pods", ""), 7);
  EXPECT_EQ(
      text,
      "GET /api/v1/pods, request headers:\n    Content-Type: application/json\n    Authorization: <hidden>\n"
      "    Accept: x\n    Authorization: Bearer <hidden>");
}

TEST(Traced, ShowsBodiesFromLevel8OnWithoutSecrets) {
  const std::string key = R"({"kind":"Secret","data":{"ca-key.pem":"c2VjcmV0LWtleQ=="}})";
  const std::string token = R"({"kind":"TokenRequest","status":{"token":"eyJhbGciOi.secret"}})";
  const std::string map =
      R"({"kind":"ConfigMap","data":{"k":"-----BEGIN PRIVATE KEY-----x"},"metadata":{"name":"n"}})";
  for (const int level : {8, 9}) {
    for (const auto& [path, body] :
         {std::pair<std::string, std::string>{"/api/v1/namespaces/a/secrets/cacerts", key},
          {"/api/v1/namespaces/a/serviceaccounts/s/token", token},
          {"/api/v1/namespaces/a/configmaps", map}}) {
      const auto sent = kube::describeRequest(request("POST", path, body), level);
      const auto got =
          kube::describeResponse(request("GET", path, ""), {200, {{"Set-Cookie", "c00kie"}}, body}, level);
      for (const auto& text : {sent, got}) {
        for (const char* secret : {"c2VjcmV0", "secret-key", "eyJ", "BEGIN PRIVATE", "c00kie", "my-token"})
          EXPECT_EQ(text.find(secret), std::string::npos) << text;
        EXPECT_NE(text.find("body: "), std::string::npos) << text;
      }
    }
  }
  const auto map7 = kube::describeRequest(request("POST", "/api/v1/namespaces/a/configmaps", map), 7);
  EXPECT_EQ(map7.find("body"), std::string::npos);
}

TEST(Traced, ShortensAtLevel8) {
  const std::string body = "{\"a\":\"" + std::string(5000, 'x') + "\"}";
  const auto asked = request("GET", "/api/v1/pods", "");
  EXPECT_LT(kube::describeResponse(asked, {200, {}, body}, 8).size(), 1300U);
  EXPECT_GT(kube::describeResponse(asked, {200, {}, body}, 9).size(), 5000U);
  EXPECT_NE(kube::describeResponse(asked, {200, {}, "<html>"}, 9).find("<6 bytes, not JSON>"),
            std::string::npos);
}

}  // namespace
