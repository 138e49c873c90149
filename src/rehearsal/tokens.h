#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace rehearsal {

/// What a service account's token says (a JWT, as the TokenRequest API gives).
struct TokenClaims {
  std::string ns, account;
  std::vector<std::string> audiences;
  base::Time notBefore, expires;
  [[nodiscard]] std::string user() const { return "system:serviceaccount:" + ns + ":" + account; }
};

/// Tokens are good in the process that made them: signed with a key that lives as long as it.
std::string makeToken(const TokenClaims& claims);
/// The claims of a token made here, whether it has expired or not; nullopt for any other.
std::optional<TokenClaims> readToken(std::string_view token);

}  // namespace rehearsal
