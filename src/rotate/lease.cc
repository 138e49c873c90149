#include "rotate/lease.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <random>

namespace rotate {

namespace {

constexpr const char* leaseName = "istio-ca-rotation";
constexpr base::Millis duration{20'000};

std::string whoAmI() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  const char* user = std::getenv("USER");
  std::random_device random;
  return fmt::format("{}@{} pid {} {:08x}", user && *user ? user : std::to_string(getuid()), host.data(),
                     getpid(), random());
}

std::string path(const std::string& ns) {
  return kube::leases.path(ns, leaseName);
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

json::Value Lease::spec(const std::string& holder) const {
  const auto now = microTime(clock_.now());
  return json::Value::object(
      {{"holderIdentity", holder},
       {"leaseDurationSeconds", static_cast<int>(duration.count() / 1000)},
       {"acquireTime", held_["spec"].has("acquireTime") ? held_["spec"]["acquireTime"] : now},
       {"renewTime", now}});
}

base::Status Lease::hold(bool now) {
  if (held_.isNull()) return claim();
  if (!now && clock_.elapsed() - renewed_ < duration / 3) return {};
  auto lease = held_;
  lease.set("spec", spec(identity_));
  const auto done = put(std::move(lease));
  if (done || done.error().kind != base::Kind::conflict) return done;
  const auto theirs = api_.get(path(ns_));
  const auto holder = theirs ? std::string((*theirs)["spec"]["holderIdentity"].text()) : "someone else";
  held_ = {};
  return base::fail({base::Kind::gate, "this rotation has lost its lease " + ns_ + "/" + leaseName,
                     holder + " has taken it over",
                     "let that rotation end, then run the same command again"});
}

base::Status Lease::put(json::Value lease) {
  TRY_ASSIGN(held_, api_.write(kube::replace(kube::leases, ns_, leaseName, std::move(lease))));
  renewed_ = clock_.elapsed();
  return {};
}

base::Status Lease::claim() {
  auto theirs = api_.get(path(ns_));
  if (!theirs && theirs.error().kind != base::Kind::notFound) return base::fail(theirs.error());
  if (!theirs) {
    auto created = api_.write(kube::create(
        kube::leases, ns_,
        json::Value::object({{"apiVersion", "coordination.k8s.io/v1"},
                             {"kind", "Lease"},
                             {"metadata", json::Value::object({{"name", leaseName}, {"namespace", ns_}})},
                             {"spec", spec(identity_)}})));
    if (!created && created.error().kind == base::Kind::conflict)
      return claim();  // someone was faster: see who
    if (!created) return base::fail(created.error());
    held_ = std::move(*created);
    renewed_ = clock_.elapsed();
    return {};
  }
  if (!(*theirs)["spec"]["holderIdentity"].text().empty()) TRY(watch(*theirs));
  auto lease = *theirs;
  lease.set("spec", spec(identity_));
  return put(std::move(lease));
}

base::Status Lease::watch(const json::Value& theirs) {
  const auto version = theirs["metadata"]["resourceVersion"].text();
  const auto started = clock_.elapsed();
  const base::Millis theirDuration{theirs["spec"]["leaseDurationSeconds"].integer().value_or(20) * 1000};
  while (clock_.elapsed() - started <= theirDuration) {
    TRY(clock_.pause(base::Millis{1000}));
    TRY_ASSIGN(const auto current, api_.get(path(ns_)));
    if (current["spec"]["holderIdentity"].text().empty()) return {};
    if (current["metadata"]["resourceVersion"].text() == version) continue;
    return base::fail({base::Kind::gate, "another rotation is running",
                       fmt::format("{} holds lease {}/{} since {}", current["spec"]["holderIdentity"].text(),
                                   ns_, leaseName, current["spec"]["acquireTime"].text()),
                       "wait until it has ended, or end it; then run the same command again"});
  }
  return {};
}

void Lease::release() {
  if (held_.isNull()) return;
  auto lease = std::exchange(held_, {});
  lease.set("spec", spec(""));
  auto write = kube::replace(kube::leases, ns_, leaseName, std::move(lease));
  write.evenIfInterrupted = true;
  (void)api_.write(write);
}

}  // namespace rotate
