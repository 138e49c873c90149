#include "ui/certificates.h"

namespace ui {

std::string briefName(std::string_view oneline) {
  for (const std::string_view attribute : {"CN = ", "O = "}) {
    std::size_t at = oneline.starts_with(attribute) ? 0 : oneline.find(", " + std::string(attribute));
    if (at == std::string_view::npos) continue;
    at += attribute.size() + (at == 0 ? 0 : 2);
    const std::string_view value = oneline.substr(at, oneline.find(", ", at) - at);
    if (!value.empty()) return std::string(value);
  }
  return oneline.empty() ? "(no name)" : std::string(oneline);
}

std::string remaining(const pki::Certificate& certificate, base::Time now) {
  return certificate.notAfter() <= now ? "expired" : base::formatDuration(certificate.notAfter() - now);
}

json::Value certificateJson(const pki::Certificate& certificate) {
  json::Value value = json::Value::object({{"sha256", certificate.fingerprint()},
                                           {"subject", certificate.subject()},
                                           {"issuer", certificate.issuer()},
                                           {"serial", certificate.serial()},
                                           {"notBefore", base::formatTime(certificate.notBefore())},
                                           {"notAfter", base::formatTime(certificate.notAfter())},
                                           {"key", certificate.keyDescription()}});
  if (const auto uris = certificate.uris(); !uris.empty()) value.set("uris", textsJson(uris));
  if (const auto names = certificate.dnsNames(); !names.empty()) value.set("dnsNames", textsJson(names));
  return value;
}

json::Value fingerprintsJson(const trust::Certificates& certificates) {
  json::Array items;
  for (const pki::Certificate& certificate : certificates) items.emplace_back(certificate.fingerprint());
  return json::Value::array(std::move(items));
}

json::Value textsJson(const std::vector<std::string>& texts) {
  json::Array items;
  for (const std::string& text : texts) items.emplace_back(text);
  return json::Value::array(std::move(items));
}

}  // namespace ui
