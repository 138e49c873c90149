#include "rehearsal/tokens.h"

#include "base/random.h"
#include "base/text.h"
#include "json/value.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr std::string_view head = R"({"alg":"HS256","kid":"rehearsal"})";

std::string urlEncode(std::string_view bytes) {
  std::string text = base::base64Encode(bytes);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::optional<std::string> urlDecode(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  return base::base64Decode(text);
}

/// Not HMAC, but as good with a digest of fixed length over a random key on both sides.
std::string sign(const std::string& text) {
  static const std::string key = base::randomBytes(32);
  return urlEncode(base::sha256Hex(key + base::sha256Hex(key + text)));
}

std::int64_t seconds(base::Time time) {
  return time.time_since_epoch().count();
}

}  // namespace

std::string makeToken(const TokenClaims& claims) {
  Value audiences = Value::array();
  for (const std::string& each : claims.audiences) audiences.push(each);
  const Value account = Value::object({{"name", claims.account}});
  const Value body = Value::object(
      {{"aud", audiences},
       {"exp", seconds(claims.expires)},
       {"iat", seconds(claims.notBefore)},
       {"iss", "https://kubernetes.default.svc.cluster.local"},
       {"kubernetes.io", Value::object({{"namespace", claims.ns}, {"serviceaccount", account}})},
       {"nbf", seconds(claims.notBefore)},
       {"sub", claims.user()}});
  const std::string text = urlEncode(head) + "." + urlEncode(json::dump(body));
  return text + "." + sign(text);
}

std::optional<TokenClaims> readToken(std::string_view token) {
  const auto parts = base::split(token, '.');
  if (parts.size() != 3 || parts[2] != sign(parts[0] + "." + parts[1])) return std::nullopt;
  const auto body = urlDecode(parts[1]);
  const auto claims = json::parse(body.value_or(""));
  if (!claims) return std::nullopt;
  TokenClaims read{std::string((*claims)["kubernetes.io"]["namespace"].text()),
                   std::string((*claims)["kubernetes.io"]["serviceaccount"]["name"].text()),
                   {},
                   base::Time(base::Seconds((*claims)["nbf"].integer().value_or(0))),
                   base::Time(base::Seconds((*claims)["exp"].integer().value_or(0)))};
  for (const Value& each : (*claims)["aud"].items()) read.audiences.emplace_back(each.text());
  return read;
}

}  // namespace rehearsal
