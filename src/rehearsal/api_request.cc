#include "rehearsal/api_request.h"

#include <algorithm>

#include "base/text.h"
#include "json/yaml.h"
#include "rehearsal/protobuf_body.h"

namespace rehearsal {
namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string verbOf(const ApiRequest& request) {
  const std::string& method = request.http.method;
  const bool named = !request.name.empty();
  if (method == "GET" || method == "HEAD") {
    if (!request.sub.empty()) return "get";
    if (request.isSet("watch")) return "watch";
    return named ? "get" : "list";
  }
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return named ? "delete" : "deletecollection";
  return "";
}

/// Everything behind "/api/v1/" or "/apis/GROUP/VERSION/".
void readResource(ApiRequest& request, const std::vector<std::string>& parts, std::size_t at) {
  request.ofResource = true;
  if (parts[at] == "namespaces" && parts.size() > at + 2 && parts[at + 2] != "status" &&
      parts[at + 2] != "finalize") {
    request.ns = parts[at + 1];
    at += 2;
  }
  request.plural = parts[at];
  if (parts.size() > at + 1) request.name = parts[at + 1];
  if (parts.size() > at + 2) request.sub = parts[at + 2];
}

}  // namespace

std::string percentDecode(std::string_view text, bool plusIsSpace) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
    const int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plusIsSpace && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string_view ApiRequest::parameter(std::string_view wanted) const {
  for (const auto& [each, value] : query)
    if (each == wanted) return value;
  return {};
}

std::vector<std::string> ApiRequest::parameters(std::string_view wanted) const {
  std::vector<std::string> values;
  for (const auto& [each, value] : query)
    if (each == wanted) values.push_back(value);
  return values;
}

bool ApiRequest::isSet(std::string_view wanted) const {
  const std::string_view value = parameter(wanted);
  return value == "true" || value == "1";
}

std::string ApiRequest::manager() const {
  if (const auto named = parameter("fieldManager"); !named.empty()) return std::string(named);
  const std::string_view agent = http.header("User-Agent");
  const std::string_view word = agent.substr(0, agent.find('/'));
  return word.empty() ? "unknown" : std::string(word);
}

Granted<json::Value> ApiRequest::body() const {
  if (base::trim(http.body).empty()) return json::Value();
  const std::string_view type = http.header("Content-Type");
  if (type.starts_with("application/vnd.kubernetes.protobuf")) return readProtobuf(http.body);
  if (type.find("protobuf") != std::string_view::npos || type.find("cbor") != std::string_view::npos)
    return refuse(unsupportedMediaType("application/json, application/yaml"));
  auto value =
      type.find("yaml") == std::string_view::npos ? json::parse(http.body) : json::parseYaml(http.body);
  if (value) return std::move(*value);
  return refuse(badRequest("error decoding the body: " + base::describe(value.error())));
}

ApiRequest readRequest(net::IncomingRequest http) {
  ApiRequest request;
  request.http = std::move(http);
  const std::string& target = request.http.target;
  const auto question = target.find('?');
  if (question != std::string::npos) {
    for (const std::string& pair : base::split(std::string_view(target).substr(question + 1), '&')) {
      if (pair.empty()) continue;
      const auto equals = pair.find('=');
      request.query.emplace_back(
          percentDecode(pair.substr(0, equals), true),
          equals == std::string::npos ? "" : percentDecode(std::string_view(pair).substr(equals + 1), true));
    }
  }
  request.path = target.substr(0, question);
  while (request.path.size() > 1 && request.path.ends_with('/')) request.path.pop_back();

  std::vector<std::string> parts = base::split(request.path, '/');
  for (std::string& part : parts) part = percentDecode(part);
  if (parts.size() > 3 && parts[1] == "api") {
    request.version = parts[2];
    readResource(request, parts, 3);
  } else if (parts.size() > 4 && parts[1] == "apis") {
    request.group = parts[2];
    request.version = parts[3];
    readResource(request, parts, 4);
  }
  request.path = percentDecode(request.path);
  request.verb = verbOf(request);
  return request;
}

}  // namespace rehearsal
