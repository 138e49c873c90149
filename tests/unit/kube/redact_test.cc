#include "kube/redact.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace kube {
namespace {

using base::base64Encode;
using json::Value;

const std::string key = "-----BEGIN RSA PRIVATE KEY-----\nS3cretS3cret\n-----END RSA PRIVATE KEY-----\n";
const std::string certificate = "-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n";
const std::string hiddenKey = "<hidden: " + std::to_string(key.size()) + " bytes>";

Value parsed(const std::string& text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Value{});
}

Value secret() {
  return Value::object(
      {{"kind", "Secret"},
       {"metadata",
        Value::object({{"name", "cacerts"},
                       {"annotations", Value::object({{"kubectl.kubernetes.io/last-applied-configuration",
                                                       "{\"data\":\"S3cret\"}"}})}})},
       {"data", Value::object({{"ca-cert.pem", base64Encode(certificate + certificate)},
                               {"ca-key.pem", base64Encode(key)},
                               {"glued", base64Encode(certificate + key)},
                               {"backup.json", base64Encode("{\"ca\":\"" + base64Encode(key) + "\"}")},
                               {"token", base64Encode("S3cret")},
                               {"empty", ""},
                               {"gone", nullptr},
                               {"not-base64", "S3cret !"}})},
       {"stringData", Value::object({{"root-key.pem", "S3cret"}, {"root-cert.pem", certificate}})}});
}

TEST(Redact, ShowsOfASecretItsCertificatesAlone) {
  const Value shown = redacted(create(secrets, "i", secret()));
  EXPECT_EQ(shown["data"]["ca-cert.pem"].text(), certificate + certificate);
  EXPECT_EQ(shown["data"]["ca-key.pem"].text(), hiddenKey);
  EXPECT_EQ(shown["data"]["token"].text(), "<hidden: 6 bytes>");
  EXPECT_EQ(shown["data"]["empty"].text(), "");
  EXPECT_TRUE(shown["data"].has("gone") && shown["data"]["gone"].isNull());
  EXPECT_EQ(shown["stringData"]["root-cert.pem"].text(), certificate);
  EXPECT_EQ(shown["metadata"]["name"].text(), "cacerts");
}

/// Every way in which a key may be part of a write.
std::vector<Write> writesOfKeys() {
  const std::string inData =
      "[{\"op\":\"add\",\"path\":\"/data/ca-key.pem\",\"value\":\"" + base64Encode(key) + "\"}]";
  const auto jsonPatch = [](const std::string& operations) {
    return patch(secrets, "i", "cacerts", Patch::json, parsed(operations));
  };
  Value untyped = secret();
  untyped.erase("kind");
  std::vector<Write> writes = {
      create(secrets, "i", secret()),
      replace(secrets, "i", "cacerts", untyped),
      patch(secrets, "i", "cacerts", Patch::merge, untyped),
      patch(secrets, "i", "cacerts", Patch::apply, secret()),
      jsonPatch(inData),
      jsonPatch(R"([{"op":"replace","path":"/data","value":{"anything":"UzNjcmV0"}}])"),
      jsonPatch(R"([{"op":"test","path":"/stringData/x","value":"S3cret"}])"),
      jsonPatch(
          R"([{"op":"add","path":"/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration",)"
          R"("value":"S3cret"}])"),
      jsonPatch(R"([{"op":"add","path":"/metadata/annotations",)"
                R"("value":{"kubectl.kubernetes.io/last-applied-configuration":"S3cret"}}])"),
      jsonPatch("[{\"op\":\"replace\",\"path\":\"\",\"value\":" + json::dump(untyped) + "}]"),
      create(configMaps, "i",
             Value::object({{"data", Value::object({{"mesh", key}, {"tls.key", "S3cret"}})}})),
      create(configMaps, "i", Value::object({{"binaryData", Value::object({{"x", base64Encode(key)}})}})),
      patch(
          deployments, "i", "d", Patch::json,
          parsed(
              R"([{"op":"add","path":"/spec/x/0","value":{"env":["-----BEGIN PRIVATE KEY----- S3cret"]}}])")),
      create(configMaps, "i", Value::object({{"items", Value::array({secret()})}})),
  };
  return writes;
}

TEST(Redact, NoKeyIsEverShown) {
  for (const Write& write : writesOfKeys()) {
    const std::string shown = describe(write);
    for (const std::string& leak :
         {std::string("S3cret"), std::string("UzNjcmV0"), std::string("PRIVATE"),
          base64Encode(key).substr(0, 40), base64Encode(certificate + key).substr(100, 20)})
      EXPECT_EQ(shown.find(leak), std::string::npos) << leak << " in " << shown;
    EXPECT_NE(shown.find("<hidden: "), std::string::npos) << shown;
  }
}

TEST(Redact, LeavesEverythingElseAsItIsSent) {
  const Value body =
      parsed(R"({"spec":{"values":{"key":"value","list":[1,true,null,"PUBLIC"],"data":{"a":"Yg=="}}}})");
  const Resource istios{"sailoperator.io", "v1", "istios"};
  const Write write = patch(istios, "", "default", Patch::merge, body);
  EXPECT_EQ(redacted(write), body);
  EXPECT_EQ(describe(write).substr(0, 120).substr(0, describe(write).find("\n\n") + 1),
            "PATCH /apis/sailoperator.io/v1/istios/default?fieldManager=kubectl-istio-ca\n"
            "Content-Type: application/merge-patch+json\n");
}

}  // namespace
}  // namespace kube
