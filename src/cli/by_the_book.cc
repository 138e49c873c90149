#include "cli/by_the_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "mesh/changes.h"
#include "pki/bundle.h"

namespace cli {

namespace {

// Between `kubectl delete` and the `kubectl create` after it: two programs that start, discover and ask.
constexpr base::Millis betweenCommands{800};

const trust::Proxy* firstRead(const trust::Observation& mesh) {
  for (const auto& proxy : mesh.proxies) {
    if (proxy.secrets && !proxy.terminating) return &proxy;
  }
  return nullptr;
}

bool trusts(const trust::Proxy& proxy, const pki::Certificate& root) {
  const auto& roots = proxy.secrets->roots;
  return std::find(roots.begin(), roots.end(), root) != roots.end();
}

}  // namespace

ByTheBook::ByTheBook(Context& context, LoadedCa ca, base::Millis pause)
    : context_(context),
      ca_(std::move(ca)),
      pause_(pause),
      progress_(ui::makeProgress(context.terminal().err, context.clock())) {}

void ByTheBook::stage(int number, std::string_view what) {
  progress_->done(fmt::format("stage {} of 11: {}", number, what));
}

base::Status ByTheBook::wait() {
  return context_.clock().pause(pause_);
}

base::Status ByTheBook::look() {
  TRY_ASSIGN(kube::Api * api, context_.api());
  TRY_ASSIGN(mesh_, mesh::observe(*api, context_.clock(), {.istioNamespace = context_.istioNamespace()}));
  return {};
}

base::Status ByTheBook::enableMultiRoot() {
  TRY_ASSIGN(kube::Api * api, context_.api());
  const auto& mesh = mesh_.observation;
  if (mesh.installation.kind == trust::InstallationKind::sail) {
    TRY_ASSIGN([[maybe_unused]] const auto done,
               api->write(mesh::enableInIstio(mesh.installation.istioName)));
    return {};
  }
  for (const auto& each : mesh.istiodDeployments) {
    TRY_ASSIGN([[maybe_unused]] const auto done,
               api->write(mesh::enableInIstiod(each.ns, each.name, each.container)));
  }
  for (const auto& config : mesh.installation.meshConfigs) {
    TRY_ASSIGN(const auto write, mesh::enableInMeshConfig(config));
    TRY_ASSIGN([[maybe_unused]] const auto done, api->write(write));
  }
  return {};
}

base::Status ByTheBook::createCaSecret() {
  TRY_ASSIGN(kube::Api * api, context_.api());
  const auto& old = **mesh_.observation.selfSigned;
  const auto write =
      mesh::createCacerts(mesh_.observation.installation.ns,
                          {old.caCert, old.caCert, old.caCert + ca_.root.pem()}, mesh_.keys.selfSigned);
  TRY_ASSIGN([[maybe_unused]] const auto done, api->write(write));
  return {};
}

base::Status ByTheBook::replaceCaSecret(const std::string& bundle) {
  TRY_ASSIGN(kube::Api * api, context_.api());
  const auto& ns = mesh_.observation.installation.ns;
  if (const auto gone = api->write(kube::remove(kube::secrets, ns, "cacerts", json::Value::object()));
      !gone && gone.error().kind != base::Kind::notFound)  // --ignore-not-found
    return base::fail(gone.error());
  TRY(context_.clock().pause(betweenCommands));
  const auto write = mesh::createCacerts(ns, {ca_.ca.caCert, ca_.ca.certChain, bundle}, ca_.key);
  TRY_ASSIGN([[maybe_unused]] const auto done, api->write(write));
  return {};
}

base::Status ByTheBook::restartIstiods() {
  TRY_ASSIGN(kube::Api * api, context_.api());
  for (const auto& each : mesh_.observation.istiodDeployments) {
    TRY_ASSIGN([[maybe_unused]] const auto done,
               api->write(mesh::restartIstiod(each.ns, each.name, "", context_.clock().now())));
  }
  return {};
}

/// "It might be necessary to restart the workload if you only see one certificate."
base::Status ByTheBook::lookAtRoots() {
  TRY(look());
  const auto* first = firstRead(mesh_.observation);
  if (!first || trusts(*first, ca_.root)) {
    progress_->note(first ? fmt::format("{}/{} trusts both roots", first->ns, first->pod)
                          : "no proxy could be read");
    return {};
  }
  progress_->note(fmt::format("{}/{} trusts one root: the workloads are restarted", first->ns, first->pod));
  TRY_ASSIGN(kube::Api * api, context_.api());
  std::set<trust::Workload> workloads;
  for (const auto& proxy : mesh_.observation.proxies) workloads.insert(proxy.workload);
  for (const auto& workload : workloads) {
    const auto write = mesh::restartWorkload(workload, context_.clock().now());
    if (!write) continue;  // a Job, a pod: nothing to restart
    TRY_ASSIGN([[maybe_unused]] const auto done, api->write(*write));
  }
  return wait();
}

base::Status ByTheBook::lookAtIssuer() {
  TRY(look());
  if (const auto* first = firstRead(mesh_.observation)) {
    progress_->note(fmt::format("{}/{} has a certificate issued by {}", first->ns, first->pod,
                                first->secrets->leaf().issuer()));
  }
  return {};
}

base::Status ByTheBook::run() {
  TRY(look());
  const auto& mesh = mesh_.observation;
  if (!mesh.selfSigned || !*mesh.selfSigned || !mesh.cacerts || *mesh.cacerts) {
    return base::fail({base::Kind::usage, "the document is about a mesh that signs with a CA of its own", "",
                       "leave out --by-the-book, or --plugged-in"});
  }
  const auto oldRoot = (**mesh.selfSigned).caCert;
  stage(1, "enable multi-root");
  TRY(enableMultiRoot());
  TRY(wait());
  stage(2, "a new root and intermediate");
  stage(3, "create secret cacerts: the old CA, both roots");
  TRY(look());  // what is read from istio-ca-secret now
  TRY(createCaSecret());
  stage(4, "restart istiod");
  TRY(restartIstiods());
  TRY(wait());
  stage(5, "verify that the workloads trust both roots");
  TRY(lookAtRoots());
  stage(6, "append the new root again");
  stage(7, "delete secret cacerts and create it with the new CA");
  TRY(replaceCaSecret(oldRoot + ca_.root.pem() + ca_.root.pem()));
  stage(8, "restart istiod");
  TRY(restartIstiods());
  TRY(wait());
  stage(9, "verify that the workloads have certificates of the new CA");
  TRY(lookAtIssuer());
  stage(10, "delete secret cacerts and create it with the new root alone");
  TRY(replaceCaSecret(ca_.root.pem()));
  stage(11, "restart istiod");
  TRY(restartIstiods());
  return wait();
}

}  // namespace cli
