#include "mesh/read_proxies.h"

#include <algorithm>
#include <string>

#include "base/parallel.h"
#include "base/text.h"
#include "mesh/envoy_secrets.h"
#include "pki/pem.h"

namespace mesh {

namespace {

constexpr int adminPort = 15000;
constexpr const char* mountedPath = "/var/run/secrets/istio/root-cert.pem";

// Dumps of Envoy, which take some tenth of a millisecond each to read.
constexpr std::size_t worthAThread = 50;

using ReadSecrets = base::Result<trust::ProxySecrets>;

kube::PodRef refOf(const trust::Proxy& proxy) {
  return {proxy.ns, proxy.pod};
}

ReadSecrets fromForward(const kube::HttpGet& get, const base::Result<void>& held) {
  if (!held) return base::fail(held.error());
  TRY_ASSIGN(const auto body, get.body());
  return parseEnvoySecrets(body);
}

ReadSecrets fromExec(const base::Result<kube::ExecOutput>& output) {
  if (!output) return base::fail(output.error());
  if (output->exitCode != 0) {
    return base::fail({base::Kind::failed, "pilot-agent ended with " + std::to_string(output->exitCode),
                       std::string(base::trim(output->err).substr(0, 200))});
  }
  // It prints whatever Envoy answers, an error's text too (istio: pilot/pkg/request/command.go:49-52).
  return parseEnvoySecrets(output->out);
}

trust::Unreadable unreadableBothWays(const base::Error& byForward, const base::Error& byExec) {
  const auto forbidden = [](const base::Error& error) { return error.kind == base::Kind::forbidden; };
  return {base::describe(byForward) + "; " + base::describe(byExec),
          forbidden(byForward) || forbidden(byExec)};
}

/// A dump that came whole and is not what it should be will be no better by another way.
bool worthAnotherWay(const base::Result<void>& held) {
  return !held;
}

std::string whyNoFile(const kube::ExecOutput& output) {
  std::string reason(base::trim(output.err).substr(0, 200));
  if (reason.empty()) reason = "cat ended with " + std::to_string(output.exitCode);
  return reason;
}

trust::Reading<trust::Certificates> mountedFrom(const base::Result<kube::ExecOutput>& output) {
  if (!output) {
    const auto& error = output.error();
    const bool refused = error.kind == base::Kind::forbidden;
    const auto why = base::describe(error);
    // The runtime's words when there is no such program in the image.
    const bool noCat = why.find("executable file not found") != std::string::npos ||
                       why.find("no such file") != std::string::npos;
    return tl::unexpected(
        trust::Unreadable{noCat ? "there is no cat in its image (distroless)" : why, refused});
  }
  if (output->exitCode == 126 || output->exitCode == 127) {
    return tl::unexpected(
        trust::Unreadable{"there is no cat in its image (distroless): " + whyNoFile(*output)});
  }
  if (output->exitCode != 0) return tl::unexpected(trust::Unreadable{whyNoFile(*output)});
  auto roots = pki::parseCertificates(output->out, mountedPath);
  if (!roots) return tl::unexpected(trust::Unreadable{base::describe(roots.error())});
  return *std::move(roots);
}

}  // namespace

SecretsReader::SecretsReader(const std::vector<trust::Proxy*>& proxies) {
  for (auto* proxy : proxies) {
    if (!proxy->running) {
      proxy->secrets = tl::unexpected(trust::Unreadable{"its proxy does not run"});
      continue;
    }
    reads_.push_back({proxy, std::make_unique<kube::HttpGet>(std::string(secretsPath))});
  }
}

std::vector<kube::PortForward> SecretsReader::forwards() const {
  std::vector<kube::PortForward> forwards;
  for (const auto& read : reads_) forwards.push_back({refOf(*read.proxy), adminPort, read.get.get()});
  return forwards;
}

base::Status SecretsReader::finish(kube::Api& api, const std::vector<base::Result<void>>& held,
                                   base::Millis timeout) {
  std::vector<std::pair<trust::Proxy*, base::Error>> failed;
  std::vector<ReadSecrets> read(reads_.size());
  base::inParallel(reads_.size(), worthAThread,
                   [&](std::size_t i) { read[i] = fromForward(*reads_[i].get, held[i]); });
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    if (!held[i] && base::interrupted(held[i].error())) return base::fail(held[i].error());
    auto& secrets = read[i];
    if (secrets) {
      reads_[i].proxy->secrets = *std::move(secrets);
    } else if (worthAnotherWay(held[i])) {
      failed.emplace_back(reads_[i].proxy, secrets.error());
    } else {
      reads_[i].proxy->secrets = tl::unexpected(trust::Unreadable{base::describe(secrets.error())});
    }
  }
  if (failed.empty()) return {};
  std::vector<kube::Exec> execs;
  for (const auto& [proxy, error] : failed) {
    execs.push_back({refOf(*proxy),
                     proxy->container,
                     {"pilot-agent", "request", "GET", std::string(secretsPath.substr(1))}});
  }
  const auto outputs = kube::execute(api, execs, timeout);
  for (std::size_t i = 0; i < failed.size(); ++i) {
    auto& [proxy, error] = failed[i];
    if (!outputs[i] && base::interrupted(outputs[i].error())) return base::fail(outputs[i].error());
    auto secrets = fromExec(outputs[i]);
    if (secrets) {
      proxy->secrets = *std::move(secrets);
    } else {
      proxy->secrets = tl::unexpected(unreadableBothWays(error, secrets.error()));
    }
  }
  return {};
}

base::Status readSecrets(kube::Api& api, std::vector<trust::Proxy>& proxies, base::Millis timeout) {
  std::vector<trust::Proxy*> all;
  for (auto& proxy : proxies) all.push_back(&proxy);
  SecretsReader reader(all);
  const auto forwards = reader.forwards();
  if (forwards.empty()) return {};
  return reader.finish(api, kube::forward(api, forwards, timeout), timeout);
}

base::Status readMountedRoots(kube::Api& api, const std::vector<trust::Proxy*>& proxies,
                              base::Millis timeout) {
  std::vector<trust::Proxy*> asked;
  std::vector<kube::Exec> execs;
  for (auto* proxy : proxies) {
    if (!proxy->running) {
      proxy->mounted = tl::unexpected(trust::Unreadable{"its proxy does not run"});
      continue;
    }
    asked.push_back(proxy);
    execs.push_back({refOf(*proxy), proxy->container, {"cat", mountedPath}});
  }
  if (execs.empty()) return {};
  const auto outputs = kube::execute(api, execs, timeout);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (!outputs[i] && base::interrupted(outputs[i].error())) return base::fail(outputs[i].error());
    asked[i]->mounted = mountedFrom(outputs[i]);
  }
  return {};
}

}  // namespace mesh
