#include "explore/story.h"

#include <fmt/format.h>

#include <algorithm>

#include "explore/look.h"

namespace explore {

namespace {

/// Fingerprints differ from run to run: "O = cluster.local (3f2a91c0)" loses its last part.
std::string withoutPrints(std::string text) {
  constexpr std::size_t length = 11;  // " (3f2a91c0)"
  for (auto at = text.find(" ("); at != std::string::npos; at = text.find(" (", at + 1)) {
    if (at + length > text.size() || text[at + length - 1] != ')') continue;
    const auto print = text.substr(at + 2, 8);
    if (print.find_first_not_of("0123456789abcdef") == std::string::npos) text.erase(at--, length);
  }
  return text;
}

class Teller {
 public:
  Teller(Pool& pool, Oracle& oracle, const Options& options)
      : pool_(pool), options_(options), oracle_(oracle), model_(pool, oracle, options) {}

  std::string tell(const Finding& finding) {
    auto state = model_.first();
    std::string text = fmt::format("{} istiods sign with their own CA O; {} proxies trust O alone.\n",
                                   options_.replicas, options_.proxies);
    int number = 0;
    for (const auto& step : finding.story) {
      text += fmt::format("{}. {}.\n", ++number, sentence(step, state));
      state = step.state;
    }
    return text + "\n" + end(finding, state);
  }

 private:
  static std::string run(std::uint8_t who) {
    return who == 0 ? "kubectl istio-ca" : "a second kubectl istio-ca";
  }

  std::string runsWith(const Replica& replica) const {
    const auto& content = pool_.at(replica.loaded);
    return fmt::format("{} signs with {} and hands out {}", replica.plugged ? "it" : "self-signed, it",
                       Pool::name(content.signer), pool_.describe(content.bundle));
  }

  std::string holds(ContentId id) const {
    const auto& content = pool_.at(id);
    return fmt::format("signer {}, bundle {}", Pool::name(content.signer), pool_.describe(content.bundle));
  }

  std::string written(std::uint8_t who, const Intent& intent, const State& before, const State& after) const {
    const bool secret = intent.kind == Intent::Kind::update || intent.kind == Intent::Kind::create;
    if (secret && after.gap != 0) return run(who) + " deletes secret cacerts, to create it again";
    if (secret && after.secret == before.secret && after.triggers == before.triggers)
      return run(who) + " tries to write: 409, the secret has changed since";
    if (secret) return fmt::format("{} writes secret cacerts: {}", run(who), holds(after.secret));
    return fmt::format("{} does it: {}", run(who), intent.title);
  }

  std::string certificateOf(const Step& step) const {
    const auto& after = step.state.proxies[step.move.who];
    return fmt::format("one of {} from {}, with {}", Pool::name(after.leaf), replicaNames[step.move.whom],
                       pool_.describe(after.answered));
  }

  std::string sentence(const Step& step, const State& before) const {
    using Kind = Move::Kind;
    const auto [kind, who, whom] = step.move;
    const auto* istiod = replicaNames[who];
    const auto proxy = std::string("shop/") + proxyNames[who];
    const auto& pod = step.state.replicas[who];
    const auto& after = step.state.proxies[who];
    switch (kind) {
      case Kind::volume:
        return fmt::format("The kubelet of {} refreshes its volume: {}", istiod,
                           pod.volume == 0 ? "no secret cacerts" : holds(pod.volume));
      case Kind::reload:
        return fmt::format("{} reloads secret cacerts: {} now", istiod, runsWith(pod));
      case Kind::rollout:
        return fmt::format("{} is replaced by the rollout: {}", istiod, runsWith(pod));
      case Kind::distribute:
        return fmt::format("{} writes its bundle {} to istio-ca-root-cert and the webhooks", istiod,
                           pool_.describe(step.state.distributed));
      case Kind::mount:
        return fmt::format("The config map is mounted in {}: {}", proxy, pool_.describe(after.mounted));
      case Kind::hear:
        return fmt::format("{} hears the bundle {} from {}", proxy, pool_.describe(after.heard),
                           replicaNames[whom]);
      case Kind::push:
        return fmt::format("{} trusts {} now", proxy, pool_.describeSet(after.held));
      case Kind::ask:
        return fmt::format("{} asks for a certificate: {}", proxy, certificateOf(step));
      case Kind::replace:
        return fmt::format("{} is replaced by a pod with the setting; its certificate: {}", proxy,
                           certificateOf(step));
      case Kind::look:
        return run(who) + " begins to look: it reads the CA secret and lists the pods";
      case Kind::readIstiod:
        return fmt::format("{} reads {}", run(who), replicaNames[whom]);
      case Kind::readProxy:
        return fmt::format("{} reads shop/{}", run(who), proxyNames[whom]);
      case Kind::decide:
        return fmt::format("{} looks, and decides: {}", run(who),
                           oracle_.intent(step.state.operators[who].intent).title);
      case Kind::write:
        return written(who, oracle_.intent(before.operators[who].intent), before, step.state);
      case Kind::forget:
        return run(who) + " looks again";
      case Kind::restore:
        return "It creates secret cacerts again: " + holds(step.state.secret);
      case Kind::evict:
        return fmt::format("{} is evicted, and a new pod starts: {}", istiod, runsWith(pod));
      case Kind::crash:
        return fmt::format("{} crashes and starts again in its pod: {}", istiod, runsWith(pod));
      case Kind::reread:
        return fmt::format("{} loads the files that it has once more", istiod);
      case Kind::scaleUp:
        return fmt::format("The autoscaler adds {}: {}", istiod, runsWith(pod));
      case Kind::scaleDown:
        return fmt::format("The autoscaler takes {} away", istiod);
      case Kind::kill:
        return proxy + " is killed";
      case Kind::birth:
        return fmt::format("{} starts; its certificate: {}", proxy, certificateOf(step));
      case Kind::renew:
        return fmt::format("{} renews its certificate: {}", proxy, certificateOf(step));
      case Kind::turn:
        return "The user wants to go back";
    }
    return "";
  }

  std::string end(const Finding& finding, const State& state) {
    switch (finding.kind) {
      case Finding::Kind::straggler:
        return straggler(state);
      case Finding::Kind::stuck:
        return "From here nothing leads to the end: " + withoutPrints(oracle_.whyNot(state)) + ".\n" +
               refusals(state);
      case Finding::Kind::broken:
        break;
    }
    std::string text;
    for (const auto& invariant : oracle_.explain(state)) {
      const auto bit = static_cast<Broken>(1U << (invariant.code[1] - '1'));
      if ((finding.invariants & bit) == 0) continue;
      text += fmt::format("{} does not hold ({}):\n", invariant.code, invariant.answer.predicate);
      for (const auto& blocker : invariant.answer.blockers)
        text += withoutPrints(fmt::format("  {} {}\n", blocker.subject, blocker.what));
    }
    return text;
  }

  std::string refusals(const State& state) const {
    std::string text;
    for (std::size_t i = 0; i < mostReplicas; ++i) {
      const auto& each = state.replicas[i];
      if (!each.plugged || each.volume == each.loaded || each.volume == 0) continue;
      text += fmt::format("{} does not load the bundle {}: it has {}, and neither is a part of the other.\n",
                          replicaNames[i], pool_.describe(pool_.at(each.volume).bundle),
                          pool_.describe(pool_.at(each.loaded).bundle));
    }
    return text;
  }

  std::string straggler(const State& state) const {
    std::string text;
    for (std::size_t i = 0; i < mostProxies; ++i) {
      const auto& each = state.proxies[i];
      if (!each.up || each.leaf != Ca::old) continue;
      text += fmt::format(
          "All has arrived: every istiod signs with N and hands out {0}, which is what shop/{1} has heard.\n"
          "So shop/{1} keeps its certificate of O until half its life has passed.\n",
          pool_.describe(each.heard), proxyNames[i]);
    }
    return text;
  }

  Pool& pool_;
  const Options& options_;
  Oracle& oracle_;
  Model model_;
};

}  // namespace

std::string tell(const Finding& finding, Pool& pool, Oracle& oracle, const Options& options) {
  return Teller(pool, oracle, options).tell(finding);
}

}  // namespace explore
