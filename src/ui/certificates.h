#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "json/value.h"
#include "trust/observation.h"

namespace ui {

/// The most telling part of a name as OpenSSL prints it on one line: the CN, else the O, else all of it.
/// "O = Istio, CN = Root CA" gives "Root CA".
std::string briefName(std::string_view oneline);

/// What is left of a certificate's time: "23h5m", or "expired".
std::string remaining(const pki::Certificate& certificate, base::Time now);

/// A certificate in JSON: sha256, subject, issuer, serial, notBefore, notAfter, key, and where there are any
/// uris and dnsNames.
json::Value certificateJson(const pki::Certificate& certificate);
/// Only the fingerprints.
json::Value fingerprintsJson(const trust::Certificates& certificates);
json::Value textsJson(const std::vector<std::string>& texts);

}  // namespace ui
