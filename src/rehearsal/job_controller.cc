#include "rehearsal/job_controller.h"

#include <algorithm>

#include "rehearsal/objects.h"
#include "rehearsal/replica_set_controller.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr base::Millis jobDelay{50};
constexpr const char* jobManager = "kube-controller-manager";
constexpr std::int64_t usualBackoffLimit = 6;

struct JobCounts {
  std::int64_t active = 0, ready = 0, succeeded = 0, failed = 0;
};

JobCounts countPods(const std::vector<Object>& pods) {
  JobCounts counts;
  for (const auto& pod : pods) {
    const auto phase = (*pod)["status"]["phase"].text();
    if (phase == "Succeeded") ++counts.succeeded;
    if (phase == "Failed") ++counts.failed;
    if (isActive(*pod)) ++counts.active;
    if (isActive(*pod) && isReady(*pod)) ++counts.ready;
  }
  return counts;
}

bool isFinished(const Value& job) {
  return conditionOf(job, "Complete")["status"].text() == "True" ||
         conditionOf(job, "Failed")["status"].text() == "True";
}

/// How many have to succeed; without a number of completions one is enough.
std::int64_t completionsOf(const Value& job) {
  return job["spec"]["completions"].integer().value_or(1);
}

bool hasFailed(const Value& job, const JobCounts& counts) {
  return counts.failed > job["spec"]["backoffLimit"].integer().value_or(usualBackoffLimit);
}

Value jobCondition(std::string_view type, const std::string& now, std::string_view reason,
                   std::string_view message) {
  return Value::object({{"type", type},
                        {"status", "True"},
                        {"lastProbeTime", now},
                        {"lastTransitionTime", now},
                        {"reason", reason},
                        {"message", message}});
}

Value jobStatusOf(const Value& job, const JobCounts& counts, const std::string& now) {
  Value status = job["status"];
  if (status["startTime"].isNull()) status.set("startTime", now);
  for (const auto& [name, count] :
       {std::pair("active", counts.active), std::pair("succeeded", counts.succeeded),
        std::pair("failed", counts.failed), std::pair("ready", counts.ready)}) {
    status.erase(name);
    if (count > 0) status.set(name, count);
  }
  if (counts.succeeded >= completionsOf(job)) {
    status.set("completionTime", now);
    status.set("conditions", Value::array({jobCondition("SuccessCriteriaMet", now, "CompletionsReached",
                                                        "Reached expected number of succeeded pods"),
                                           jobCondition("Complete", now, "CompletionsReached",
                                                        "Reached expected number of succeeded pods")}));
  } else if (hasFailed(job, counts)) {
    status.set("conditions", Value::array({jobCondition("Failed", now, "BackoffLimitExceeded",
                                                        "Job has reached the specified backoff limit")}));
  }
  return status;
}

}  // namespace

JobController::JobController(Simulation& simulation, Store& store, Owned& owned, PodMaker& pods)
    : simulation_(simulation),
      store_(store),
      owned_(owned),
      pods_(pods),
      queue_(simulation, jobDelay, [this](const Key& key) { return sync(key); }) {
  store.listen([this](const Change& change) { see(change); });
}

void JobController::see(const Change& change) {
  if (const auto key = concerned(change, "jobs", "Job", "batch")) queue_.add(*key);
}

base::Status JobController::sync(const Key& key) {
  const auto job = store_.get(key);
  if (!job || terminating(*job) || isFinished(*job)) return {};
  const auto counts = countPods(owned_.by(uidOf(*job), "pods"));
  const bool suspended = (*job)["spec"]["suspend"].boolean().value_or(false);
  if (!suspended && counts.succeeded < completionsOf(*job) && !hasFailed(*job, counts)) {
    TRY(select(key));
    const auto wanted =
        std::min((*job)["spec"]["parallelism"].integer().value_or(1), completionsOf(*job) - counts.succeeded);
    const auto selected = store_.get(key);
    for (auto have = counts.active; have < wanted; ++have) TRY(pods_.makeFor("batch/v1", "Job", *selected));
  }
  return tell(key);
}

base::Status JobController::select(const Key& key) {
  const auto job = store_.get(key);
  const auto uid = uidOf(*job);
  if (!(*job)["spec"]["selector"].isNull() || !owned_.by(uid).empty()) return {};
  Value selected = *job;
  Value& spec = selected.at("spec");
  spec.at("selector").at("matchLabels").set("batch.kubernetes.io/controller-uid", uid);
  Value& labels = spec.at("template").at("metadata").at("labels");
  for (const char* prefix : {"batch.kubernetes.io/", ""}) {
    labels.set(std::string(prefix) + "controller-uid", uid);
    labels.set(std::string(prefix) + "job-name", key.name);
  }
  TRY(store_.update(key, std::move(selected), jobManager));
  return {};
}

base::Status JobController::tell(const Key& key) {
  const auto job = store_.get(key);
  const auto pods = owned_.by(uidOf(*job), "pods");
  const auto counts = countPods(pods);
  if (hasFailed(*job, counts)) {
    for (const auto& pod : pods)
      if (isActive(*pod)) TRY(deletePod(store_, *pod));
  }
  auto told = Value::object({{"metadata", Value::object()},
                             {"status", jobStatusOf(*job, counts, base::formatTime(simulation_.now()))}});
  TRY(store_.update(key, std::move(told), jobManager, true));
  return {};
}

}  // namespace rehearsal
