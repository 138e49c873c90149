#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

/// What the journal remembers of a rotation, as values. Certificates occur by name and fingerprint only, and
/// nothing here can hold a key.
namespace rotate {

/// A certificate as people and machines recognise it.
struct Named {
  std::string name;         // "CN = Root CA"
  std::string fingerprint;  // SHA-256, lower-case hex
  bool operator==(const Named&) const = default;
};

/// So many proxies have the same certificates: as anchors of what they present, or as what they trust.
struct Share {
  std::vector<Named> certificates;
  std::size_t proxies = 0;
  bool operator==(const Share&) const = default;
};

/// Where a mesh stood at one time.
struct MeshState {
  std::string stage;
  std::string server{};
  std::vector<Named> oldRoots{};
  std::optional<Named> newRoot{};
  std::optional<Named> signer{};          // of the CA secret that counts
  std::string secret{}, secretVersion{};  // its name and resourceVersion
  std::vector<Named> bundle{};            // its roots
  std::size_t istiods = 0, proxies = 0, unread = 0;
  std::vector<Share> presented{}, trusted{};
  bool operator==(const MeshState&) const = default;
};

/// A predicate that was asked and its answer.
struct Proven {
  std::string predicate;
  std::size_t holds = 0, of = 0;
  bool yes = true;                    // of a gate: no is what the step is for
  std::vector<std::string> waived{};  // "shop/server-7f9c: port-forward: connection refused"
  bool operator==(const Proven&) const = default;
};

/// A request that changed the cluster, and the version that came of it.
struct Written {
  std::string request;  // "PATCH /api/v1/namespaces/istio-system/secrets/cacerts"
  std::string resourceVersion{};
  bool operator==(const Written&) const = default;
};

enum class Event {
  began,    // a run is about to take its first step (or goes on with what another one left)
  waived,   // what the user answers for
  gate,     // the gate of a step holds
  writing,  // the step is about to be taken
  wrote,    // and was
  failed,   // or was refused, or its answer was lost
  arrived,  // a stage's predicate holds
  stopped,  // the run ended before its goal
  ended,    // the run reached its goal
};
/// "began", ...
std::string_view name(Event event);

struct Entry {
  Event event = Event::began;
  std::string key{};                  // in the config map; sorted, they are in order
  std::string time{};                 // "2026-11-24T01:02:03.123Z"
  std::string run{};                  // one run of the program
  std::string who{};                  // user@host
  std::string kubeUser{}, command{};  // of began; the command without anything secret
  std::string stage{};                // where the mesh stands, or what is worked towards
  std::string step{}, text{};         // the step's title; its effect, an error, what is risked
  std::vector<Proven> proven{};
  std::vector<std::string> waivers{};
  std::vector<Written> written{};
  std::optional<MeshState> mesh{};
  bool complete = false;  // of ended: nothing is left of the rotation
  bool operator==(const Entry&) const = default;
};

/// Without the key, which is where the entry is kept.
json::Value toJson(const Entry& entry);
/// nullopt if it is no entry. What a later version may have added is ignored.
std::optional<Entry> entryFromJson(const json::Value& value);

json::Value toJson(const MeshState& state);
json::Value toJson(const std::vector<Named>& certificates);
json::Value toJson(const std::vector<Proven>& proven);
json::Value toJson(const std::vector<Written>& written);

/// The entries of each rotation, in order, the last one last. A rotation ends where its last step is proven;
/// what follows belongs to it until a run begins with another new root.
std::vector<std::vector<Entry>> rotationsOf(const std::vector<Entry>& entries);

}  // namespace rotate
