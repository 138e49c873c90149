#include "rotate/lease.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/random.h"
#include "base/text.h"

namespace rotate {

namespace {

constexpr const char* leaseName = "istio-ca-rotation";
constexpr base::Millis duration{20'000};
/// So often others may come in between before we give up.
constexpr int mostTries = 5;

std::string whoAmI() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  const char* user = std::getenv("USER");
  // not std::random_device: that wants /dev/urandom, which a root that holds the program alone does not have
  return fmt::format("{}@{} pid {} {}", user && *user ? user : std::to_string(getuid()), host.data(),
                     getpid(), base::hex(base::randomBytes(4)));
}

std::string path(const std::string& ns) {
  return kube::leases.path(ns, leaseName);
}

std::string holderOf(const json::Value& lease) {
  return std::string(lease["spec"]["holderIdentity"].text());
}

/// MicroTime, as the API wants it.
std::string microTime(base::Time time) {
  auto text = base::formatTime(time);
  text.insert(text.size() - 1, ".000000");
  return text;
}

}  // namespace

Lease::Lease(kube::Api& api, base::Clock& clock, std::string ns)
    : api_(api), clock_(clock), ns_(std::move(ns)), identity_(whoAmI()) {}

Lease::~Lease() {
  release();
}

void Lease::configure(Progress& progress, bool takeOver) {
  progress_ = &progress;
  takeOver_ = takeOver;
}

bool Lease::isOurs(const json::Value& lease) const {
  return holderOf(lease) == identity_;
}

/// `lease` as it is now: who holds it already keeps the time since when.
json::Value Lease::spec(const json::Value& lease, const std::string& holder) const {
  const auto now = microTime(clock_.now());
  const bool same = isOurs(lease) && lease["spec"].has("acquireTime");
  return json::Value::object({{"holderIdentity", holder},
                              {"leaseDurationSeconds", static_cast<int>(duration.count() / 1000)},
                              {"acquireTime", same ? lease["spec"]["acquireTime"] : json::Value(now)},
                              {"renewTime", now}});
}

base::Status Lease::hold(bool now) {
  if (held_.isNull()) return claim();
  if (!now && clock_.elapsed() - renewed_ < duration / 3) return {};
  auto done = renew();
  if (!done && !now && done.error().kind == base::Kind::unavailable) return {};
  return done;
}

base::Status Lease::renew() {
  for (int tries = 0; tries < mostTries; ++tries) {
    const auto done = put(held_);
    if (done || done.error().kind != base::Kind::conflict) return done;
    auto theirs = api_.get(path(ns_));
    if (!theirs && theirs.error().kind != base::Kind::notFound) return base::fail(theirs.error());
    if (theirs && isOurs(*theirs)) {  // written by us, but the answer was lost
      held_ = std::move(*theirs);
      continue;
    }
    const auto holder = theirs ? holderOf(*theirs) : "";
    held_ = {};
    return base::fail(
        {base::Kind::gate, "this rotation has lost its lease " + ns_ + "/" + leaseName,
         holder.empty() ? "someone has taken it over and given it back" : holder + " has taken it over",
         "let that rotation end, then run the same command again"});
  }
  return base::fail(
      {base::Kind::unavailable, "cannot renew lease " + ns_ + "/" + leaseName, "it changed at every try"});
}

/// Takes a lease at the version that was read.
base::Status Lease::put(json::Value lease) {
  auto mine = spec(lease, identity_);
  lease.set("spec", std::move(mine));
  TRY_ASSIGN(held_, api_.write(kube::replace(kube::leases, ns_, leaseName, std::move(lease))));
  renewed_ = clock_.elapsed();
  return {};
}

base::Status Lease::create() {
  auto created = api_.write(kube::create(
      kube::leases, ns_,
      json::Value::object({{"apiVersion", "coordination.k8s.io/v1"},
                           {"kind", "Lease"},
                           {"metadata", json::Value::object({{"name", leaseName}, {"namespace", ns_}})},
                           {"spec", spec({}, identity_)}})));
  if (!created) return base::fail(created.error());
  held_ = std::move(*created);
  renewed_ = clock_.elapsed();
  return {};
}

/// False if someone else was faster: see who.
base::Result<bool> Lease::claimOnce() {
  const auto theirs = api_.get(path(ns_));
  if (!theirs && theirs.error().kind != base::Kind::notFound) return base::fail(theirs.error());
  if (theirs) TRY(free(*theirs));
  const auto done = theirs ? put(*theirs) : create();
  if (done) return true;
  if (done.error().kind == base::Kind::conflict || done.error().kind == base::Kind::notFound) return false;
  return base::fail(done.error());
}

base::Status Lease::claim() {
  for (int tries = 0; tries < mostTries; ++tries) {
    TRY_ASSIGN(const bool claimed, claimOnce());
    if (claimed) return {};
  }
  return base::fail({base::Kind::gate, "another rotation is running",
                     "someone else was faster to take lease " + ns_ + "/" + leaseName + " each time",
                     "wait until it has ended, then run the same command again"});
}

/// Nobody's, ours (the answer was lost), abandoned, or to be taken over.
base::Status Lease::free(const json::Value& theirs) {
  const auto holder = holderOf(theirs);
  if (holder.empty() || isOurs(theirs)) return {};
  if (!takeOver_) return watch(theirs);
  if (progress_) {
    progress_->tookOver(fmt::format("{} (held since {}, renewed {})", holder,
                                    theirs["spec"]["acquireTime"].text(),
                                    theirs["spec"]["renewTime"].text()));
  }
  return {};
}

base::Status Lease::watch(const json::Value& theirs) {
  const auto version = theirs["metadata"]["resourceVersion"].text();
  const auto started = clock_.elapsed();
  const base::Millis theirDuration{theirs["spec"]["leaseDurationSeconds"].integer().value_or(20) * 1000};
  plan::Decision waiting;
  waiting.kind = plan::Decision::Kind::wait;
  waiting.answers = {
      {fmt::format("nobody renews lease {}/{} for {}s", ns_, leaseName, theirDuration.count() / 1000),
       0,
       0,
       {{trust::Blocker::Kind::no, holderOf(theirs),
         fmt::format("holds it since {}; --take-over does not wait",
                     theirs["spec"]["acquireTime"].text())}}}};
  while (clock_.elapsed() - started <= theirDuration) {
    if (progress_) progress_->waiting(waiting, clock_.elapsed() - started, theirDuration);
    TRY(clock_.pause(base::Millis{1000}));
    const auto current = api_.get(path(ns_));
    if (!current && current.error().kind == base::Kind::notFound) return {};
    if (!current) return base::fail(current.error());
    if (holderOf(*current).empty()) return {};
    if ((*current)["metadata"]["resourceVersion"].text() == version) continue;
    return base::fail({base::Kind::gate, "another rotation is running",
                       fmt::format("{} holds lease {}/{} since {}", holderOf(*current), ns_, leaseName,
                                   (*current)["spec"]["acquireTime"].text()),
                       "wait until it has ended, or end it; then run the same command again. --take-over "
                       "takes its lease, and it stops before its next write"});
  }
  return {};
}

void Lease::release() {
  if (held_.isNull()) return;
  auto lease = std::exchange(held_, {});
  lease.set("spec", spec(lease, ""));
  auto write = kube::replace(kube::leases, ns_, leaseName, std::move(lease));
  write.evenIfInterrupted = true;
  (void)api_.write(write);
}

}  // namespace rotate
