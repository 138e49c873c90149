#include "cli/verify_input.h"

#include <filesystem>

#include "base/file.h"
#include "cli/observation_source.h"
#include "mesh/envoy_secrets.h"
#include "mesh/observe.h"

namespace cli {
namespace {

/// The trust domain of a SPIFFE ID, empty if it is none.
std::string trustDomainOf(const pki::Certificate& leaf) {
  constexpr std::string_view scheme = "spiffe://";
  for (const std::string& uri : leaf.uris()) {
    if (uri.starts_with(scheme))
      return uri.substr(scheme.size(), uri.find('/', scheme.size()) - scheme.size());
  }
  return {};
}

base::Result<trust::Proxy> readDump(const std::string& file) {
  TRY_ASSIGN(const std::string bytes, base::readFile(file));
  const std::string name = file == "-" ? "stdin" : std::filesystem::path(file).filename().string();
  auto secrets = mesh::parseEnvoySecrets(bytes);
  if (!secrets) return base::fail(secrets.error().context(file == "-" ? "standard input" : file));
  trust::Proxy proxy{"file", name, file, {}};
  proxy.running = true;
  proxy.secrets = std::move(*secrets);
  return proxy;
}

/// Dumps do not say which mesh they are of: its trust domain is that of the first certificate.
base::Result<trust::Observation> observeFiles(Context& context, const std::vector<std::string>& files) {
  trust::Observation observation;
  observation.takenAt = context.clock().now();
  for (const std::string& file : files) {
    TRY_ASSIGN(trust::Proxy proxy, readDump(file));
    observation.proxies.push_back(std::move(proxy));
  }
  const std::string domain = trustDomainOf(observation.proxies.front().secrets->leaf());
  if (!domain.empty()) observation.installation.trustDomain = domain;
  return observation;
}

base::Result<mesh::ProxyFilter> filterOf(const Options& options) {
  mesh::ProxyFilter filter;
  if (!options.on("all-namespaces")) filter.ns = options.text("namespace");
  for (const std::string& word : options.words()) {
    TRY_ASSIGN(mesh::Target target, mesh::parseTarget(word));
    filter.targets.push_back(std::move(target));
  }
  return filter;
}

/// The proxies of a whole observation, which is read from a file or saved to one.
base::Result<trust::Observation> observeWhole(Context& context, const Options& options,
                                              const mesh::ProxyFilter& filter) {
  TRY_ASSIGN(trust::Observation observation, observationFrom(context, options));
  std::erase_if(observation.proxies,
                [&](const trust::Proxy& proxy) { return !filter.ns.empty() && proxy.ns != filter.ns; });
  TRY(mesh::applyFilter(observation, filter));
  return observation;
}

base::Result<trust::Observation> observeCluster(Context& context, const Options& options) {
  TRY_ASSIGN(const mesh::ProxyFilter filter, filterOf(options));
  const bool whole = options.has("observation") || options.has("save-observation");
  auto observation = [&]() -> base::Result<trust::Observation> {
    if (whole) return observeWhole(context, options, filter);
    TRY_ASSIGN(kube::Api * api, context.api());
    mesh::ObserveOptions observe;
    observe.istioNamespace = context.istioNamespace();
    return mesh::observeProxies(*api, context.clock(), observe, filter);
  }();
  if (observation && observation->proxies.empty() && !filter.ns.empty()) {
    return base::fail({base::Kind::notFound, "there is no proxy in namespace " + filter.ns,
                       "none of its pods has a container istio-proxy", "-A shows all meshed namespaces"});
  }
  return observation;
}

}  // namespace

base::Result<trust::Observation> observeForVerify(Context& context, const Options& options) {
  if (options.has("file")) return observeFiles(context, options.all("file"));
  return observeCluster(context, options);
}

}  // namespace cli
