#include "json/yaml.h"
#include "rehearsal/manifests.h"

namespace rehearsal {

namespace {

/// The YAML of this file is ours: it parses.
json::Value ourYaml(std::string_view text) {
  return json::parseYaml(text).value_or(json::Value());
}

json::Value labelsOf(const IstiodShape& istiod, std::string_view app) {
  return json::Value::object({{"app", app},
                              {"app.kubernetes.io/managed-by", "Helm"},
                              {"app.kubernetes.io/name", "istiod"},
                              {"app.kubernetes.io/part-of", "istio"},
                              {"app.kubernetes.io/version", istiod.version},
                              {"istio.io/rev", istiod.revision},
                              {"operator.istio.io/component", "Pilot"},
                              {"release", "istio"}});
}

json::Value annotationsOf(const IstiodShape& istiod) {
  auto annotations = json::Value::object();
  for (const auto& owner : istiod.owners) annotations.set(owner, "rehearsed");
  return annotations;
}

json::Value metadataOf(const Shape& shape, const IstiodShape& istiod, const std::string& name,
                       std::string_view app, bool namespaced) {
  auto metadata = json::Value::object({{"name", name}});
  if (namespaced) metadata.set("namespace", shape.istioNamespace);
  metadata.set("labels", labelsOf(istiod, app));
  if (!istiod.owners.empty()) metadata.set("annotations", annotationsOf(istiod));
  return metadata;
}

/// istio: manifests/charts/istio-control/istio-discovery/templates/deployment.yaml, rendered.
constexpr std::string_view istiodContainer = R"(
name: discovery
imagePullPolicy: IfNotPresent
args: [discovery, "--monitoringAddr=:15014", "--log_output_level=default:info", --domain, cluster.local,
  --keepaliveMaxServerConnectionAge, 30m]
ports:
- {containerPort: 8080, name: http-debug, protocol: TCP}
- {containerPort: 15010, name: grpc-xds, protocol: TCP}
- {containerPort: 15012, name: tls-xds, protocol: TCP}
- {containerPort: 15017, name: https-webhooks, protocol: TCP}
- {containerPort: 15014, name: http-monitoring, protocol: TCP}
readinessProbe:
  {httpGet: {path: /ready, port: 8080, scheme: HTTP}, initialDelaySeconds: 1, periodSeconds: 3, timeoutSeconds: 5}
resources: {requests: {cpu: 500m, memory: 2Gi}}
volumeMounts:
- {mountPath: /var/run/secrets/tokens, name: istio-token, readOnly: true}
- {mountPath: /var/run/secrets/istio-dns, name: local-certs}
- {mountPath: /etc/cacerts, name: cacerts, readOnly: true}
- {mountPath: /var/run/secrets/remote, name: istio-kubeconfig, readOnly: true}
- {mountPath: /var/run/secrets/istiod/tls, name: istio-csr-dns-cert, readOnly: true}
- {mountPath: /var/run/secrets/istiod/ca, name: istio-csr-ca-configmap, readOnly: true}
)";

constexpr std::string_view istiodVolumes = R"(
- {name: local-certs, emptyDir: {medium: Memory}}
- name: istio-token
  projected:
    defaultMode: 420
    sources: [{serviceAccountToken: {audience: istio-ca, expirationSeconds: 43200, path: istio-token}}]
- {name: cacerts, secret: {defaultMode: 420, optional: true, secretName: cacerts}}
- {name: istio-kubeconfig, secret: {defaultMode: 420, optional: true, secretName: istio-kubeconfig}}
- {name: istio-csr-dns-cert, secret: {defaultMode: 420, optional: true, secretName: istiod-tls}}
- {name: istio-csr-ca-configmap, configMap: {defaultMode: 420, optional: true, name: istio-ca-root-cert}}
)";

json::Value fieldOf(std::string_view name, std::string_view path) {
  return json::Value::object(
      {{"name", name},
       {"valueFrom", json::Value::object(
                         {{"fieldRef", json::Value::object({{"apiVersion", "v1"}, {"fieldPath", path}})}})}});
}

json::Value envEntry(std::string_view name, std::string_view value) {
  return json::Value::object({{"name", name}, {"value", value}});
}

json::Value discovery(const IstiodShape& istiod) {
  auto container = ourYaml(istiodContainer);
  container.set("image", "docker.io/istio/pilot:" + istiod.version);
  container.set(
      "env", json::Array{envEntry("REVISION", istiod.revision), envEntry("PILOT_CERT_PROVIDER", "istiod"),
                         fieldOf("POD_NAME", "metadata.name"), fieldOf("POD_NAMESPACE", "metadata.namespace"),
                         fieldOf("SERVICE_ACCOUNT", "spec.serviceAccountName"),
                         envEntry("KUBECONFIG", "/var/run/secrets/remote/config"),
                         envEntry("CLUSTER_ID", "Kubernetes"), envEntry("PLATFORM", "")});
  return container;
}

json::Value webhook(const Shape& shape, const IstiodShape& istiod, std::string_view name,
                    std::string_view path, std::string_view rest) {
  auto entry = ourYaml(rest);
  entry.set("name", name);
  entry.set("admissionReviewVersions", json::Array{"v1"});
  entry.set("sideEffects", "None");
  entry.set("clientConfig",
            json::Value::object({{"service", json::Value::object({{"name", "istiod" + suffixOf(istiod)},
                                                                  {"namespace", shape.istioNamespace},
                                                                  {"path", path},
                                                                  {"port", 443}})}}));
  return entry;
}

constexpr std::string_view podRules =
    "rules: [{apiGroups: [\"\"], apiVersions: [v1], operations: [CREATE], resources: [pods], scope: \"*\"}]\n"
    "failurePolicy: Fail\nmatchPolicy: Equivalent\nreinvocationPolicy: Never\ntimeoutSeconds: 10\n"
    "objectSelector: {matchExpressions: [{key: sidecar.istio.io/inject, operator: NotIn, values: "
    "[\"false\"]}]}\n";
constexpr std::string_view configRules =
    "rules: [{apiGroups: [security.istio.io, networking.istio.io], apiVersions: [\"*\"], operations: "
    "[CREATE, UPDATE], resources: [\"*\"], scope: \"*\"}]\n"
    "failurePolicy: Ignore\nmatchPolicy: Equivalent\ntimeoutSeconds: 10\n";

}  // namespace

std::string suffixOf(const IstiodShape& istiod) {
  return istiod.revision.empty() || istiod.revision == "default" ? "" : "-" + istiod.revision;
}

json::Value istiodDeployment(const Shape& shape, const IstiodShape& istiod) {
  auto labels = labelsOf(istiod, "istiod");
  labels.set("istio", "pilot");
  labels.set("istio.io/dataplane-mode", "none");
  labels.set("sidecar.istio.io/inject", "false");
  auto selector = json::Value::object({{"istio", "pilot"}});
  if (!suffixOf(istiod).empty()) selector.set("istio.io/rev", istiod.revision);
  auto template_ = json::Value::object(
      {{"metadata",
        json::Value::object({{"labels", labels},
                             {"annotations", ourYaml("{prometheus.io/port: \"15014\", prometheus.io/scrape: "
                                                     "\"true\", sidecar.istio.io/inject: \"false\"}")}})},
       {"spec", json::Value::object({{"containers", json::Array{discovery(istiod)}},
                                     {"volumes", ourYaml(istiodVolumes)},
                                     {"serviceAccount", "istiod"},
                                     {"serviceAccountName", "istiod"},
                                     {"terminationGracePeriodSeconds", 30}})}});
  return json::Value::object(
      {{"apiVersion", "apps/v1"},
       {"kind", "Deployment"},
       {"metadata", metadataOf(shape, istiod, istiod.name, "istiod", true)},
       {"spec", json::Value::object(
                    {{"replicas", istiod.replicas},
                     {"selector", json::Value::object({{"matchLabels", selector}})},
                     {"strategy",
                      ourYaml("{type: RollingUpdate, rollingUpdate: {maxSurge: 100%, maxUnavailable: 25%}}")},
                     {"template", template_}})}});
}

json::Value meshConfigMap(const Shape& shape, const IstiodShape& istiod) {
  const auto mesh = json::Value::object(
      {{"accessLogFile", ""},
       {"defaultConfig",
        json::Value::object(
            {{"discoveryAddress", "istiod" + suffixOf(istiod) + "." + shape.istioNamespace + ".svc:15012"}})},
       {"defaultProviders", ourYaml("{metrics: []}")},
       {"enablePrometheusMerge", true},
       {"rootNamespace", shape.istioNamespace},
       {"trustDomain", shape.trustDomain}});
  return json::Value::object(
      {{"apiVersion", "v1"},
       {"kind", "ConfigMap"},
       {"metadata", metadataOf(shape, istiod, "istio" + suffixOf(istiod), "istiod", true)},
       {"data", json::Value::object({{"mesh", json::dumpYaml(mesh)}, {"meshNetworks", "networks: {}"}})}});
}

json::Value injectionWebhook(const Shape& shape, const IstiodShape& istiod) {
  const auto own = suffixOf(istiod);
  auto entries = json::Array{webhook(shape, istiod, "rev.namespace.sidecar-injector.istio.io", "/inject",
                                     std::string(podRules) +
                                         "namespaceSelector: {matchExpressions: [{key: "
                                         "istio.io/rev, operator: In, values: [" +
                                         istiod.revision + "]}]}\n")};
  if (own.empty()) {
    entries.push_back(webhook(shape, istiod, "namespace.sidecar-injector.istio.io", "/inject",
                              std::string(podRules) + "namespaceSelector: {matchExpressions: [{key: "
                                                      "istio-injection, operator: In, values: "
                                                      "[enabled]}]}\n"));
  }
  return json::Value::object(
      {{"apiVersion", "admissionregistration.k8s.io/v1"},
       {"kind", "MutatingWebhookConfiguration"},
       {"metadata", metadataOf(shape, istiod, "istio-sidecar-injector" + own, "sidecar-injector", false)},
       {"webhooks", entries}});
}

std::vector<json::Value> validationWebhooks(const Shape& shape, const IstiodShape& istiod) {
  const auto own = suffixOf(istiod);
  std::vector<std::string> names{"istio-validator" + own + "-" + shape.istioNamespace};
  if (own.empty()) names.emplace_back("istiod-default-validator");
  std::vector<json::Value> configurations;
  for (const auto& name : names) {
    const auto entry = webhook(shape, istiod, "rev.validation.istio.io", "/validate", configRules);
    configurations.push_back(
        json::Value::object({{"apiVersion", "admissionregistration.k8s.io/v1"},
                             {"kind", "ValidatingWebhookConfiguration"},
                             {"metadata", metadataOf(shape, istiod, name, "istiod", false)},
                             {"webhooks", json::Array{entry}}}));
  }
  return configurations;
}

json::Value istioResource(const Shape& shape) {
  auto resource = ourYaml(
      "apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: default}\n"
      "spec: {updateStrategy: {type: InPlace}, values: {}}\n");
  auto metadata = resource["metadata"];
  if (!shape.istiods.front().owners.empty()) {
    metadata.set("annotations", annotationsOf(shape.istiods.front()));
    resource.set("metadata", metadata);
  }
  auto spec = resource["spec"];
  spec.set("namespace", shape.istioNamespace);
  spec.set("version", "v" + shape.istiods.front().version);
  spec.set("values",
           json::Value::object(
               {{"pilot", json::Value::object({{"replicaCount", shape.istiods.front().replicas}})}}));
  resource.set("spec", spec);
  return resource;
}

}  // namespace rehearsal
