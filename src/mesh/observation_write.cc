#include "mesh/json_table.h"
#include "mesh/observation_json.h"

namespace mesh {

namespace {

using json::Value;

template <class T>
Value list(const std::vector<T>& entries, auto write) {
  auto array = Value::array();
  for (const auto& entry : entries) array.push(write(entry));
  return array;
}

/// What was read under its key, or why it was not under that key with "Unreadable".
template <class T>
void set(Value& object, const std::string& key, const trust::Reading<T>& reading, auto write) {
  if (reading) {
    object.set(key, write(*reading));
  } else {
    object.set(key + "Unreadable", fieldsJson(reading.error()));
  }
}

Value secretJson(const trust::CaSecret& secret) {
  auto object = fieldsJson(secret);
  if (secret.lastWritten) object.set("lastWritten", base::formatTime(*secret.lastWritten));
  return object;
}

Value optionalSecretJson(const std::optional<trust::CaSecret>& secret) {
  return secret ? secretJson(*secret) : Value();
}

Value installationJson(const trust::Installation& installation) {
  auto object = fieldsJson(installation);
  object.set("kind", installationWords[std::size_t(installation.kind)]);
  object.set("meshConfigs", list(installation.meshConfigs, fieldsJson<trust::MeshConfig>));
  if (installation.kind == trust::InstallationKind::sail) {
    auto istio = Value::object();
    writeFields(istio, installation, sailFields());
    object.set("istio", std::move(istio));
  }
  return object;
}

/// The parts that name certificates.
class Parts {
 public:
  explicit Parts(CertificatesOut& certificates) : certificates_(certificates) {}

  Value istiod(const trust::Istiod& istiod) {
    auto object = fieldsJson(istiod);
    setNames(object, "serving", istiod.serving);
    set(object, "issued", istiod.issued, [&](const auto& issued) {
      auto answer = Value::object();
      answer.set("chain", certificates_.names(issued.chain));
      answer.set("bundle", issued.bundle);
      return answer;
    });
    return object;
  }
  Value proxy(const trust::Proxy& proxy) {
    auto object = fieldsJson(proxy);
    object.set("workload", fieldsJson(proxy.workload));
    object.set("type", proxyTypeWords[std::size_t(proxy.type)]);
    set(object, "secrets", proxy.secrets, [&](const auto& held) { return secrets(held); });
    setNames(object, "mounted", proxy.mounted);
    return object;
  }
  Value distribution(const trust::Distribution& distribution) {
    auto object = Value::object();
    object.set("kind", distributionWords[std::size_t(distribution.kind)]);
    object.set("name", distribution.name);
    setNames(object, "roots", distribution.roots);
    if (distribution.lastWritten) object.set("lastWritten", base::formatTime(*distribution.lastWritten));
    return object;
  }

 private:
  Value secrets(const trust::ProxySecrets& secrets) {
    auto object = fieldsJson(secrets);
    object.set("chain", certificates_.names(secrets.chain));
    object.set("roots", certificates_.names(secrets.roots));
    return object;
  }
  void setNames(Value& object, const std::string& key, const trust::Reading<trust::Certificates>& read) {
    set(object, key, read, [&](const auto& certificates) { return certificates_.names(certificates); });
  }

  CertificatesOut& certificates_;
};

template <class T>
Value ofWorkload(const T& entry, const trust::Workload& workload) {
  auto object = fieldsJson(entry);
  object.set("workload", fieldsJson(workload));
  return object;
}

Value surroundingsJson(const trust::Surroundings& surroundings) {
  auto object = Value::object();
  set(object, "rollouts", surroundings.rollouts, [](const auto& rollouts) {
    return list(rollouts, [](const auto& rollout) { return ofWorkload(rollout, rollout.workload); });
  });
  set(object, "autoscalers", surroundings.autoscalers, [](const auto& autoscalers) {
    return list(autoscalers, [](const auto& scaler) { return ofWorkload(scaler, scaler.target); });
  });
  set(object, "budgets", surroundings.budgets,
      [](const auto& budgets) { return list(budgets, fieldsJson<trust::ShutBudget>); });
  return object;
}

Value unlistedJson(const std::pair<std::string, trust::Unreadable>& entry) {
  auto object = fieldsJson(entry.second);
  object.set("what", entry.first);
  return object;
}

}  // namespace

Value observationToJson(const trust::Observation& observation) {
  CertificatesOut certificates;
  Parts parts(certificates);
  auto object = Value::object();
  object.set("apiVersion", observationVersion);
  object.set("kind", observationKind);
  writeFields(object, observation, fieldsOf(observation));
  object.set("installation", installationJson(observation.installation));
  object.set("istiodDeployments", list(observation.istiodDeployments, fieldsJson<trust::IstiodDeployment>));
  object.set("istiods", list(observation.istiods, [&](const auto& istiod) { return parts.istiod(istiod); }));
  set(object, "cacerts", observation.cacerts, optionalSecretJson);
  set(object, "selfSigned", observation.selfSigned, optionalSecretJson);
  set(object, "backups", observation.backups, [](const auto& backups) { return list(backups, secretJson); });
  object.set("distribution",
             list(observation.distribution, [&](const auto& entry) { return parts.distribution(entry); }));
  object.set("proxies", list(observation.proxies, [&](const auto& proxy) { return parts.proxy(proxy); }));
  object.set("opaque", list(observation.opaque,
                            [](const auto& opaque) { return ofWorkload(opaque, opaque.workload); }));
  object.set("ztunnels", list(observation.ztunnels, fieldsJson<trust::Ztunnel>));
  if (observation.surroundings) object.set("surroundings", surroundingsJson(*observation.surroundings));
  object.set("unsupported", list(observation.unsupported, fieldsJson<trust::Unsupported>));
  object.set("unlisted", list(observation.unlisted, unlistedJson));
  object.set("certificates", certificates.table());
  return object;
}

}  // namespace mesh
