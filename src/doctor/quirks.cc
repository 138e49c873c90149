#include "doctor/quirks.h"

namespace doctor {

const std::vector<Quirk>& quirks() {
  using enum Quirk::Component;
  using enum Severity;
  constexpr Version ever{0, 0, 0, Version::Stage::alpha}, noEnd{9999, 0, 0};
  static const std::vector<Quirk> rows{
      // istio PR#47063 and PR#47424, both first in 1.20.0.
      {"ICA0811",
       istiod,
       ever,
       {1, 20, 0},
       error,
       "an istiod before 1.20 does not reload a CA whose roots change",
       "Every edit of cacerts would need a restart of istiod, and the stages could not be kept apart.",
       "Upgrade istiod to 1.20 or later first."},
      {"ICA0812",
       proxy,
       ever,
       {1, 20, 0},
       error,
       "an agent before 1.20 asks for no new certificate when the roots change",
       "Its certificate stays that of the old CA for half a day, and its roots with it.",
       "Upgrade the proxies (restart the workloads) to 1.20 or later first."},
      // istio#55793; fixed by PR#55835 in 1.24.5 and 1.25.2. Who of the two splits the bundle does not
      // matter:
      // either version in the mesh loses a root.
      {"ICA0813",
       istiod,
       {1, 24, 4},
       {1, 24, 5},
       error,
       "1.24.4 hands out one root of a bundle of several (istio#55793)",
       "Proxies would trust the old or the new root and not both, and refuse each other in between.",
       "Upgrade to 1.24.5 or later."},
      {"ICA0814",
       istiod,
       {1, 25, 1},
       {1, 25, 2},
       error,
       "1.25.1 hands out one root of a bundle of several (istio#55793)",
       "Proxies would trust the old or the new root and not both, and refuse each other in between.",
       "Upgrade to 1.25.2 or later."},
      {"ICA0815",
       proxy,
       {1, 24, 4},
       {1, 24, 5},
       error,
       "1.24.4 takes one root of a bundle of several (istio#55793)",
       "Such a proxy would trust the old or the new root and not both.",
       "Upgrade the proxies to 1.24.5 or later."},
      {"ICA0816",
       proxy,
       {1, 25, 1},
       {1, 25, 2},
       error,
       "1.25.1 takes one root of a bundle of several (istio#55793)",
       "Such a proxy would trust the old or the new root and not both.",
       "Upgrade the proxies to 1.25.2 or later."},
      // bytes.Contains in tag 1.24.0; compared as sets from 1.30.0 (PR#59909).
      {"ICA0817",
       istiod,
       {1, 20, 0},
       {1, 30, 0},
       info,
       "istiod 1.20 to 1.29 reloads a bundle only if its bytes contain the old ones or the other way round",
       "A bundle that is sorted or written anew by another tool is ignored, with a line in istiod's log "
       "alone.",
       "Leave root-cert.pem to this program during a rotation: it appends, and cuts what stands in front."},
      // istio: releasenotes/notes/check-cacerts-completeness.yaml, in 1.27.0.
      {"ICA0818",
       istiod,
       ever,
       {1, 27, 0},
       info,
       "an istiod before 1.27 that starts with an incomplete cacerts signs with its own CA, silently",
       "After the old root is gone nobody accepts what such an istiod signs.",
       "Never delete or empty cacerts; let nothing else write it."},
      // istio commit 5689562; istioctl/pkg/util/configdump/secret.go:52.
      {"ICA0819",
       istiod,
       {1, 25, 0},
       noEnd,
       info,
       "istioctl proxy-config rootca-compare of 1.25 and later always fails, and compares too little before",
       "It proves nothing about a rotation: one root in common was enough for it to say yes.",
       "Use verify of this program."},
      // ztunnel#1510, #1546, #1547, checked against istio.deps.
      {"ICA0820",
       ztunnel,
       ever,
       {1, 24, 6},
       warning,
       "a ztunnel before 1.24.6 reads one root of a bundle of several",
       "It would refuse every peer of the other CA.",
       "Upgrade ztunnel to 1.24.6, 1.25.3 or 1.26.0."},
      {"ICA0821",
       ztunnel,
       {1, 25, 0},
       {1, 25, 3},
       warning,
       "a ztunnel of 1.25 before 1.25.3 reads one root of a bundle of several",
       "It would refuse every peer of the other CA.",
       "Upgrade ztunnel to 1.25.3 or 1.26.0."},
      // ztunnel commit 642b1d7, in 1.30.0.
      {"ICA0822",
       ztunnel,
       ever,
       {1, 30, 0},
       warning,
       "a ztunnel before 1.30 reads the root by which it trusts istiod only when it starts",
       "After the switch it could not reach istiod's CA until it is restarted.",
       "Upgrade ztunnel to 1.30, or restart it after each stage."},
  };
  return rows;
}

bool applies(const Quirk& quirk, const Version& version) {
  return version >= quirk.from && version < quirk.to;
}

}  // namespace doctor
