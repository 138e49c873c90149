#include "rehearsal/injected_parts.h"

#include <fmt/format.h>

#include "json/yaml.h"

namespace rehearsal {

namespace {

using json::Value;

/// The YAML of this file is ours: it parses.
Value yaml(std::string_view text) {
  return json::parseYaml(text).value_or(Value());
}

constexpr std::string_view container = R"(
name: istio-proxy
imagePullPolicy: IfNotPresent
terminationMessagePath: /dev/termination-log
terminationMessagePolicy: File
ports: [{containerPort: 15090, name: http-envoy-prom, protocol: TCP}]
readinessProbe:
  httpGet: {path: /healthz/ready, port: 15021, scheme: HTTP}
  failureThreshold: 4
  periodSeconds: 15
  successThreshold: 1
  timeoutSeconds: 3
volumeMounts:
- {mountPath: /var/run/secrets/workload-spiffe-uds, name: workload-socket}
- {mountPath: /var/run/secrets/credential-uds, name: credential-socket}
- {mountPath: /var/run/secrets/workload-spiffe-credentials, name: workload-certs}
- {mountPath: /var/run/secrets/istio, name: istiod-ca-cert}
- {mountPath: /var/lib/istio/data, name: istio-data}
- {mountPath: /etc/istio/proxy, name: istio-envoy}
- {mountPath: /var/run/secrets/tokens, name: istio-token}
- {mountPath: /etc/istio/pod, name: istio-podinfo}
)";

constexpr std::string_view volumes = R"(
- {name: workload-socket, emptyDir: {}}
- {name: credential-socket, emptyDir: {}}
- {name: workload-certs, emptyDir: {}}
- {name: istio-envoy, emptyDir: {medium: Memory}}
- {name: istio-data, emptyDir: {}}
- name: istio-podinfo
  downwardAPI:
    defaultMode: 420
    items:
    - {path: labels, fieldRef: {apiVersion: v1, fieldPath: metadata.labels}}
    - {path: annotations, fieldRef: {apiVersion: v1, fieldPath: metadata.annotations}}
- name: istio-token
  projected:
    defaultMode: 420
    sources: [{serviceAccountToken: {audience: istio-ca, expirationSeconds: 43200, path: istio-token}}]
- {name: istiod-ca-cert, configMap: {defaultMode: 420, name: istio-ca-root-cert}}
)";

constexpr std::string_view iptables = R"(
name: istio-init
imagePullPolicy: IfNotPresent
terminationMessagePath: /dev/termination-log
terminationMessagePolicy: File
args: [istio-iptables, -p, "15001", -z, "15006", -u, "1337", -m, REDIRECT, -i, "*", -x, "", -b, "*", -d,
  "15090,15021,15020", "--log_output_level=default:info"]
)";

Value plain(std::string_view name, std::string_view value) {
  return Value::object({{"name", name}, {"value", value}});
}

Value fromField(std::string_view name, std::string_view path) {
  auto source = Value::object({{"fieldRef", Value::object({{"apiVersion", "v1"}, {"fieldPath", path}})}});
  return Value::object({{"name", name}, {"valueFrom", std::move(source)}});
}

/// "server" of "server-7d4b", where a Deployment's ReplicaSet has it.
std::string workloadOf(const Value& pod) {
  for (const auto& owner : pod["metadata"]["ownerReferences"].items()) {
    std::string name(owner["name"].text());
    const auto suffix = "-" + std::string(pod["metadata"]["labels"]["pod-template-hash"].text());
    if (suffix.size() > 1 && name.ends_with(suffix)) name.resize(name.size() - suffix.size());
    return name;
  }
  return std::string(pod["metadata"]["name"].text());
}

json::Array environment(const Value& pod, const ProxyPlan& plan) {
  const auto& settings = plan.terms.settings;
  json::Array env{
      plain("PILOT_CERT_PROVIDER", "istiod"),
      plain("CA_ADDR", fmt::format("{}.{}.svc:15012", plan.terms.service, plan.terms.istioNamespace)),
      fromField("POD_NAME", "metadata.name"),
      fromField("POD_NAMESPACE", "metadata.namespace"),
      fromField("INSTANCE_IP", "status.podIP"),
      fromField("SERVICE_ACCOUNT", "spec.serviceAccountName"),
      fromField("HOST_IP", "status.hostIP"),
      plain("PROXY_CONFIG", json::dump(plan.config) + "\n"),
      plain("ISTIO_META_CLUSTER_ID", "Kubernetes"),
      fromField("ISTIO_META_NODE_NAME", "spec.nodeName"),
      plain("ISTIO_META_WORKLOAD_NAME", workloadOf(pod)),
      plain("ISTIO_META_MESH_ID", settings.trustDomain),
      plain("TRUST_DOMAIN", settings.trustDomain)};
  if (!plan.gateway) env.push_back(plain("ISTIO_META_INTERCEPTION_MODE", "REDIRECT"));
  if (plan.withoutEnvoy) env.push_back(plain("DISABLE_ENVOY", "true"));
  for (const auto& [key, value] : plan.config["proxyMetadata"].members())
    env.push_back(plain(key, value.isString() ? value.text() : json::dump(value)));
  return env;
}

}  // namespace

Value proxyContainer(const Value& pod, const ProxyPlan& plan) {
  static const auto parsed = yaml(container);
  auto proxy = parsed;
  proxy.set("image", plan.image);
  proxy.set("args",
            json::Array{"proxy", plan.gateway ? "router" : "sidecar", "--domain",
                        "$(POD_NAMESPACE).svc." + plan.terms.settings.trustDomain, "--proxyLogLevel=warning",
                        "--proxyComponentLogLevel=misc:error", "--log_output_level=default:info"});
  proxy.set("env", environment(pod, plan));
  return proxy;
}

Value initContainer(const std::string& image) {
  static const auto parsed = yaml(iptables);
  auto init = parsed;
  init.set("image", image);
  return init;
}

json::Array proxyVolumes() {
  static const auto parsed = yaml(volumes);
  return parsed.items();
}

}  // namespace rehearsal
