#include "mesh/ca_token.h"

#include <algorithm>

namespace mesh {

namespace {

constexpr std::int64_t leastLife = 600;  // seconds; the API server refuses less
constexpr base::Seconds margin{60}, refusalLife{60};

struct Granted {
  base::Secret token;
  base::Seconds life{};
};

kube::Write requestFor(const std::string& ns, const std::string& audience) {
  const auto spec = json::Value::object(
      {{"audiences", json::Array{json::Value(audience)}}, {"expirationSeconds", leastLife}});
  auto body = json::Value::object(
      {{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenRequest"}, {"spec", spec}});
  kube::Write write{"POST", kube::serviceAccounts.path(ns, "default", "token"), "application/json",
                    std::move(body)};
  write.secret = true;  // the answer is
  return write;
}

base::Result<Granted> ask(kube::Api& api, const std::string& ns, const std::string& audience) {
  TRY_ASSIGN(const auto answer, api.write(requestFor(ns, audience)));
  const auto text = answer["status"]["token"].text();
  Granted granted{base::Secret(std::string(text)), base::Seconds{leastLife}};
  base::cleanse(const_cast<char*>(text.data()), text.size());  // ours alone, and not looked at again
  if (granted.token.empty())
    return base::fail({base::Kind::failed, "token for serviceaccount " + ns + "/default",
                       "the answer to the TokenRequest holds none"});
  // A server may give another life than what was asked for.
  if (const auto given = answer["spec"]["expirationSeconds"].integer())
    granted.life = base::Seconds{std::clamp<std::int64_t>(*given, 0, leastLife)};
  return granted;
}

}  // namespace

base::Result<base::Secret> CaToken::get(kube::Api& api, base::Clock& clock, const std::string& ns,
                                        const std::string& audience) {
  const auto now = clock.elapsed();
  const auto wanted = ns + " " + audience;
  if (wanted == askedFor_ && now < until_) return last_;
  auto granted = ask(api, ns, audience);
  if (!granted && granted.error().kind == base::Kind::interrupted) return base::fail(granted.error());
  askedFor_ = wanted;
  until_ = now + (granted ? std::max(granted->life - margin, base::Seconds{0}) : refusalLife);
  if (granted) {
    last_ = std::move(granted->token);
  } else {
    last_ = base::fail(granted.error());
  }
  return last_;
}

}  // namespace mesh
