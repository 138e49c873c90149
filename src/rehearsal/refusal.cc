#include "rehearsal/refusal.h"

#include <fmt/format.h>

namespace rehearsal {
namespace {

using json::Value;

Value detailsOf(const Key& key) {
  Value details = Value::object();
  if (!key.name.empty()) details.set("name", key.name);
  if (!key.group.empty()) details.set("group", key.group);
  if (!key.plural.empty()) details.set("kind", key.plural);
  return details;
}

std::string subjectOf(const Key& key) {
  return key.name.empty() ? resourceName(key) : fmt::format("{} \"{}\"", resourceName(key), key.name);
}

}  // namespace

Value Refusal::status() const {
  Value status = Value::object({{"kind", "Status"},
                                {"apiVersion", "v1"},
                                {"metadata", Value::object()},
                                {"status", "Failure"},
                                {"message", message}});
  if (!reason.empty()) status.set("reason", reason);
  if (!details.isNull()) status.set("details", details);
  status.set("code", code);
  return status;
}

Refusal notFound(const Key& key) {
  return {404, "NotFound", fmt::format("{} not found", subjectOf(key)), detailsOf(key)};
}

Refusal noSuchPath() {
  return {404, "NotFound", "the server could not find the requested resource", Value::object()};
}

Refusal alreadyExists(const Key& key) {
  return {409, "AlreadyExists", fmt::format("{} already exists", subjectOf(key)), detailsOf(key)};
}

Refusal conflict(const Key& key, std::string_view why) {
  return {409, "Conflict", fmt::format("Operation cannot be fulfilled on {}: {}", subjectOf(key), why),
          detailsOf(key)};
}

Refusal badRequest(std::string message) {
  return {400, "BadRequest", std::move(message)};
}

Refusal methodNotAllowed() {
  return {405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
          Value::object()};
}

Refusal gone(std::string message) {
  return {410, "Expired", std::move(message)};
}

Refusal unsupportedMediaType(std::string_view accepted) {
  return {415, "UnsupportedMediaType",
          fmt::format("the body of the request was in an unknown format - accepted media types include: {}",
                      accepted)};
}

Refusal invalid(const Key& key, std::string_view kind, const std::vector<Cause>& causes) {
  std::string list;
  Value all = Value::array();
  for (const Cause& cause : causes) {
    if (!list.empty()) list += ", ";
    list += cause.field + ": " + cause.message;
    all.push(Value::object({{"reason", cause.reason}, {"message", cause.message}, {"field", cause.field}}));
  }
  Value details = detailsOf(key);
  details.set("kind", kind);
  details.set("causes", std::move(all));
  const std::string errors = causes.size() > 1 ? "[" + list + "]" : list;
  const std::string who = key.group.empty() ? std::string(kind) : fmt::format("{}.{}", kind, key.group);
  return {422, "Invalid", fmt::format("{} \"{}\" is invalid: {}", who, key.name, errors), std::move(details)};
}

Refusal forbidden(const Key& key, std::string_view why) {
  return {403, "Forbidden", fmt::format("{} is forbidden: {}", subjectOf(key), why), detailsOf(key)};
}

Refusal internal(std::string message) {
  const std::string_view prefix = "Internal error occurred: ";
  if (!message.starts_with(prefix)) message.insert(0, prefix);
  return {500, "InternalError", std::move(message)};
}

Refusal injected(int code) {
  switch (code) {
    case 401:
      return {401, "Unauthorized", "Unauthorized"};
    case 409:
      return {409, "Conflict",
              "the object has been modified; please apply your changes to the latest version"};
    case 429:
      return {429, "TooManyRequests", "Too many requests, please try again later.",
              Value::object({{"retryAfterSeconds", 1}})};
    case 500:
      return internal("etcdserver: leader changed");
    case 503:
      return {503, "ServiceUnavailable", "the server is currently unable to handle the request"};
    case 504:
      return {504, "Timeout",
              "the server was unable to return a response in the time allotted, but may still "
              "be processing the request"};
    default:
      return {code, "", fmt::format("an error on the server ({}) has prevented the request", code)};
  }
}

Refusal refusalOf(const Key& key, const base::Error& error) {
  if (error.kind == base::Kind::notFound) return notFound(key);
  if (error.kind == base::Kind::usage) return {422, "Invalid", error.message, detailsOf(key)};
  if (error.kind != base::Kind::conflict) return internal(base::describe(error));
  return {409, error.message.ends_with("already exists") ? "AlreadyExists" : "Conflict", error.message,
          detailsOf(key)};
}

}  // namespace rehearsal
