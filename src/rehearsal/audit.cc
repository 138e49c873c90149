#include "rehearsal/audit.h"

#include "rehearsal/access_rules.h"

namespace rehearsal {
namespace {

using json::Value;

Value userOf(const User& user) {
  Value groups = Value::array();
  for (const auto& group : user.groups) groups.push(group);
  return Value::object({{"username", user.name}, {"groups", std::move(groups)}});
}

Value referenceTo(const ApiRequest& request) {
  Value reference = Value::object({{"resource", request.plural}});
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) reference.set(name, value);
  };
  add("namespace", request.ns);
  add("name", request.name);
  add("apiGroup", request.group);
  add("apiVersion", request.version);
  add("subresource", request.sub);
  return reference;
}

}  // namespace

bool isAudited(const ApiRequest& request) {
  const std::string verb = attributesOf(request).verb;
  return (verb != "get" && verb != "list" && verb != "watch") || request.sub == "exec" ||
         request.sub == "portforward";
}

Value auditEvent(const ApiRequest& request, int status, const std::string& received,
                 const std::string& answered) {
  Value event = Value::object({{"kind", "Event"},
                               {"apiVersion", "audit.k8s.io/v1"},
                               {"level", "Metadata"},
                               {"stage", "ResponseComplete"},
                               {"requestURI", request.http.target},
                               {"verb", attributesOf(request).verb},
                               {"user", userOf(request.user)},
                               {"userAgent", request.http.header("User-Agent")}});
  if (request.ofResource) event.set("objectRef", referenceTo(request));
  event.set("responseStatus", Value::object({{"code", status}}));
  event.set("requestReceivedTimestamp", received);
  event.set("stageTimestamp", answered);
  return event;
}

}  // namespace rehearsal
