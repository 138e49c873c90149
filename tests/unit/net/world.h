#pragma once

#include <string>
#include <utility>

#include "net/http.h"
#include "unit/net/tls_server.h"

namespace net::test {

/// Servers and clients; the keys are made once for all tests.
struct World {
  Identity ca = makeCa("test CA"), otherCa = makeCa("another CA"), clientCa = makeCa("client CA");
  Identity byAddress = makeLeaf(ca, "by address", "IP:127.0.0.1");
  Identity byName = makeLeaf(ca, "by name", "DNS:kubernetes.default");
  Identity byWildcard = makeLeaf(ca, "by wildcard", "DNS:*.example.org");
  Identity byCommonName = makeLeaf(ca, "kubernetes", "");
  Identity otherAddress = makeLeaf(ca, "other address", "IP:127.0.0.2");
  Identity expired = makeLeaf(ca, "expired", "IP:127.0.0.1", -60);
  Identity client = makeLeaf(clientCa, "jane", ""), expiredClient = makeLeaf(clientCa, "jane", "", -60);
};
inline const World& world() {
  static const World made;
  return made;
}

inline Endpoint endpoint(const TlsServer& server, const Identity& ca = world().ca,
                         std::string serverName = {}) {
  Endpoint made;
  made.url = server.url();
  made.caPem = ca.certificatePem;
  made.tlsServerName = std::move(serverName);
  return made;
}

inline Endpoint withClient(Endpoint made, const Identity& client) {
  made.clientCertificatePem = client.certificatePem;
  made.clientKeyPem = base::Secret(std::string(client.keyPem));
  return made;
}

}  // namespace net::test
