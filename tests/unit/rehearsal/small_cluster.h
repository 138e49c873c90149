#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "rehearsal/controllers.h"
#include "rehearsal/kubelet.h"
#include "rehearsal/objects.h"

/// What runs in the pods of a SmallCluster: told of everything, ready after a while.
struct Recorder : rehearsal::Programs {
  struct Pod final : rehearsal::Program {
    Pod(Recorder& recorder, std::string name, base::Millis since)
        : recorder_(recorder), name_(std::move(name)), readyAt_(since + recorder.readyAfter) {}
    void refreshed(const rehearsal::Files& files) override { recorder_.refreshed(name_, files); }
    [[nodiscard]] bool ready() const override { return recorder_.now() >= readyAt_; }
    void terminating() override { recorder_.ending.insert(name_); }
    base::Result<std::unique_ptr<rehearsal::PortEnd>> connect(int port) override {
      return base::fail({base::Kind::failed, "the program's port " + std::to_string(port)});
    }
    base::Result<rehearsal::ExecResult> execute(const std::string& container,
                                                const std::vector<std::string>& command) override {
      return rehearsal::ExecResult{container + ":" + command.front(), "", 0};
    }

    Recorder& recorder_;
    std::string name_;
    base::Millis readyAt_;
  };

  base::Result<json::Value> admit(json::Value pod) override {
    if (refuseAdmission) return base::fail({base::Kind::unavailable, "failed calling webhook"});
    return pod;
  }
  base::Result<std::unique_ptr<rehearsal::Program>> start(const json::Value& pod,
                                                          const rehearsal::Files& files) override {
    const std::string name(pod["metadata"]["name"].text());
    starts.emplace_back(name, now());
    filesOf[name] = files;
    if (!crash.empty()) return base::fail({base::Kind::failed, crash});
    if (empty) return nullptr;
    return std::make_unique<Pod>(*this, name, now());
  }
  void refreshed(const std::string& name, const rehearsal::Files& files) {
    filesOf[name] = files;
    refreshes[name].push_back(now());
  }

  std::function<base::Millis()> now;
  base::Millis readyAfter{3'000};
  bool refuseAdmission = false, empty = false;
  std::string crash;
  std::vector<std::pair<std::string, base::Millis>> starts;
  std::map<std::string, rehearsal::Files> filesOf;
  std::map<std::string, std::vector<base::Millis>> refreshes;
  std::set<std::string> ending;
};

/// A cluster of nodes, controllers and kubelets without Istio, on simulated time.
struct SmallCluster : testing::Test {
  SmallCluster() {
    programs.now = [this] { return simulation.elapsed(); };
    rehearsal::createNodes(store, 3);
    create({"", "namespaces", "", "shop"}, "{}");
  }

  void create(const rehearsal::Key& key, std::string_view text) {
    const auto object = json::parse(text);
    ASSERT_TRUE(object) << text;
    const auto made = store.create(key, *object, "test");
    ASSERT_TRUE(made) << made.error().message;
  }
  /// Merges members into the object.
  void change(const rehearsal::Key& key, const std::function<void(json::Value&)>& edit) {
    auto object = *store.find(key);
    edit(object);
    const auto changed = store.update(key, object, "test");
    ASSERT_TRUE(changed) << changed.error().message;
  }
  void pass(base::Millis time) { simulation.advance(time); }
  void pass(base::Seconds time) { simulation.advance(time); }
  const json::Value& at(const rehearsal::Key& key) {
    static const json::Value nothing;
    const auto* found = store.find(key);
    return found == nullptr ? nothing : *found;
  }
  std::vector<const json::Value*> pods() { return store.list("", "pods", "shop"); }

  base::Time start = *base::parseTime("2026-11-28T00:00:00Z");
  rehearsal::Simulation simulation{start, 7};
  rehearsal::Store store{[this] { return base::formatTime(simulation.now()); }};
  Recorder programs;
  rehearsal::Controllers controllers{simulation, store, programs};
  rehearsal::Kubelet kubelet{simulation, store, programs};
};
