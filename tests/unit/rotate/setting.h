#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "rotate/run.h"
#include "support/fake_clock.h"
#include "support/tiny_mesh.h"

namespace rotate_test {

using plan::Stage;
using support::TestCa;
using support::TinyMesh;

class Silent final : public rotate::Progress {
 public:
  base::Result<bool> confirm(const plan::Step& step, const plan::Decision&) override {
    asked.push_back(step.title);
    if (beforeAnswer) beforeAnswer();
    return agree;
  }
  base::Status acting(const plan::Step&) override { return {}; }
  void acted(const plan::Step&, base::Millis) override {}
  void waiting(const plan::Decision& decision, base::Millis, base::Millis) override { last = decision; }
  void reached(const plan::Decision& decision) override { stages.push_back(decision.stage); }
  void note(std::string_view text) override { notes.emplace_back(text); }

  bool agree = true;
  std::function<void()> beforeAnswer;
  std::vector<std::string> asked, notes;
  std::vector<Stage> stages;
  plan::Decision last;
};

/// A TinyMesh as a world; `before` may throw a spanner in before each write.
class World final : public rotate::World {
 public:
  explicit World(TinyMesh& mesh) : mesh_(mesh) {}
  base::Result<trust::Observation> observe(bool mounts) override {
    auto seen = mesh_.observe(mounts);
    brokenPairs += mesh_.brokenPairs();
    if (blind) blind(seen);
    ++looks;
    trace += 'L';
    return seen;
  }
  /// What is not asked is as it was at the last look or glance.
  base::Result<trust::Observation> glance(const mesh::Part& part, bool mounts,
                                          const trust::Observation& before) override {
    ++glances;
    const bool nobody = part.proxies && part.proxies->empty();
    trace += !part.streams ? 'o' : part.mountsAlone ? 'm' : nobody ? 'i' : 'p';
    auto seen = mesh_.observe(mounts);
    for (auto& proxy : seen.proxies) {
      const auto subject = proxy.ns + "/" + proxy.pod;
      const auto* known = find(before.proxies, proxy);
      if (!known && part.streams) continue;
      const bool named = part.streams && (!part.proxies || part.proxies->contains(subject));
      if (named && !part.mountsAlone) {
        ++asked;
        continue;
      }
      proxy.secrets = known ? known->secrets : tl::unexpected(trust::Unreadable{"not read"});
      if (!named) proxy.mounted = known ? known->mounted : tl::unexpected(trust::Unreadable{"not read"});
    }
    for (auto& istiod : seen.istiods) {
      if (part.streams) continue;
      const auto* known = find(before.istiods, istiod);
      istiod.serving = known ? known->serving : tl::unexpected(trust::Unreadable{"not read"});
    }
    if (blind) blind(seen);
    return seen;
  }
  base::Status perform(const plan::Action& action) override {
    if (before) TRY(before());
    trace += 'W';
    mesh_.perform(action);
    brokenPairs += mesh_.brokenPairs();
    if (after) TRY(after());
    return {};
  }
  void nudge(const std::vector<kube::PodRef>& pods) override { nudged += pods.size(); }
  base::Status holdLease(bool) override { return {}; }

  std::function<base::Status()> before, after;
  std::function<void(trust::Observation&)> blind;
  std::size_t brokenPairs = 0, nudged = 0, looks = 0, glances = 0;
  std::size_t asked = 0;  // proxies, in glances
  std::string trace;      // Looks and Writes; glances at objects, istiods, mounts, proxies

 private:
  template <class Pod>
  static const Pod* find(const std::vector<Pod>& pods, const Pod& wanted) {
    for (const auto& pod : pods) {
      if (pod.uid == wanted.uid) return &pod;
    }
    return nullptr;
  }

  TinyMesh& mesh_;
};

/// A mesh, its world, and a run on it with the new CA at hand.
struct Setting {
  explicit Setting(bool sail = false)
      : mesh(TestCa::selfSigned("cluster.local"), TestCa::withIntermediate("new"), sail) {}

  rotate::RunOptions options(Stage until = Stage::done) const {
    rotate::RunOptions made;
    made.goal.until = until;
    made.goal.newRoot = mesh.newCa.root;
    made.goal.newCa = support::forPlan(mesh.newCa);
    made.goal.restartWorkloads = true;
    made.goal.mounts = true;
    return made;
  }
  static rotate::RunOptions wayBack() {
    rotate::RunOptions back;
    back.goal.back = back.goal.mounts = back.goal.restartWorkloads = true;
    return back;
  }
  base::Result<plan::Decision> run(rotate::RunOptions with) {
    return rotate::run(world, clock, progress, std::move(with));
  }

  TinyMesh mesh;
  World world{mesh};
  test::FakeClock clock;
  Silent progress;
};

}  // namespace rotate_test
