#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace rehearsal {

/// Names pods as "NAMESPACE/POD", or all of a workload, also those that come later, as "NAMESPACE/WORKLOAD".
class PodNames {
 public:
  void add(std::string name) { names_.insert(std::move(name)); }
  void clear() { names_.clear(); }
  [[nodiscard]] bool contain(std::string_view ns, std::string_view pod) const;

 private:
  std::set<std::string> names_;
};

/// What can go wrong in istiods and proxies. Read at the moment when it matters: may be turned at any time,
/// under the simulation's mutex.
struct Knobs {
  PodNames silentProxies;    // Envoy's admin port takes connections and never answers; exec fails
  PodNames deafAgents;       // ignore what istiod pushes
  PodNames idleAgents;       // ask for no certificate after their first
  PodNames withoutSetting;   // injected without PROXY_CONFIG_XDS_AGENT, whatever the mesh config says
  PodNames failingIstiods;   // their container ends as soon as it is started
  PodNames stubbornIstiods;  // do not reload /etc/cacerts
  /// An istiod's debounce of changes of /etc/cacerts; its own is 100 ms.
  std::map<std::string, base::Millis> reloadDelays{};  // by "NAMESPACE/POD"
};

}  // namespace rehearsal
