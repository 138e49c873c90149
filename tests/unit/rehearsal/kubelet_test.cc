// Pods as their kubelets run them: volumes and their lag, crashes, ends, connections.
#include <fmt/format.h>

#include "base/text.h"
#include "small_cluster.h"

namespace {

using json::Value;
using rehearsal::Key;
using rehearsal::PodFaults;

const Key pod{"", "pods", "shop", "one"};
const Key cacerts{"", "secrets", "shop", "cacerts"};
const Key roots{"", "configmaps", "shop", "istio-ca-root-cert"};

std::string podText(const std::string& name = "one") {
  return fmt::format(
      R"({{"metadata":{{"name":"{}","namespace":"shop","annotations":{{"a":"1"}}}},
          "spec":{{"serviceAccountName":"server","restartPolicy":"Always","containers":[
          {{"name":"app","image":"app:1","lifecycle":{{"preStop":{{"sleep":{{"seconds":5}}}}}}}},
          {{"name":"istio-proxy","image":"proxyv2:1.27.0","volumeMounts":[
            {{"name":"cacerts","mountPath":"/etc/cacerts"}},{{"name":"roots","mountPath":"/var/run/secrets/istio"}},
            {{"name":"token","mountPath":"/var/run/secrets/tokens"}}]}}],
          "volumes":[{{"name":"cacerts","secret":{{"secretName":"cacerts","optional":true}}}},
            {{"name":"roots","configMap":{{"name":"istio-ca-root-cert"}}}},
            {{"name":"token","projected":{{"sources":[
              {{"serviceAccountToken":{{"audience":"istio-ca","path":"istio-token"}}}},
              {{"downwardAPI":{{"items":[{{"path":"ns","fieldRef":{{"fieldPath":"metadata.namespace"}}}}]}}}}]}}}}]}}}})",
      name);
}

std::string secretText(const std::string& content, bool immutable = false) {
  return fmt::format(R"({{"immutable":{},"data":{{"root-cert.pem":"{}"}}}})", immutable,
                     base::base64Encode(content));
}

struct Kubelets : SmallCluster {
  void run() {
    create(roots, R"({"data":{"root-cert.pem":"O"}})");
    create(pod, podText());
    pass(base::Seconds(20));
    ASSERT_EQ(programs.starts.size(), 1U);
    ASSERT_TRUE(rehearsal::isReady(at(pod)));
  }
  const std::string& file(const std::string& path, const std::string& name = "one") {
    return programs.filesOf[name][path];
  }
  bool hasFile(const std::string& path) { return programs.filesOf["one"].contains(path); }
  void setRoots(const std::string& content) {
    change(roots, [&](Value& object) { object.at("data").set("root-cert.pem", content); });
  }
  const Value& proxyStatus() { return at(pod)["status"]["containerStatuses"].items().at(1); }
};

TEST_F(Kubelets, RunAPodWithItsVolumes) {
  run();
  const auto& status = at(pod)["status"];
  EXPECT_EQ(status["phase"].text(), "Running");
  EXPECT_FALSE(status["podIP"].text().empty());
  EXPECT_TRUE(at(pod)["spec"]["nodeName"].text().starts_with("node-"));
  EXPECT_EQ(proxyStatus()["name"].text(), "istio-proxy");
  EXPECT_EQ(proxyStatus()["ready"].boolean(), true);
  EXPECT_EQ(proxyStatus()["restartCount"].integer(), 0);
  EXPECT_EQ(proxyStatus()["state"]["running"]["startedAt"].text(),
            base::formatTime(start + std::chrono::floor<base::Seconds>(programs.starts[0].second)));
  EXPECT_EQ(file("/var/run/secrets/istio/root-cert.pem"), "O");
  EXPECT_EQ(file("/var/run/secrets/tokens/ns"), "shop");
  EXPECT_EQ(base::split(file("/var/run/secrets/tokens/istio-token"), '.').size(), 3U);
  EXPECT_FALSE(hasFile("/etc/cacerts/root-cert.pem"));
}

TEST_F(Kubelets, AreNotReadyBeforeTheirProgram) {
  create(roots, R"({"data":{"root-cert.pem":"O"}})");
  programs.readyAfter = base::Seconds(30);
  create(pod, podText());
  pass(base::Seconds(20));
  EXPECT_EQ(at(pod)["status"]["phase"].text(), "Running");
  EXPECT_FALSE(rehearsal::isReady(at(pod)));
  EXPECT_EQ(rehearsal::conditionOf(at(pod), "ContainersReady")["message"].text(),
            "containers with unready status: [istio-proxy]");
  pass(base::Seconds(15));
  EXPECT_TRUE(rehearsal::isReady(at(pod)));
}

TEST_F(Kubelets, WaitForWhatIsNotOptional) {
  create(pod, podText());
  pass(base::Seconds(60));
  EXPECT_TRUE(programs.starts.empty());
  EXPECT_EQ(proxyStatus()["state"]["waiting"]["reason"].text(), "ContainerCreating");
  create(roots, R"({"data":{"root-cert.pem":"O"}})");
  pass(base::Seconds(130));
  EXPECT_EQ(programs.starts.size(), 1U);
}

TEST_F(Kubelets, RefreshWithinTheirPeriodEachInItsOwnTime) {
  create(roots, R"({"data":{"root-cert.pem":"O"}})");
  constexpr int count = 200;
  for (int i = 0; i < count; ++i) {
    const auto name = "p" + std::to_string(i);
    create({"", "pods", "shop", name}, podText(name));
  }
  pass(base::Seconds(3'000));
  programs.refreshes.clear();
  const auto changed = simulation.elapsed();
  setRoots("O+N");
  pass(base::Seconds(95));
  std::vector<base::Millis> lags;
  for (const auto& [name, times] : programs.refreshes) {
    EXPECT_EQ(times.size(), 1U) << name;
    lags.push_back(times.front() - changed);
    EXPECT_EQ(file("/var/run/secrets/istio/root-cert.pem", name), "O+N");
  }
  ASSERT_EQ(lags.size(), std::size_t(count));
  std::sort(lags.begin(), lags.end());
  EXPECT_LT(lags.front(), base::Seconds(5));  // spread over the whole of a minute and a half
  EXPECT_GT(lags.back(), base::Seconds(60));
  EXPECT_LE(lags.back(), base::Seconds(90));
}

TEST_F(Kubelets, RefreshAtOnceWhenThePodIsAnnotated) {
  run();
  setRoots("O+N");
  change(pod, [](Value& object) { object.at("metadata").at("annotations").set("a", "2"); });
  pass(base::Seconds(1));
  EXPECT_EQ(file("/var/run/secrets/istio/root-cert.pem"), "O+N");
}

TEST_F(Kubelets, AnOptionalSecretComesAndGoes) {
  run();
  create(cacerts, secretText("N"));
  pass(base::Seconds(95));
  EXPECT_EQ(file("/etc/cacerts/root-cert.pem"), "N");
  ASSERT_TRUE(store.remove(cacerts));
  pass(base::Seconds(95));
  EXPECT_FALSE(hasFile("/etc/cacerts/root-cert.pem"));
}

TEST_F(Kubelets, KeepTheFilesOfAConfigMapThatIsGone) {
  run();
  ASSERT_TRUE(store.remove(roots));
  pass(base::Seconds(200));
  EXPECT_EQ(file("/var/run/secrets/istio/root-cert.pem"), "O");
  create(roots, R"({"data":{"root-cert.pem":"N"}})");
  pass(base::Seconds(95));
  EXPECT_EQ(file("/var/run/secrets/istio/root-cert.pem"), "N");
}

TEST_F(Kubelets, KeepAnImmutableSecretThatWasMadeAnew) {
  create(cacerts, secretText("O", true));
  run();
  ASSERT_TRUE(store.remove(cacerts));
  create(cacerts, secretText("N"));
  pass(base::Seconds(200));
  EXPECT_EQ(file("/etc/cacerts/root-cert.pem"), "O");
}

TEST_F(Kubelets, ASlowOneRefreshesWhenItIsToldTo) {
  run();
  kubelet.faults("shop", "one").refreshAfter = base::Seconds(600);
  setRoots("O+N");
  change(pod, [](Value& object) { object.at("metadata").at("annotations").set("a", "2"); });
  pass(base::Seconds(590));
  EXPECT_EQ(file("/var/run/secrets/istio/root-cert.pem"), "O");
  pass(base::Seconds(20));
  EXPECT_EQ(file("/var/run/secrets/istio/root-cert.pem"), "O+N");
  kubelet.faults("shop", "one").refreshAfter = PodFaults::never;
  setRoots("N");
  pass(base::Seconds(10'000));
  EXPECT_EQ(file("/var/run/secrets/istio/root-cert.pem"), "O+N");
  kubelet.faults("shop", "one").refreshAfter.reset();
  pass(base::Seconds(200));
  EXPECT_EQ(file("/var/run/secrets/istio/root-cert.pem"), "N");
}

TEST_F(Kubelets, RestartWhatCrashesLaterAndLater) {
  create(roots, R"({"data":{"root-cert.pem":"O"}})");
  programs.crash = "incomplete signing CA bundle detected";
  create(pod, podText());
  pass(base::Seconds(60));
  EXPECT_EQ(proxyStatus()["state"]["waiting"]["reason"].text(), "CrashLoopBackOff");
  EXPECT_EQ(proxyStatus()["lastState"]["terminated"]["exitCode"].integer(), 1);
  EXPECT_EQ(proxyStatus()["lastState"]["terminated"]["message"].text(), programs.crash);
  pass(base::Seconds(1'200));
  std::vector<std::int64_t> waits;
  for (std::size_t i = 1; i < programs.starts.size(); ++i)
    waits.push_back((programs.starts[i].second - programs.starts[i - 1].second).count() / 1000);
  EXPECT_EQ(waits, (std::vector<std::int64_t>{1, 10, 20, 40, 80, 160, 300, 300, 300}));
  programs.crash.clear();
  pass(base::Seconds(320));
  EXPECT_TRUE(rehearsal::isReady(at(pod)));
  EXPECT_EQ(proxyStatus()["restartCount"].integer(), 10);
}

TEST_F(Kubelets, ACrashComesBackWithFreshVolumes) {
  run();
  create(cacerts, secretText("N"));
  kubelet.crash("shop", "one", 2);
  EXPECT_FALSE(rehearsal::isReady(at(pod)));
  EXPECT_EQ(proxyStatus()["state"]["terminated"]["exitCode"].integer(), 2);
  pass(base::Seconds(10));
  EXPECT_TRUE(rehearsal::isReady(at(pod)));
  EXPECT_EQ(proxyStatus()["restartCount"].integer(), 1);
  EXPECT_EQ(file("/etc/cacerts/root-cert.pem"), "N");
}

TEST_F(Kubelets, EndAPodWithinItsGrace) {
  run();
  ASSERT_TRUE(store.remove(pod, {}, 30));
  pass(base::Seconds(1));
  EXPECT_TRUE(programs.ending.contains("one"));
  pass(base::Seconds(4));
  EXPECT_FALSE(at(pod).isNull());  // its preStop hook sleeps for five seconds
  pass(base::Seconds(10));
  EXPECT_TRUE(at(pod).isNull());
}

TEST_F(Kubelets, AHangingPodGoesByForceAlone) {
  run();
  kubelet.faults("shop", "one").hangsInTermination = true;
  ASSERT_TRUE(store.remove(pod, {}, 30));
  pass(base::Seconds(1'000));
  EXPECT_FALSE(at(pod).isNull());
  ASSERT_TRUE(store.remove(pod, {}, 0));
  EXPECT_TRUE(at(pod).isNull());
  create(pod, podText());  // another one of that name
  kubelet.faults("shop", "one").hangsInTermination = false;
  pass(base::Seconds(20));
  EXPECT_TRUE(rehearsal::isReady(at(pod)));
}

TEST_F(Kubelets, SayWhyThereIsNoConnection) {
  run();
  const auto why = [&](const char* name) { return kubelet.connect("shop", name, 15000).error().message; };
  EXPECT_EQ(why("one"), "the program's port 15000");
  EXPECT_EQ(why("two"), "pods \"two\" not found");
  auto& faults = kubelet.faults("shop", "one");
  faults.answer = PodFaults::Answer::refuses;
  EXPECT_NE(why("one").find("127.0.0.1:15000: connect: connection refused"), std::string::npos);
  faults.answer = PodFaults::Answer::unreachable;
  EXPECT_NE(why("one").find(":10250: i/o timeout"), std::string::npos);
  faults.answer = PodFaults::Answer::hangs;
  const auto silent = kubelet.connect("shop", "one", 15000);
  ASSERT_TRUE(silent);
  EXPECT_EQ((*silent)->feed("GET / HTTP/1.1\r\n\r\n"), "");
  EXPECT_FALSE((*silent)->closed());
}

TEST_F(Kubelets, RunCommandsInContainersThatRun) {
  run();
  const auto why = [&](const char* container) {
    return kubelet.execute("shop", "one", container, {"cat"}).error().message;
  };
  EXPECT_EQ(kubelet.execute("shop", "one", "", {"cat"})->out, "app:cat");
  EXPECT_EQ(kubelet.execute("shop", "one", "istio-proxy", {"cat"})->out, "istio-proxy:cat");
  EXPECT_EQ(why("other"), "container other is not valid for pod one");
  kubelet.crash("shop", "one");
  EXPECT_EQ(why("istio-proxy"), "container not found (\"istio-proxy\")");
}

TEST_F(Kubelets, ANativeSidecarIsAnInitContainer) {
  create(pod, R"({"metadata":{"name":"one","namespace":"shop"},"spec":{"initContainers":[
    {"name":"istio-init","image":"proxyv2:1"},
    {"name":"istio-proxy","image":"proxyv2:1","restartPolicy":"Always"}],
    "containers":[{"name":"app","image":"app:1"}]}})");
  pass(base::Seconds(20));
  const auto& initial = at(pod)["status"]["initContainerStatuses"].items();
  ASSERT_EQ(initial.size(), 2U);
  EXPECT_EQ(initial[0]["state"]["terminated"]["reason"].text(), "Completed");
  EXPECT_TRUE(initial[1]["state"].has("running"));
  EXPECT_TRUE(rehearsal::isReady(at(pod)));
}

TEST_F(Kubelets, AJobsPodThatFailsStaysFailed) {
  create(pod, R"({"metadata":{"name":"one","namespace":"shop"},"spec":{"restartPolicy":"Never",
    "containers":[{"name":"app","image":"app:1"}]}})");
  pass(base::Seconds(20));
  kubelet.crash("shop", "one", 3);
  pass(base::Seconds(600));
  EXPECT_EQ(at(pod)["status"]["phase"].text(), "Failed");
  EXPECT_EQ(programs.starts.size(), 1U);
}

}  // namespace
