#pragma once

#include <string>
#include <string_view>

namespace base {

/// "ADMIN_TOKEN", "password", "x-api-key": what is named so is not shown.
bool namesSecret(std::string_view name);

/// A text that others wrote (a log, a YAML document) without what it should not hold: PEM blocks of keys,
/// what looks like a token (a JWT, or what follows "Bearer" and "Basic"), and on lines "name: value" and
/// "name=value" the values of names that name a secret.
std::string redactText(std::string_view text);

}  // namespace base
