#include "rehearsal/reviews.h"

#include <algorithm>

#include "rehearsal/access_rules.h"
#include "rehearsal/objects.h"
#include "rehearsal/tokens.h"

namespace rehearsal {
namespace {

using json::Value;

std::string text(const Value& value) {
  return std::string(value.text());
}

Value accessReview(Value object, const ApiRequest& request, const Store& store) {
  const Value& spec = object["spec"];
  const Value& of = spec["resourceAttributes"];
  const Value& other = spec["nonResourceAttributes"];
  const Attributes wanted =
      of.isObject() ? Attributes{text(of["verb"]),        text(of["group"]),     text(of["resource"]),
                                 text(of["subresource"]), text(of["namespace"]), text(of["name"])}
                    : Attributes{.verb = text(other["verb"]), .path = text(other["path"])};
  const bool allowed = isAllowed(store, request.user, wanted);
  return object.set("status", Value::object({{"allowed", allowed}}));
}

Value rulesReview(Value object, const ApiRequest& request, const Store& store) {
  Value resources = Value::array(), others = Value::array();
  for (Value& rule : rulesFor(store, request.user, text(object["spec"]["namespace"])))
    (rule["nonResourceURLs"].items().empty() ? resources : others).push(std::move(rule));
  return object.set("status", Value::object({{"resourceRules", std::move(resources)},
                                             {"nonResourceRules", std::move(others)},
                                             {"incomplete", false}}));
}

Value selfReview(Value object, const ApiRequest& request) {
  const Value info =
      Value::object({{"username", request.user.name}, {"groups", arrayOf(request.user.groups)}});
  return object.set("status", Value::object({{"userInfo", info}}));
}

Value tokenReview(Value object, base::Time now) {
  const auto claims = readToken(object["spec"]["token"].text());
  const auto& wanted = object["spec"]["audiences"].items();
  const bool fits = claims && now < claims->expires &&
                    (wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const Value& audience) {
                       const auto& all = claims->audiences;
                       return std::find(all.begin(), all.end(), audience.text()) != all.end();
                     }));
  Value status = Value::object({{"authenticated", fits}});
  if (fits) status.set("user", Value::object({{"username", claims->user()}}));
  if (!fits) status.set("error", "invalid bearer token");
  return object.set("status", std::move(status));
}

Granted<ApiAnswer> token(const ApiRequest& request, Value object, const Store& store, base::Time now) {
  if (store.find(request.key()) == nullptr) return refuse(notFound(request.key()));
  std::vector<std::string> audiences;
  for (const Value& each : object["spec"]["audiences"].items()) audiences.emplace_back(each.text());
  if (audiences.empty()) audiences.emplace_back("https://kubernetes.default.svc.cluster.local");
  const auto seconds = object["spec"]["expirationSeconds"].integer().value_or(3600);
  if (seconds < 600)
    return refuse(invalid(
        {"authentication.k8s.io", "tokenrequests", "", ""}, "TokenRequest",
        {{"FieldValueInvalid",
          "Invalid value: " + std::to_string(seconds) + ": may not specify a duration less than 10 minutes",
          "spec.expirationSeconds"}}));
  const base::Time expires = now + base::Seconds(seconds);
  object.set("kind", "TokenRequest");
  object.set("apiVersion", "authentication.k8s.io/v1");
  object.at("metadata").set("name", request.name);
  object.at("metadata").set("namespace", request.ns);
  object.at("spec").set("audiences", arrayOf(audiences));
  object.at("spec").set("expirationSeconds", seconds);
  object.set("status",
             Value::object({{"token", makeToken({request.ns, request.name, audiences, now, expires})},
                            {"expirationTimestamp", base::formatTime(expires)}}));
  return answerOf(object, 201);
}

}  // namespace

std::optional<Granted<ApiAnswer>> review(const ApiRequest& request, const Store& store,
                                         const Simulation& simulation) {
  const bool isToken = request.plural == "serviceaccounts" && request.sub == "token";
  const bool ours = request.group == "authorization.k8s.io" || request.group == "authentication.k8s.io";
  if (request.verb != "create" || (!isToken && !ours)) return std::nullopt;
  auto body = request.body();
  if (!body) return refuse(body.error());
  Value object = std::move(*body);
  if (isToken) return token(request, std::move(object), store, simulation.now());
  const auto done = [](Value value) { return Granted<ApiAnswer>(answerOf(value, 201)); };
  if (request.plural == "selfsubjectaccessreviews")
    return done(accessReview(std::move(object), request, store));
  if (request.plural == "selfsubjectrulesreviews")
    return done(rulesReview(std::move(object), request, store));
  if (request.plural == "selfsubjectreviews") return done(selfReview(std::move(object), request));
  if (request.plural == "tokenreviews") return done(tokenReview(std::move(object), simulation.now()));
  return std::nullopt;
}

}  // namespace rehearsal
