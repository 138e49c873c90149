#include "mesh/recheck.h"

#include <string>

#include "mesh/pods.h"
#include "mesh/questions.h"

namespace mesh {

namespace {

enum class Fate { stays, gone };

/// What has become of a proxy's pod.
Fate look(trust::Proxy& proxy, const base::Result<json::Value>& answer) {
  if (absent(answer)) return Fate::gone;
  if (!answer) return Fate::stays;
  const auto now = proxyOf(*answer, proxy.xdsAgentWanted);
  if (!now || now->uid != proxy.uid) return Fate::gone;
  proxy.terminating = now->terminating;
  proxy.ready = now->ready;
  proxy.running = now->running;
  return Fate::stays;
}

Fate look(trust::Istiod& istiod, const base::Result<json::Value>& answer) {
  if (absent(answer)) return Fate::gone;
  if (!answer) return Fate::stays;
  const auto now = istiodOf(*answer);
  if (!now || now->uid != istiod.uid) return Fate::gone;
  istiod.terminating = now->terminating;
  istiod.ready = now->ready;
  return Fate::stays;
}

bool unread(const trust::Proxy& proxy) {
  return proxy.running && !proxy.secrets;
}
bool unread(const trust::Istiod& istiod) {
  return !istiod.serving;
}

template <class Pod>
void settle(std::vector<Pod>& pods, Questions& questions, std::size_t& number) {
  std::vector<Pod> staying;
  for (auto& pod : pods) {
    if (!unread(pod) || look(pod, questions.object(number++)) == Fate::stays)
      staying.push_back(std::move(pod));
  }
  pods = std::move(staying);
}

}  // namespace

base::Status recheck(kube::Api& api, std::vector<trust::Proxy>& proxies,
                     std::vector<trust::Istiod>& istiods) {
  Questions questions;
  std::size_t asked = 0;
  const auto ask = [&](const auto& pods) {
    for (const auto& pod : pods) {
      if (!unread(pod)) continue;
      questions.object(kube::pods.path(pod.ns, pod.pod));
      ++asked;
    }
  };
  ask(proxies);
  ask(istiods);
  if (asked == 0) return {};
  TRY(questions.ask(api));
  std::size_t number = 0;
  settle(proxies, questions, number);
  settle(istiods, questions, number);
  return {};
}

}  // namespace mesh
