// How the judgement of a mesh grows with it: all five invariants and the verdict over all ordered pairs, once
// for PROXIES proxies that hold DISTINCT different leaves and two different sets of roots, and once pair by
// pair, as one would without grouping (for as many proxies as that can be asked of).
//
// usage: engine [PROXIES [DISTINCT [ONE_BY_ONE]]]
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "support/test_ca.h"
#include "trust/invariants.h"
#include "trust/verdict.h"

namespace {

double seconds(auto work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

trust::Observation meshOf(std::size_t proxies, std::size_t distinct) {
  const auto oldCa = support::TestCa::selfSigned("cluster.local");
  const auto newCa = support::TestCa::withIntermediate("new");
  const auto third = support::TestCa::selfSigned("third").root;
  std::vector<trust::Certificates> chains;
  for (std::size_t i = 0; i < distinct; ++i)
    chains.push_back((i % 2 ? oldCa : newCa).issue("w" + std::to_string(i)));
  trust::Observation mesh;
  mesh.takenAt = support::start;
  for (std::size_t i = 0; i < proxies; ++i) {
    trust::Proxy proxy;
    proxy.ns = "shop";
    proxy.pod = "p" + std::to_string(i);
    proxy.running = true;
    auto roots = trust::Certificates{oldCa.root, newCa.root};
    if (i % 3 == 0) roots.push_back(third);
    proxy.secrets = trust::ProxySecrets{chains[i % chains.size()], std::move(roots)};
    mesh.proxies.push_back(std::move(proxy));
  }
  return mesh;
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int at, std::size_t otherwise) {
    return argc > at ? std::size_t(std::strtoull(argv[at], nullptr, 10)) : otherwise;
  };
  const auto proxies = argument(1, 10'000), distinct = argument(2, 100), oneByOne = argument(3, 300);

  const auto mesh = meshOf(proxies, distinct);
  trust::Verdict verdict;
  const double grouped = seconds([&] {
    trust::Judge judge(mesh);
    trust::invariants(judge);
    verdict = trust::verdict(mesh);
  });
  std::printf("%zu proxies, %zu distinct leaves, %zu pairs: %.3f s\n", verdict.proxies, distinct,
              verdict.pairs, grouped);

  const auto few = meshOf(oneByOne, oneByOne);
  const double both = seconds([&] { verdict = trust::verdict(few); });
  std::size_t broken = 0;
  const double single = seconds([&] {
    trust::Judge judge(few);
    for (const auto& from : few.proxies)
      for (const auto& to : few.proxies)
        broken += judge.whyNotTrusted(from.secrets->chain, to.secrets->roots) ? 1 : 0;
  });
  std::printf("%zu proxies, all leaves distinct: %.3f s; pair by pair: %.3f s, %.1f times as long\n",
              oneByOne, both, single, single / both);
  return verdict.broken == 0 && broken == 0 ? 0 : 1;
}
