#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/http2_server.h"
#include "support/fake_api.h"
#include "support/test_ca.h"

namespace support {

/// The secure port of an istiod: TLS with a certificate of its CA, and behind it gRPC's CreateCertificate as
/// istiod answers it (istio: security/pkg/server/ca/server.go).
struct FakeIstiod {
  TestCa ca;
  bool plugged = true;   // cert-chain.pem goes out with each certificate
  std::string bundle{};  // root-cert.pem
  std::string dnsName = "istiod.istio-system.svc";
  std::string protocol = "h2";
  bool wantsClientCertificate = false;
  base::Time now = start;
  /// Instead of a certificate for the request's key.
  std::function<net::Http2Server::Answer(const net::Http2Server::Request&)> answer{};

  /// The behaviour of its port-forward; what was asked goes to `seen`, which must outlive it.
  [[nodiscard]] FakeApi::Stream stream(std::vector<net::Http2Server::Request>& seen) const;
  /// The message that answers a request, as protobuf.
  [[nodiscard]] std::string respond(std::string_view request) const;
};

}  // namespace support
