#include <gtest/gtest.h>

#include "kube/api.h"
#include "kube/asked.h"
#include "kube/uri.h"

namespace kube {
namespace {

TEST(Paths, NameEveryKindOfResource) {
  EXPECT_EQ(pods.path(""), "/api/v1/pods");
  EXPECT_EQ(pods.path("shop", "server", "portforward"), "/api/v1/namespaces/shop/pods/server/portforward");
  EXPECT_EQ(namespaces.path("", "shop"), "/api/v1/namespaces/shop");
  EXPECT_EQ(deployments.path("istio-system", "istiod"),
            "/apis/apps/v1/namespaces/istio-system/deployments/istiod");
  EXPECT_EQ(secrets.path("a b/..", "x?y%"), "/api/v1/namespaces/a%20b%2F../secrets/x%3Fy%25");
}

TEST(Paths, PercentCodingIsReversible) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percentDecode(percentEncode(all)), all);
  EXPECT_EQ(percentEncode("az-AZ_09.~ =&"), "az-AZ_09.~%20%3D%26");
  EXPECT_EQ(percentDecode("100%, %4 %zz%41"), "100%, %4 %zzA");
}

struct PathCase {
  std::string method, path, text, canI;
};

TEST(Asked, SaysInTheWordsOfRbacWhatARequestIs) {
  const std::vector<PathCase> cases = {
      {"GET", "/api/v1/namespaces/istio-system/secrets/cacerts", "get secret istio-system/cacerts",
       "kubectl auth can-i get secrets -n istio-system"},
      {"PATCH", "/api/v1/namespaces/istio-system/secrets/cacerts?fieldManager=x",
       "patch secret istio-system/cacerts", "kubectl auth can-i patch secrets -n istio-system"},
      {"GET", "/api/v1/pods?limit=500", "list pods", "kubectl auth can-i list pods -A"},
      {"GET", "/api/v1/namespaces/shop/pods", "list pods in shop", "kubectl auth can-i list pods -n shop"},
      {"GET", "/api/v1/pods?watch=true", "watch pods", "kubectl auth can-i watch pods -A"},
      {"GET", "/api/v1/namespaces/shop", "get namespace shop", "kubectl auth can-i get namespaces -A"},
      {"GET", "/api/v1/namespaces", "list namespaces", "kubectl auth can-i list namespaces -A"},
      {"POST", "/api/v1/namespaces/shop/secrets?fieldManager=x", "create secret in shop",
       "kubectl auth can-i create secrets -n shop"},
      {"PUT", "/apis/apps/v1/namespaces/i/deployments/istiod", "update deployment i/istiod",
       "kubectl auth can-i update deployments.apps -n i"},
      {"DELETE", "/apis/coordination.k8s.io/v1/namespaces/i/leases/l", "delete lease i/l",
       "kubectl auth can-i delete leases.coordination.k8s.io -n i"},
      {"GET", "/api/v1/namespaces/shop/pods/server-7f/portforward?ports=15000",
       "get pods/portforward shop/server-7f",
       "kubectl auth can-i get pods --subresource=portforward -n shop"},
      {"GET", "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/w",
       "get mutatingwebhookconfiguration w",
       "kubectl auth can-i get mutatingwebhookconfigurations.admissionregistration.k8s.io -A"},
      {"GET", "/apis/x.io/v1/policies/p", "get policy p", "kubectl auth can-i get policies.x.io -A"},
      {"GET", "/apis/x.io/v1/ingresses/p", "get ingress p", "kubectl auth can-i get ingresses.x.io -A"},
      {"GET", "/version", "get /version", ""},
      {"GET", "/apis/apps/v1", "get /apis/apps/v1", ""},
      {"GET", "", "get ", ""},
  };
  for (const PathCase& each : cases) {
    const Asked asked = askedOf(each.method, each.path);
    EXPECT_EQ(describe(asked), each.text) << each.path;
    EXPECT_EQ(canI(asked), each.canI) << each.path;
  }
}

TEST(Writes, NameTheFieldManagerAndForceNothing) {
  const json::Value body = json::Value::object({{"a", 1}});
  const std::string secret = "/api/v1/namespaces/i/secrets/cacerts?fieldManager=kubectl-istio-ca";
  const Write post = create(secrets, "i", body);
  EXPECT_EQ(post.method + " " + post.path, "POST /api/v1/namespaces/i/secrets?fieldManager=kubectl-istio-ca");
  EXPECT_EQ(post.contentType, "application/json");
  EXPECT_EQ(post.body, body);
  EXPECT_FALSE(post.secret);
  const Write put = replace(secrets, "i", "cacerts", body);
  EXPECT_EQ(put.method + " " + put.path, "PUT " + secret);
  const Write gone = remove(secrets, "i", "cacerts", body);
  EXPECT_EQ(gone.method + " " + gone.path, "DELETE /api/v1/namespaces/i/secrets/cacerts");
  const std::vector<std::pair<Patch, std::string>> types = {
      {Patch::json, "application/json-patch+json"},
      {Patch::merge, "application/merge-patch+json"},
      {Patch::strategicMerge, "application/strategic-merge-patch+json"},
      {Patch::apply, "application/apply-patch+yaml"},
  };
  for (const auto& [type, contentType] : types) {
    const Write change = patch(secrets, "i", "cacerts", type, body);
    EXPECT_EQ(change.method + " " + change.path, "PATCH " + secret);
    EXPECT_EQ(change.contentType, contentType);
  }
}

}  // namespace
}  // namespace kube
