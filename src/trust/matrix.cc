#include "trust/matrix.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "trust/judge.h"
#include "trust/subjects.h"

namespace trust {

namespace {

constexpr const char* warming = "a secret is still warming";

std::string workloadOf(const Workload& workload, const std::string& subject) {
  return workload.name.empty() ? subject : workload.ns + "/" + workload.name;
}

/// Everything by which two proxies may differ here. What cannot be read differs in nothing.
class Keys {
 public:
  Keys(const Observation& observation, GroupBy groupBy) : judge_(observation), groupBy_(groupBy) {
    for (const auto& proxy : observation.proxies) {
      if (proxy.running && proxy.secrets)
        rootSets_.try_emplace(keyOfSet(proxy.secrets->roots), &*proxy.secrets);
    }
  }

  std::string of(const Proxy& proxy) {
    std::string key =
        groupBy_ == GroupBy::workload ? workloadOf(proxy.workload, subjectOf(proxy)) + "\n" : "";
    if (!proxy.secrets) return key + "~";
    const auto& secrets = *proxy.secrets;
    key += secrets.warming ? "w" : "-";
    key += secrets.leaf().issuer() + "\n" +
           keyOfSet(Certificates(secrets.chain.begin() + 1, secrets.chain.end()));
    key += "\n" + keyOfSet(secrets.roots) + "\n";
    for (const auto& [set, verifier] : rootSets_)
      key += judge_.whyNotTrusted(secrets.chain, verifier->roots).value_or("") + "|";
    return key;
  }
  std::string of(const Opaque& opaque) const {
    return groupBy_ == GroupBy::workload ? workloadOf(opaque.workload, subjectOf(opaque)) + "\n~" : "~";
  }

  Accepted judge(const Alike& presenter, const Alike& verifier) {
    if (!presenter.secrets) return {Accepts::unproven, presenter.unread.front()};
    if (!verifier.secrets) return {Accepts::unproven, verifier.unread.front()};
    if (auto why = judge_.whyNotTrusted(presenter.secrets->chain, verifier.secrets->roots))
      return {Accepts::no, *why};
    if (presenter.secrets->warming || verifier.secrets->warming) return {Accepts::unproven, warming};
    return {Accepts::yes};
  }

 private:
  Judge judge_;
  const GroupBy groupBy_;
  std::map<std::string, const ProxySecrets*> rootSets_;
};

void add(Alike& alike, std::string subject, std::string workload) {
  alike.members.push_back(std::move(subject));
  if (std::find(alike.workloads.begin(), alike.workloads.end(), workload) == alike.workloads.end())
    alike.workloads.push_back(std::move(workload));
}

std::vector<const Proxy*> sorted(const std::vector<Proxy>& proxies) {
  std::vector<const Proxy*> order;
  for (const auto& proxy : proxies) {
    if (proxy.running) order.push_back(&proxy);
  }
  std::stable_sort(order.begin(), order.end(), [](const Proxy* a, const Proxy* b) {
    return std::tie(a->ns, a->pod) < std::tie(b->ns, b->pod);
  });
  return order;
}

}  // namespace

Matrix matrix(const Observation& observation, GroupBy groupBy) {
  Keys keys(observation, groupBy);
  Matrix result;
  std::map<std::string, std::size_t> places;
  const auto classOf = [&](const std::string& key) -> Alike& {
    const auto [place, isNew] = places.try_emplace(key, result.classes.size());
    if (isNew) result.classes.emplace_back();
    return result.classes[place->second];
  };
  for (const auto* proxy : sorted(observation.proxies)) {
    auto& alike = classOf(keys.of(*proxy));
    add(alike, subjectOf(*proxy), workloadOf(proxy->workload, subjectOf(*proxy)));
    if (!proxy->secrets) alike.unread.push_back(proxy->secrets.error().reason);
    if (proxy->secrets && !alike.secrets) alike.secrets = &*proxy->secrets;
  }
  for (const auto& opaque : observation.opaque) {
    auto& alike = classOf(keys.of(opaque));
    add(alike, subjectOf(opaque), workloadOf(opaque.workload, subjectOf(opaque)));
    alike.unread.push_back(opaque.reason);
  }
  std::stable_partition(result.classes.begin(), result.classes.end(),
                        [](const Alike& each) { return each.secrets; });
  for (const auto& presenter : result.classes) {
    auto& row = result.cells.emplace_back();
    for (const auto& verifier : result.classes) row.push_back(keys.judge(presenter, verifier));
  }
  return result;
}

std::size_t count(const Matrix& matrix, Accepts answer) {
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < matrix.classes.size(); ++i) {
    for (std::size_t j = 0; j < matrix.classes.size(); ++j) {
      if (matrix.cells[i][j].answer != answer) continue;
      const auto presenters = matrix.classes[i].members.size();
      pairs += presenters * (matrix.classes[j].members.size() - (i == j ? 1 : 0));
    }
  }
  return pairs;
}

}  // namespace trust
