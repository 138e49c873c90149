#include "cli/permissions.h"

#include <map>
#include <set>

#include "doctor/needs.h"
#include "kube/access_review.h"

namespace cli {

namespace {

using doctor::Only;

bool isNeeded(const doctor::Need& need, const trust::Observation& mesh, const Wanted& wanted) {
  if (wanted.command.empty() || !doctor::concerns(need, wanted.command)) return false;
  if (need.optional && !wanted.optional) return false;
  const bool sail = mesh.installation.kind == trust::InstallationKind::sail;
  switch (need.only) {
    case Only::always:
      return true;
    case Only::sail:
      return sail;
    case Only::plain:
      return !sail;
    case Only::restarts:
      return wanted.restarts;
    case Only::ownCa:
      return wanted.ownCa;
  }
  return true;
}

/// Several rows may ask for the same: said once, with what all of them say.
class Refusals {
 public:
  void add(const doctor::Ask& ask, bool needed) {
    auto& refusal = refusals_[doctor::describe(ask)];
    if (refusal.purpose.empty()) refusal.purpose = ask.need->purpose;
    for (const auto command : ask.need->commands) {
      const std::string name(command);
      if (refusal.seen.insert(name).second) refusal.commands.push_back(name);
    }
    refusal.needed = refusal.needed || needed;
  }
  std::vector<doctor::Denied> take() const {
    std::vector<doctor::Denied> denied;
    for (const auto& [what, refusal] : refusals_)
      denied.push_back({what, refusal.commands, refusal.purpose, refusal.needed});
    return denied;
  }

 private:
  struct Refusal {
    std::string purpose;
    std::vector<std::string> commands;
    std::set<std::string> seen;
    bool needed = false;
  };
  std::map<std::string, Refusal> refusals_;
};

}  // namespace

base::Result<std::vector<doctor::Denied>> missingPermissions(kube::Api& api, const trust::Observation& mesh,
                                                             const Wanted& wanted) {
  std::vector<doctor::Ask> asks;
  std::vector<kube::Permission> permissions;
  for (const auto& need : doctor::needs()) {
    for (auto& ask : doctor::asksOf(need, mesh)) {
      permissions.push_back({ask.verb, {ask.group, "*", ask.resource}, ask.ns, ask.sub, ask.name});
      asks.push_back(std::move(ask));
    }
  }
  const auto answers = kube::allowed(api, permissions);
  Refusals refusals;
  for (std::size_t i = 0; i < asks.size(); ++i) {
    if (!answers[i]) return base::fail(answers[i].error().context("cannot ask what is permitted"));
    if (!*answers[i]) refusals.add(asks[i], isNeeded(*asks[i].need, mesh, wanted));
  }
  return refusals.take();
}

base::Result<std::vector<doctor::Denied>> deniedHere(Context& context, const Options& options,
                                                     trust::Observation& mesh, std::string_view command) {
  if (options.has("observation")) return std::vector<doctor::Denied>();
  TRY_ASSIGN(kube::Api * api, context.api());
  auto missing = missingPermissions(*api, mesh, {.command = command});
  if (missing) return missing;
  const auto& error = missing.error();
  if (error.kind == base::Kind::interrupted) return base::fail(error);
  mesh.unlisted.emplace_back("what is permitted",
                             trust::Unreadable{base::describe(error), error.kind == base::Kind::forbidden});
  return std::vector<doctor::Denied>();
}

}  // namespace cli
