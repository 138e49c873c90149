#include "mesh/serving.h"

#include <utility>

namespace mesh {

namespace {

constexpr int securePort = 15012;

}  // namespace

std::string TlsPeek::onOpen() {
  return client_.start();
}

base::Result<std::string> TlsPeek::onBytes(std::string_view bytes) {
  return client_.feed(bytes);
}

base::Status TlsPeek::onEnd() {
  return base::fail(
      {base::Kind::unavailable, "TLS handshake: the connection ended before the server's certificate"});
}

trust::Reading<trust::Certificates> TlsPeek::chain() const {
  auto chain = client_.peerChain();
  if (chain.empty()) return tl::unexpected(trust::Unreadable{"a certificate that it serves cannot be read"});
  return chain;
}

ServingReader::ServingReader(std::vector<trust::Istiod>& istiods, const std::vector<bool>& running) {
  for (std::size_t i = 0; i < istiods.size(); ++i) {
    auto& istiod = istiods[i];
    if (!running[i]) {
      istiod.serving = tl::unexpected(trust::Unreadable{"its container does not run"});
      continue;
    }
    reads_.push_back({&istiod, std::make_unique<TlsPeek>("istiod." + istiod.ns + ".svc")});
  }
}

std::vector<kube::PortForward> ServingReader::forwards() const {
  std::vector<kube::PortForward> forwards;
  for (const auto& read : reads_) {
    forwards.push_back({{read.istiod->ns, read.istiod->pod}, securePort, read.peek.get()});
  }
  return forwards;
}

base::Status ServingReader::finish(const std::vector<base::Result<void>>& held) {
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    if (held[i]) {
      reads_[i].istiod->serving = reads_[i].peek->chain();
      continue;
    }
    const auto& error = held[i].error();
    if (error.kind == base::Kind::interrupted) return base::fail(error);
    reads_[i].istiod->serving =
        tl::unexpected(trust::Unreadable{base::describe(error), error.kind == base::Kind::forbidden});
  }
  return {};
}

}  // namespace mesh
