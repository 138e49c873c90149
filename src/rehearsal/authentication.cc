#include "rehearsal/authentication.h"

#include "base/text.h"
#include "net/header.h"
#include "rehearsal/access_rules.h"
#include "rehearsal/tokens.h"

namespace rehearsal {
namespace {

constexpr const char* authenticated = "system:authenticated";

/// "O = system:masters, CN = admin".
User userOf(const pki::Certificate& certificate) {
  User user;
  for (const std::string& part : base::split(certificate.subject(), ',')) {
    const auto equals = part.find(" = ");
    if (equals == std::string::npos) continue;
    const std::string_view name = base::trim(std::string_view(part).substr(0, equals));
    if (name == "CN") user.name = part.substr(equals + 3);
    if (name == "O") user.groups.push_back(part.substr(equals + 3));
  }
  user.groups.emplace_back(authenticated);
  return user;
}

Granted<User> identify(const ApiRequest& request, const std::vector<pki::Certificate>& client,
                       base::Time now) {
  if (!client.empty()) return userOf(client.front());
  const std::string_view authorization = request.http.header("Authorization");
  if (authorization.empty()) return User{"system:anonymous", {"system:unauthenticated"}};
  constexpr std::string_view bearer = "Bearer ";
  const auto claims =
      authorization.starts_with(bearer) ? readToken(authorization.substr(bearer.size())) : std::nullopt;
  if (!claims || now >= claims->expires) return refuse(injected(401));
  return User{claims->user(),
              {"system:serviceaccounts", "system:serviceaccounts:" + claims->ns, authenticated}};
}

}  // namespace

Granted<User> authenticate(const ApiRequest& request, const std::vector<pki::Certificate>& client,
                           const Store& store, base::Time now) {
  GRANT_ASSIGN(const User user, identify(request, client, now));
  const std::string as(request.http.header("Impersonate-User"));
  if (as.empty()) return user;
  const Attributes wanted{"impersonate", "", "users", "", "", as};
  if (!isAllowed(store, user, wanted))
    return refuse(forbidden({"", "users", "", as}, whyNotAllowed(user, wanted)));
  User other{as, {}};
  for (const auto& [name, value] : request.http.headers)
    if (net::equalsIgnoringCase(name, "Impersonate-Group")) other.groups.push_back(value);
  other.groups.emplace_back(authenticated);
  return other;
}

}  // namespace rehearsal
