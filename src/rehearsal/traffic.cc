#include "rehearsal/traffic.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "rehearsal/agent.h"
#include "rehearsal/handshakes.h"
#include "rehearsal/timers.h"

namespace rehearsal {

namespace {

constexpr base::Millis againAfter{2'000};  // a pair of classes; and a pair that failed
constexpr std::size_t mostReasons = 100;

/// What a handshake's outcome depends on, but for the key and the time.
struct Class {
  std::size_t signer;  // CaBundle::kind
  const Roots* roots;
  auto operator<=>(const Class&) const = default;
};

Class classOf(const Agent& agent) {
  return {agent.envoy().certificate()->signer().kind, agent.envoy().roots().get()};
}

HandshakeEnd endOf(const Agent& agent) {
  return {agent.name(), agent.envoy().certificate(), agent.envoy().roots()};
}

/// When a pair was last tried.
struct Tried {
  std::uint64_t client = 0, server = 0;  // Envoy::updates
  base::Millis at{};
};

}  // namespace

struct Traffic::State {
  Mesh& mesh;
  TrafficOptions options;
  Timers timers;
  TrafficReport report{};
  bool begun = false, dirty = true;
  std::uint64_t plan = 0;  // the number of the look that is planned
  base::Millis pause{};
  std::map<std::pair<std::uint64_t, std::uint64_t>, Tried> pairs{};  // by Agent::id
  std::set<std::pair<std::string, std::string>> refused{};           // pairs that failed, by name
  std::map<std::pair<Class, Class>, base::Millis> classes{};         // when each pair was last tried
  Handshakes handshakes{};

  State(Mesh& world, TrafficOptions how) : mesh(world), options(how), timers(world.simulation) {}

  [[nodiscard]] std::vector<const Agent*> partners() const {
    std::vector<const Agent*> ready;
    for (const auto* agent : mesh.agents()) {
      if (agent->ready() && !agent->draining()) ready.push_back(agent);
    }
    return ready;
  }

  void handshake(const Agent& client, const Agent& server) {
    handshakes.add({endOf(client), endOf(server), client.trustDomain(), mesh.simulation.now(),
                    mesh.simulation.elapsed()});
  }

  /// Counts what has been made since the last time, all of that time and before.
  void count(base::Millis until) {
    for (auto& [handshake, why] : handshakes.finish(until)) {
      ++report.tried;
      if (report.tried == 1) report.since = handshake.when;
      report.until = handshake.when;
      if (!why) continue;
      ++report.failed;
      refused.emplace(handshake.client.name, handshake.server.name);
      if (report.reasons.size() < mostReasons || report.reasons.contains(*why)) ++report.reasons[*why];
      if (report.first.size() < TrafficReport::kept)
        report.first.push_back(
            {handshake.when, handshake.client.name, handshake.server.name, *std::move(why)});
    }
  }

  void eachPair(const std::vector<const Agent*>& ready) {
    const auto now = mesh.simulation.elapsed();
    for (const auto* client : ready) {
      for (const auto* server : ready) {
        if (client == server) continue;
        auto& tried = pairs[{client->id(), server->id()}];
        const bool same =
            tried.client == client->envoy().updates() && tried.server == server->envoy().updates();
        const bool failed = refused.contains({client->name(), server->name()});
        if (same && !(failed && now >= tried.at + againAfter)) continue;
        tried = {client->envoy().updates(), server->envoy().updates(), now};
        refused.erase({client->name(), server->name()});
        handshake(*client, *server);
      }
    }
    if (pairs.size() <= 4 * ready.size() * ready.size()) return;
    pairs.clear();  // of pods that are gone
    refused.clear();
  }

  /// One pair, by chance, for each pair of classes that has not been looked at for a while.
  void eachClass(const std::vector<const Agent*>& ready) {
    const auto now = mesh.simulation.elapsed();
    std::map<Class, std::vector<const Agent*>> members;
    for (const auto* agent : ready) members[classOf(*agent)].push_back(agent);
    std::erase_if(classes, [&](const auto& entry) {
      return !members.contains(entry.first.first) || !members.contains(entry.first.second);
    });
    for (const auto& [mine, clients] : members) {
      for (const auto& [theirs, servers] : members) {
        const auto last = classes.find({mine, theirs});
        if (last != classes.end() && now < last->second + againAfter) continue;
        const auto& client = any(clients);
        const auto& server = any(servers);
        if (&client == &server) continue;
        classes[{mine, theirs}] = now;
        handshake(client, server);
      }
    }
  }

  const Agent& any(const std::vector<const Agent*>& from) {
    return *from[std::size_t(mesh.simulation.random()() % from.size())];
  }

  void look() {
    const auto ready = partners();
    const bool few = ready.size() <= options.everyPair;
    // Of few, each pair that failed is tried again, and must be known; many need not wait for any.
    count(few ? mesh.simulation.elapsed() - againAfter : base::Millis::min());
    if (ready.size() < 2) return;
    if (few) {
      eachPair(ready);
    } else {
      eachClass(ready);
    }
    for (int i = 0; i < options.random; ++i) {
      const auto& client = any(ready);
      const auto& server = any(ready);
      if (&client != &server) handshake(client, server);
    }
  }

  /// While nothing changes, looks get rarer.
  void lookAndGoOn() {
    pause = dirty ? options.shortest : std::min(std::max(pause, options.shortest) * 2, options.longest);
    dirty = false;
    look();
    lookIn(pause);
  }

  void lookIn(base::Millis delay) {
    timers.after(delay, [this, number = ++plan] {
      if (number == plan) lookAndGoOn();
    });
  }

  void changed() {
    if (dirty) return;
    dirty = true;
    if (begun && pause > options.shortest) lookIn(options.shortest);
  }
};

Traffic::Traffic(Mesh& mesh, TrafficOptions options) : state_(std::make_unique<State>(mesh, options)) {
  mesh.changed = [state = state_.get()] { state->changed(); };
}

Traffic::~Traffic() = default;

void Traffic::begin() {
  if (state_->begun) return;
  state_->begun = true;
  state_->lookAndGoOn();
}

const TrafficReport& Traffic::report() const {
  state_->count(state_->mesh.simulation.elapsed());
  return state_->report;
}

void Traffic::look() {
  state_->look();
  state_->count(state_->mesh.simulation.elapsed());
}

}  // namespace rehearsal
