#include "rotate/finish.h"

#include "mesh/ca_secrets.h"
#include "trust/ca_secret.h"
#include "trust/judge.h"

namespace rotate {

namespace {

using trust::Blocker;

constexpr const char* backedUpAt = "istio-ca/backed-up-at";

const trust::CaSecret* pluggedIn(const trust::Observation& mesh) {
  return mesh.cacerts && *mesh.cacerts ? &**mesh.cacerts : nullptr;
}

LeftBehind describe(const trust::CaSecret& secret, const trust::CaSecret* now) {
  LeftBehind left{secret.ns, secret.name, secret.uid, secret.resourceVersion, {}, secret.lastWritten};
  if (const auto chain = trust::chainOf(secret)) left.certificate = chain->front();
  const auto written = secret.annotations.find(backedUpAt);
  if (written != secret.annotations.end()) {
    if (const auto time = base::parseTime(written->second)) left.since = *time;
  }
  left.inUse = now && !secret.keyFingerprint.empty() && secret.keyFingerprint == now->keyFingerprint;
  return left;
}

trust::Answer secretIsFit(const trust::Observation& mesh, const trust::CaSecret* secret) {
  trust::Answer answer{"secret cacerts is there, complete and consistent", 0, 1, {}};
  const auto subject = "secret " + mesh.installation.ns + "/cacerts";
  if (!mesh.cacerts) {
    const auto& why = mesh.cacerts.error();
    answer.blockers.push_back({Blocker::Kind::unproven, subject, why.reason, why.forbidden});
  } else if (!secret) {
    answer.blockers.push_back(
        {Blocker::Kind::no, subject, "is not there: the next istiod that starts would make a new CA"});
  } else if (const auto why = trust::whyUnfit(*secret, mesh.takenAt)) {
    answer.blockers.push_back({Blocker::Kind::no, subject, *why});
  } else {
    answer.holds = 1;
  }
  return answer;
}

}  // namespace

std::vector<LeftBehind> leftBehind(const trust::Observation& mesh) {
  std::vector<LeftBehind> list;
  const auto* now = pluggedIn(mesh);
  if (mesh.selfSigned && *mesh.selfSigned) list.push_back(describe(**mesh.selfSigned, now));
  if (mesh.backups) {
    for (const auto& backup : *mesh.backups) list.push_back(describe(backup, now));
  }
  return list;
}

std::vector<trust::Answer> mayForget(const trust::Observation& mesh) {
  const auto* secret = pluggedIn(mesh);
  std::vector<trust::Answer> answers{secretIsFit(mesh, secret)};
  if (!answers.front().yes()) return answers;
  trust::Judge judge(mesh);
  answers.push_back(judge.everyIstiodRolledOut());
  answers.push_back(judge.everyIstiodStartedAfter(*secret));
  if (const auto chain = trust::chainOf(*secret))
    answers.push_back(judge.everyIstiodSignsWith(chain->front()));
  answers.push_back(judge.everyPairWorks());
  return answers;
}

base::Result<Written> deleteSecret(kube::Api& api, const LeftBehind& secret) {
  const auto write = kube::remove(
      kube::secrets, secret.ns, secret.name,
      json::Value::object(
          {{"apiVersion", "v1"},
           {"kind", "DeleteOptions"},
           {"preconditions",
            json::Value::object({{"uid", secret.uid}, {"resourceVersion", secret.resourceVersion}})}}));
  const auto answer = api.write(write);
  if (!answer) return base::fail(answer.error());
  mesh::cleanseData(*answer);
  return Written{write.method + " " + write.path, ""};
}

}  // namespace rotate
