#include "rehearsal/protobuf_body.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "net/protobuf.h"
#include "rehearsal/protobuf_kinds.h"

namespace rehearsal {
namespace {

/// What kubectl 1.34 sent.
std::string sentByKubectl(const std::string& name) {
  std::ifstream file(ICA_TEST_DATA "/../fuzz/corpus/kubernetes_protobuf/" + name, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string inUnknown(std::string_view kind, std::string_view raw) {
  std::string types, unknown;
  net::appendText(types, 1, "v1");
  net::appendText(types, 2, kind);
  net::appendText(unknown, 1, types);
  net::appendText(unknown, 2, raw);
  return std::string("k8s\0", 4) + unknown;
}

TEST(ProtobufBody, IsReadAsItsJson) {
  const std::pair<const char*, const char*> cases[] = {
      {"secret",
       R"({"kind":"Secret","apiVersion":"v1","metadata":{"name":"two"},"data":{"a":"Yg==","c":"ZA=="}})"},
      {"deployment",
       R"({"kind":"Deployment","apiVersion":"apps/v1",)"
       R"("metadata":{"name":"capt","namespace":"shop","labels":{"app":"capt"}},)"
       R"("spec":{"replicas":2,"selector":{"matchLabels":{"app":"capt"}},)"
       R"("template":{"metadata":{"labels":{"app":"capt"}},)"
       R"("spec":{"containers":[{"name":"nginx","image":"nginx","ports":[{"containerPort":80}]}]}}}})"},
      {"access-review",
       R"({"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1",)"
       R"("spec":{"resourceAttributes":{"namespace":"shop","verb":"get","resource":"pods","name":"log"}}})"},
      {"self-review", R"({"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"})"},
      {"token-request",
       R"({"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","spec":{"expirationSeconds":3600}})"},
      {"cron-job",
       R"({"kind":"CronJob","apiVersion":"batch/v1","metadata":{"name":"capt","namespace":"shop"},)"
       R"("spec":{"schedule":"* * * * *","jobTemplate":{"metadata":{"name":"capt"},)"
       R"("spec":{"template":{"spec":{"containers":[{"name":"capt","image":"busybox","command":["date"]}],)"
       R"("restartPolicy":"OnFailure"}}}}}})"},
      {"role-binding", R"({"kind":"RoleBinding","apiVersion":"rbac.authorization.k8s.io/v1",)"
                       R"("metadata":{"name":"capt","namespace":"shop"},)"
                       R"("subjects":[{"kind":"ServiceAccount","name":"foo","namespace":"shop"}],)"
                       R"("roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"}})"},
      {"budget",
       R"({"kind":"PodDisruptionBudget","apiVersion":"policy/v1","metadata":{"name":"capt","namespace":"shop"},)"
       R"("spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}}})"},
      {"autoscaler",
       R"({"kind":"HorizontalPodAutoscaler","apiVersion":"autoscaling/v2","metadata":{"name":"capt"},)"
       R"("spec":{"scaleTargetRef":{"kind":"Deployment","name":"capt","apiVersion":"apps/v1"},)"
       R"("minReplicas":2,"maxReplicas":5,"metrics":[{"type":"Resource",)"
       R"("resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":50}}}]}})"},
      {"service", R"({"kind":"Service","apiVersion":"v1",)"
                  R"("metadata":{"name":"capt","namespace":"shop","labels":{"app":"capt"}},)"
                  R"("spec":{"ports":[{"name":"80-8080","protocol":"TCP","port":80,"targetPort":8080}],)"
                  R"("selector":{"app":"capt"},"type":"ClusterIP"}})"},
  };
  for (const auto& [name, expected] : cases) {
    const auto object = readProtobuf(sentByKubectl(name));
    ASSERT_TRUE(object) << name << ": " << object.error().message;
    EXPECT_EQ(*object, *json::parse(expected)) << name << ": " << json::dump(*object);
  }
}

TEST(ProtobufBody, KeepsWhatAPointerSays) {
  std::string spec, object, metadata, time, field;
  net::appendNumber(spec, 1, 0);  // replicas, a pointer
  net::appendNumber(spec, 5, 0);  // minReadySeconds, none
  net::appendText(object, 2, spec);
  EXPECT_EQ(json::dump((*readProtobuf(inUnknown("Deployment", object)))["spec"]), R"({"replicas":0})");

  net::appendNumber(time, 1, 1795824000);
  net::appendText(metadata, 8, time);
  net::appendText(field, 1, R"({"f:data":{}})");
  std::string entry, secret;
  net::appendText(entry, 1, "kubectl");
  net::appendText(entry, 7, field);
  net::appendText(metadata, 17, entry);
  net::appendText(secret, 1, metadata);
  EXPECT_EQ(
      json::dump((*readProtobuf(inUnknown("Secret", secret)))["metadata"]),
      R"({"creationTimestamp":"2026-11-28T00:00:00Z","managedFields":[{"manager":"kubectl","fieldsV1":{"f:data":{}}}]})");
}

TEST(ProtobufBody, RefusesWhatWouldBeLost) {
  std::string affinity, wrongType;
  net::appendText(affinity, 18, "");  // affinity of a PodSpec
  std::string pod;
  net::appendText(pod, 2, affinity);
  net::appendNumber(wrongType, 1, 5);
  const std::tuple<std::string, int, const char*> cases[] = {
      {inUnknown("Pod", pod), 400, "does not know field 18 of PodSpec: send the object as JSON"},
      {inUnknown("Ingress", ""), 415, "the body of the request was in an unknown format"},
      {inUnknown("Secret", wrongType), 400, "metadata is of another type"},
      {inUnknown("Secret", "\x0a\x05"), 400, "it ends within a field"},
      {R"({"kind":"Secret"})", 400, "it does not begin as application/vnd.kubernetes.protobuf"},
      {sentByKubectl("secret").substr(0, 40), 400, "it ends within a field"},
  };
  for (const auto& [body, code, why] : cases) {
    const auto object = readProtobuf(body);
    ASSERT_FALSE(object) << why;
    EXPECT_EQ(object.error().code, code) << why;
    EXPECT_NE(object.error().message.find(why), std::string::npos) << object.error().message;
  }
}

TEST(ProtobufBody, TheTableIsClosed) {
  EXPECT_GT(protobufMessages().size(), 90U);
  for (const auto& [name, message] : protobufMessages()) {
    EXPECT_FALSE(message.empty()) << name;
    for (const auto& [number, field] : message) {
      EXPECT_GT(number, 0U) << name << "." << field.name;
      if (field.type == ProtobufField::Type::message && !field.ignored) {
        EXPECT_NE(protobufMessage(field.message), nullptr) << name << "." << field.name;
      }
    }
  }
}

}  // namespace
}  // namespace rehearsal
