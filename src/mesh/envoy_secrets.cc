#include "mesh/envoy_secrets.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"
#include "json/value.h"
#include "pki/pem.h"

namespace mesh {

namespace {

using base::Kind;
using json::Value;

/// Envoy writes snake_case, istioctl camelCase.
const Value& field(const Value& object, std::string_view snake, std::string_view camel) {
  return object.has(snake) ? object[snake] : object[camel];
}

struct Secrets {
  std::vector<const Value*> active{}, warming{};
  bool recognized = false;
};

void append(std::vector<const Value*>& to, const Value& list) {
  for (const auto& item : list.items()) to.push_back(&item);
}

/// The two lists of a SecretsConfigDump (envoy: api/envoy/admin/v3/config_dump.proto).
void collect(Secrets& secrets, const Value& dump) {
  secrets.recognized = true;
  append(secrets.active, field(dump, "dynamic_active_secrets", "dynamicActiveSecrets"));
  append(secrets.warming, field(dump, "dynamic_warming_secrets", "dynamicWarmingSecrets"));
}

bool hasSecretLists(const Value& value) {
  return value.has("dynamic_active_secrets") || value.has("dynamic_warming_secrets") ||
         value.has("dynamicActiveSecrets") || value.has("dynamicWarmingSecrets");
}

Secrets secretsOf(const Value& dump) {
  Secrets secrets;
  if (hasSecretLists(dump)) collect(secrets, dump);
  for (const auto& config : dump["configs"].items()) {
    const auto type = config["@type"].text();
    if (type.ends_with("SecretsConfigDump") || hasSecretLists(config)) {
      collect(secrets, config);
    } else if (type.ends_with("SecretsConfigDump.DynamicSecret")) {
      secrets.recognized = true;
      secrets.active.push_back(&config);
    }
  }
  return secrets;
}

bool anyNamed(const std::vector<const Value*>& secrets, std::string_view name) {
  return std::any_of(secrets.begin(), secrets.end(),
                     [&](const Value* secret) { return (*secret)["name"].text() == name; });
}

/// Envoy keeps a secret of one name once for each source that it is asked of: the same content does no harm.
base::Result<const Value*> named(const Secrets& secrets, std::string_view name) {
  const Value* found = nullptr;
  for (const auto* secret : secrets.active) {
    if ((*secret)["name"].text() != name) continue;
    if (found != nullptr && (*found)["secret"] != (*secret)["secret"]) {
      return base::fail({Kind::usage, "the dump holds two different secrets " + std::string(name)});
    }
    found = secret;
  }
  if (found != nullptr) return found;
  if (anyNamed(secrets.warming, name)) {
    return base::fail({Kind::unproven, "secret " + std::string(name) + " is still warming",
                       "the proxy has asked for it and holds none yet"});
  }
  return base::fail({Kind::usage, "the dump holds no secret " + std::string(name),
                     secrets.active.empty() ? "it holds no secrets at all" : "",
                     "read a proxy that takes part in the mesh's mTLS"});
}

/// The bytes of a DataSource: base64 in inline_bytes, as they are in inline_string.
base::Result<std::string> bytesOf(const Value& source, const std::string& what) {
  const auto& bytes = field(source, "inline_bytes", "inlineBytes");
  if (bytes.isString()) {
    if (auto decoded = base::base64Decode(bytes.text())) return *std::move(decoded);
    return base::fail({Kind::usage, what + " is not base64"});
  }
  const auto& text = field(source, "inline_string", "inlineString");
  if (text.isString()) return std::string(text.text());
  if (const auto file = source["filename"].text(); !file.empty()) {
    return base::fail({Kind::unsupported, what + " comes from a file of the proxy", std::string(file)});
  }
  return base::fail({Kind::usage, what + " has no inline_bytes"});
}

base::Result<trust::Certificates> chainOf(const Value& secret) {
  const std::string what = "certificate_chain of secret default";
  const auto& certificate = field(secret["secret"], "tls_certificate", "tlsCertificate");
  TRY_ASSIGN(const auto pem, bytesOf(field(certificate, "certificate_chain", "certificateChain"), what));
  return pki::parseCertificates(pem, what);
}

base::Result<trust::Certificates> rootsOf(const Value& secret) {
  const std::string what = "trusted_ca of secret ROOTCA";
  const auto& context = field(secret["secret"], "validation_context", "validationContext");
  const auto& custom = field(context, "custom_validator_config", "customValidatorConfig");
  if (!custom.isNull()) {
    // istio: istioctl/pkg/writer/compare/sds/util.go:263-286
    return base::fail(
        {Kind::unsupported, "secret ROOTCA is a custom validator, not a set of roots",
         std::string(custom["name"].text()) + " (as with SPIRE and with federated trust domains)"});
  }
  TRY_ASSIGN(const auto pem, bytesOf(field(context, "trusted_ca", "trustedCa"), what));
  TRY_ASSIGN(const auto all, pki::parseCertificates(pem, what));
  trust::Certificates distinct;
  for (const auto& root : all) {
    if (std::find(distinct.begin(), distinct.end(), root) == distinct.end()) distinct.push_back(root);
  }
  return distinct;
}

base::Error notADump(const Value& dump) {
  if (dump.has("certificates") && dump["certificates"].isArray()) {
    return {Kind::unsupported, "this is the dump of a ztunnel, or Envoy's /certs, and not its secrets", "",
            "dump Envoy's /config_dump; ambient mode is not handled"};
  }
  return {
      Kind::usage, "this is no dump of Envoy's secrets",
      "neither a config_dump with a SecretsConfigDump nor what istioctl proxy-config secret -o json prints",
      "make one with: istioctl proxy-config secret POD -n NAMESPACE -o json"};
}

}  // namespace

base::Result<trust::ProxySecrets> parseEnvoySecrets(std::string_view dump) {
  auto document = json::parse(dump);
  if (!document) {
    auto error = notADump(Value());
    error.reason = base::describe(document.error());
    return base::fail(std::move(error));
  }
  const auto secrets = secretsOf(*document);
  if (!secrets.recognized) {
    if ((*document)["configs"].isArray() && (*document)["configs"].items().empty()) {
      return base::fail({Kind::usage, "the dump holds no secrets", "its configs are empty"});
    }
    return base::fail(notADump(*document));
  }
  TRY_ASSIGN(const auto* own, named(secrets, "default"));
  TRY_ASSIGN(const auto* trusted, named(secrets, "ROOTCA"));
  trust::ProxySecrets result;
  TRY_ASSIGN(result.chain, chainOf(*own));
  TRY_ASSIGN(result.roots, rootsOf(*trusted));
  result.warming = anyNamed(secrets.warming, "default") || anyNamed(secrets.warming, "ROOTCA");
  result.version = field(*own, "version_info", "versionInfo").text();
  result.lastUpdated = field(*own, "last_updated", "lastUpdated").text();
  return result;
}

}  // namespace mesh
