#include "mesh/observation_fields.h"

namespace mesh {

const Fields<trust::CaSecret>& fieldsOf(const trust::CaSecret& /*secret*/) {
  using Secret = trust::CaSecret;
  static const Fields<Secret> fields{{"namespace", &Secret::ns},
                                     {"name", &Secret::name},
                                     {"type", &Secret::type},
                                     {"uid", &Secret::uid},
                                     {"resourceVersion", &Secret::resourceVersion},
                                     {"immutable", &Secret::immutable},
                                     {"keys", &Secret::keys},
                                     {"caCert", &Secret::caCert},
                                     {"certChain", &Secret::certChain},
                                     {"rootCert", &Secret::rootCert},
                                     {"keyFingerprint", &Secret::keyFingerprint},
                                     {"content", &Secret::content},
                                     {"owners", &Secret::owners},
                                     {"annotations", &Secret::annotations},
                                     {"appliedCopy", &Secret::appliedCopy}};
  return fields;
}

const Fields<trust::MeshConfig>& fieldsOf(const trust::MeshConfig& /*config*/) {
  using Config = trust::MeshConfig;
  static const Fields<Config> fields{{"namespace", &Config::ns},
                                     {"name", &Config::name},
                                     {"resourceVersion", &Config::resourceVersion},
                                     {"text", &Config::text},
                                     {"xdsAgent", &Config::xdsAgent},
                                     {"owners", &Config::owners},
                                     {"caCertificates", &Config::caCertificates}};
  return fields;
}

const Fields<trust::IstiodDeployment>& fieldsOf(const trust::IstiodDeployment& /*deployment*/) {
  using Deployment = trust::IstiodDeployment;
  static const Fields<Deployment> fields{
      {"namespace", &Deployment::ns},          {"name", &Deployment::name},
      {"revision", &Deployment::revision},     {"resourceVersion", &Deployment::resourceVersion},
      {"generation", &Deployment::generation}, {"observedGeneration", &Deployment::observedGeneration},
      {"replicas", &Deployment::replicas},     {"updated", &Deployment::updated},
      {"available", &Deployment::available},   {"total", &Deployment::total},
      {"multiRoot", &Deployment::multiRoot},   {"container", &Deployment::container},
      {"startedFor", &Deployment::startedFor}, {"env", &Deployment::env},
      {"owners", &Deployment::owners}};
  return fields;
}

const Fields<trust::Istiod>& fieldsOf(const trust::Istiod& /*istiod*/) {
  using Istiod = trust::Istiod;
  static const Fields<Istiod> fields{{"namespace", &Istiod::ns},
                                     {"pod", &Istiod::pod},
                                     {"uid", &Istiod::uid},
                                     {"deployment", &Istiod::deployment},
                                     {"revision", &Istiod::revision},
                                     {"version", &Istiod::version},
                                     {"created", &Istiod::created},
                                     {"restarts", &Istiod::restarts},
                                     {"ready", &Istiod::ready},
                                     {"terminating", &Istiod::terminating},
                                     {"multiRoot", &Istiod::multiRoot},
                                     {"startedFor", &Istiod::startedFor}};
  return fields;
}

const Fields<trust::ProxySecrets>& fieldsOf(const trust::ProxySecrets& /*secrets*/) {
  using Secrets = trust::ProxySecrets;
  static const Fields<Secrets> fields{
      {"warming", &Secrets::warming}, {"version", &Secrets::version}, {"lastUpdated", &Secrets::lastUpdated}};
  return fields;
}

const Fields<trust::Workload>& fieldsOf(const trust::Workload& /*workload*/) {
  using Workload = trust::Workload;
  static const Fields<Workload> fields{
      {"kind", &Workload::kind}, {"namespace", &Workload::ns}, {"name", &Workload::name}};
  return fields;
}

const Fields<trust::Proxy>& fieldsOf(const trust::Proxy& /*proxy*/) {
  using Proxy = trust::Proxy;
  static const Fields<Proxy> fields{{"namespace", &Proxy::ns},
                                    {"pod", &Proxy::pod},
                                    {"uid", &Proxy::uid},
                                    {"container", &Proxy::container},
                                    {"serviceAccount", &Proxy::serviceAccount},
                                    {"revision", &Proxy::revision},
                                    {"version", &Proxy::version},
                                    {"created", &Proxy::created},
                                    {"running", &Proxy::running},
                                    {"ready", &Proxy::ready},
                                    {"terminating", &Proxy::terminating},
                                    {"xdsAgent", &Proxy::xdsAgent},
                                    {"xdsAgentWanted", &Proxy::xdsAgentWanted},
                                    {"managedGateway", &Proxy::managedGateway}};
  return fields;
}

const Fields<trust::Ztunnel>& fieldsOf(const trust::Ztunnel& /*ztunnel*/) {
  using Ztunnel = trust::Ztunnel;
  static const Fields<Ztunnel> fields{
      {"namespace", &Ztunnel::ns}, {"pod", &Ztunnel::pod}, {"version", &Ztunnel::version}};
  return fields;
}

const Fields<trust::Rollout>& fieldsOf(const trust::Rollout& /*rollout*/) {
  using Rollout = trust::Rollout;
  static const Fields<Rollout> fields{{"replicas", &Rollout::replicas},
                                      {"strategy", &Rollout::strategy},
                                      {"paused", &Rollout::paused},
                                      {"surge", &Rollout::surge}};
  return fields;
}

const Fields<trust::Autoscaler>& fieldsOf(const trust::Autoscaler& /*autoscaler*/) {
  using Autoscaler = trust::Autoscaler;
  static const Fields<Autoscaler> fields{{"namespace", &Autoscaler::ns},
                                         {"name", &Autoscaler::name},
                                         {"least", &Autoscaler::least},
                                         {"most", &Autoscaler::most}};
  return fields;
}

const Fields<trust::ShutBudget>& fieldsOf(const trust::ShutBudget& /*budget*/) {
  using Budget = trust::ShutBudget;
  static const Fields<Budget> fields{{"namespace", &Budget::ns}, {"name", &Budget::name}};
  return fields;
}

const Fields<trust::Opaque>& fieldsOf(const trust::Opaque& /*opaque*/) {
  using Opaque = trust::Opaque;
  static const Fields<Opaque> fields{{"kind", &Opaque::kind},
                                     {"namespace", &Opaque::ns},
                                     {"name", &Opaque::name},
                                     {"reason", &Opaque::reason}};
  return fields;
}

const Fields<trust::Unsupported>& fieldsOf(const trust::Unsupported& /*unsupported*/) {
  using Unsupported = trust::Unsupported;
  static const Fields<Unsupported> fields{
      {"code", &Unsupported::code}, {"message", &Unsupported::message}, {"hint", &Unsupported::hint}};
  return fields;
}

const Fields<trust::Unreadable>& fieldsOf(const trust::Unreadable& /*unreadable*/) {
  using Unreadable = trust::Unreadable;
  static const Fields<Unreadable> fields{{"reason", &Unreadable::reason},
                                         {"forbidden", &Unreadable::forbidden}};
  return fields;
}

const Fields<trust::Observation>& fieldsOf(const trust::Observation& /*observation*/) {
  using Observation = trust::Observation;
  static const Fields<Observation> fields{{"takenAt", &Observation::takenAt},
                                          {"server", &Observation::server}};
  return fields;
}

const Fields<trust::Installation>& fieldsOf(const trust::Installation& /*installation*/) {
  using Installation = trust::Installation;
  static const Fields<Installation> fields{{"namespace", &Installation::ns},
                                           {"trustDomain", &Installation::trustDomain},
                                           {"istioVersion", &Installation::istioVersion}};
  return fields;
}

const Fields<trust::Installation>& sailFields() {
  using Installation = trust::Installation;
  static const Fields<Installation> fields{{"name", &Installation::istioName},
                                           {"generation", &Installation::istioGeneration},
                                           {"observedGeneration", &Installation::istioObserved},
                                           {"ready", &Installation::istioReady},
                                           {"multiRoot", &Installation::istioMultiRoot},
                                           {"xdsAgent", &Installation::istioXdsAgent},
                                           {"owners", &Installation::istioOwners}};
  return fields;
}

}  // namespace mesh
