#pragma once

#include <cstdint>

#include "explore/state.h"

namespace explore {

/// One transition of the model.
struct Move {
  enum class Kind : std::uint8_t {
    // The mesh goes on by itself.
    volume,      // a kubelet refreshes the volume of `who`
    reload,      // istiod `who` loads its volume
    rollout,     // istiod `who` is replaced by a pod of the new template
    distribute,  // istiod `who` writes its bundle to config maps and webhooks
    mount,       // a kubelet has mounted the config map in the pod of `who`
    hear,        // proxy `who` hears istiod `whom`'s bundle
    push,        // the agent of `who` gives Envoy its roots
    ask,         // proxy `who` gets a certificate from istiod `whom`
    replace,     // proxy `who` is replaced by a pod with the setting; first certificate from istiod `whom`
    // Our program.
    look,        // operator `who` reads the CA secret, what is distributed, and which pods there are
    readIstiod,  // operator `who` reads istiod `whom`
    readProxy,   // operator `who` reads proxy `whom`
    decide,      // operator `who` has looked and decided
    write,       // operator `who` writes what it decided
    forget,      // operator `who` is killed, and run again
    restore,     // the second half of a change by delete and create
    // What happens to a mesh, or not.
    evict,    // istiod `who` is replaced by a pod that starts now
    crash,    // the container of istiod `who` starts again in the same pod
    reread,   // istiod `who` loads what it has again
    scaleUp,  // an istiod `who` more
    scaleDown,
    kill,   // proxy `who` is gone
    birth,  // proxy `who` starts, with a certificate of istiod `whom`
    renew,  // proxy `who` renews its certificate, from istiod `whom`
    turn,   // the user wants to go back
  };
  Kind kind = Kind::volume;
  std::uint8_t who = 0, whom = 0;
};

/// Moves that need nobody's luck: the mesh and the program make them by themselves, sooner or later.
constexpr bool isProgress(Move::Kind kind) {
  return kind < Move::Kind::evict;
}

struct Step {
  Move move;
  State state;  // after it
};

}  // namespace explore
