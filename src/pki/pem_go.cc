// How Go reads PEM: the rules of encoding/pem's Decode and of crypto/x509's AppendCertsFromPEM around it.

#include <optional>

#include "base/text.h"
#include "pki/pem.h"
#include "pki/pem_scan.h"

namespace pki {
namespace {

constexpr std::string_view endOfBlock = "\n-----END ";
constexpr std::string_view startOfBlock = "-----BEGIN ";
constexpr auto npos = std::string_view::npos;

/// The certificate between `begin` ("-----BEGIN ") and `end` ("\n-----END "), if Go takes it.
std::optional<Certificate> certificateBetween(std::string_view text, std::size_t begin, std::size_t end) {
  if (begin > 0 && text[begin - 1] != '\n') return std::nullopt;
  const std::string_view start = text.substr(begin + startOfBlock.size());
  const std::string_view stop = text.substr(end + endOfBlock.size());
  if (firstLine(start) != "CERTIFICATE-----" || firstLine(stop) != "CERTIFICATE-----") return std::nullopt;
  const std::size_t body = text.find('\n', begin);
  if (body >= end) return std::nullopt;
  std::string encoded;
  for (const char c : text.substr(body, end - body)) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    encoded += c;  // a header's colon makes it no base64, and AppendCertsFromPEM skips blocks with headers
  }
  const auto der = encoded.size() % 4 == 0 ? base::base64Decode(encoded) : std::nullopt;
  if (!der) return std::nullopt;
  auto certificate = Certificate::fromDer(*der);
  // A negative serial number has been an error in Go since 1.23.
  if (!certificate || certificate->serial().starts_with('-')) return std::nullopt;
  return std::move(*certificate);
}

}  // namespace

std::vector<Certificate> certificatesAsGoReads(std::string_view text) {
  std::vector<Certificate> certificates;
  // The first END, the last BEGIN before it, and on from behind that END, whether it was a block or not.
  for (std::size_t end = text.find(endOfBlock); end != npos; end = text.find(endOfBlock)) {
    const std::size_t begin = text.substr(0, end).rfind(startOfBlock);
    if (begin != npos) {
      if (auto certificate = certificateBetween(text, begin, end))
        certificates.push_back(std::move(*certificate));
    }
    text.remove_prefix(end + endOfBlock.size());
  }
  return certificates;
}

}  // namespace pki
