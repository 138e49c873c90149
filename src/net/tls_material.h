#pragma once

#include <curl/curl.h>

#include <memory>

#include "net/http.h"

struct ssl_ctx_st;

namespace net {

/// What every connection to an endpoint trusts and presents, parsed once: left alone, curl reads the CA, the
/// certificate and the key anew for each of a fleet of streams, which takes most of the time that a
/// connection takes. Where it is not known that this gives what curl would make of them itself (its TLS is
/// not OpenSSL, something does not parse, an https proxy, which is trusted otherwise), nothing is shared, and
/// curl reads them and says what is wrong.
class TlsMaterial {
 public:
  TlsMaterial();
  /// `proxy` as chosen for this endpoint; may be empty.
  TlsMaterial(const Endpoint& endpoint, const std::string& proxy);
  TlsMaterial(TlsMaterial&&) noexcept;
  TlsMaterial& operator=(TlsMaterial&&) noexcept;
  ~TlsMaterial();

  /// Hands over all of the endpoint's CA, client certificate and key; false if curl has to be given them as
  /// text. The handle's transfers must end before this does.
  [[nodiscard]] bool applyTo(CURL* easy) const;
  /// The endpoint names the CA to trust, and it is shared.
  [[nodiscard]] bool trusts() const;
  /// The same for a context of OpenSSL's; false if it does not take it.
  [[nodiscard]] bool applyTo(ssl_ctx_st* context) const;

 private:
  struct Parsed;
  std::unique_ptr<const Parsed> parsed_;
};

}  // namespace net
