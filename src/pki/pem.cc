#include "pki/pem.h"

#include <fmt/format.h>

#include "pki/pem_scan.h"

namespace pki {
namespace {

base::Error wrongType(const PemBlock& block, std::string_view name) {
  const bool key = block.type.find("PRIVATE KEY") != std::string::npos;
  std::string hint = "Only CERTIFICATE blocks belong into this file.";
  if (block.type == "TRUSTED CERTIFICATE" || block.type == "X509 CERTIFICATE") {
    hint = "Istio reads blocks of type CERTIFICATE alone. Convert with: openssl x509 -in FILE -out FILE.pem";
  } else if (key) {
    hint =
        "A private key must not be in a file of certificates: remove it. If others could read the file, "
        "treat the key as lost.";
  } else if (block.type.find("CERTIFICATE REQUEST") != std::string::npos) {
    hint = "This is a request (CSR). The certificate is what the CA sends back for it.";
  }
  return {base::Kind::usage, fmt::format("{}, line {}: not a certificate", name, block.line),
          fmt::format("the block there is of type {}", block.type), hint};
}

}  // namespace

base::Result<std::vector<Block>> locateCertificates(std::string_view pem, std::string_view name) {
  TRY_ASSIGN(const auto found, scanPem(pem, name));
  std::vector<Block> blocks;
  for (const PemBlock& block : found) {
    if (block.type != "CERTIFICATE") return base::fail(wrongType(block, name));
    auto certificate = Certificate::fromDer(block.der);
    if (!certificate) {
      base::Error error = certificate.error();
      error.message = fmt::format("{}, line {}: {}", name, block.line, error.message);
      return base::fail(std::move(error));
    }
    blocks.push_back({block.begin, block.end, std::move(*certificate)});
  }
  if (blocks.empty()) {
    return base::fail(
        {base::Kind::usage, fmt::format("{} holds no certificate", name),
         pem.empty() ? "it is empty" : "no \"-----BEGIN CERTIFICATE-----\" in it",
         "A PEM file is expected. Convert DER with: openssl x509 -inform DER -in FILE -out FILE.pem"});
  }
  return blocks;
}

base::Result<std::vector<Certificate>> parseCertificates(std::string_view pem, std::string_view name) {
  TRY_ASSIGN(auto blocks, locateCertificates(pem, name));
  std::vector<Certificate> certificates;
  certificates.reserve(blocks.size());
  for (Block& block : blocks) certificates.push_back(std::move(block.certificate));
  return certificates;
}

std::string toPem(const std::vector<Certificate>& certificates) {
  std::string pem;
  for (const Certificate& certificate : certificates) pem += certificate.pem();
  return pem;
}

}  // namespace pki
