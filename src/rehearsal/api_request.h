#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/value.h"
#include "net/http_request.h"
#include "rehearsal/refusal.h"

namespace rehearsal {

/// Who asks.
struct User {
  std::string name;
  std::vector<std::string> groups{};
};

/// What is asked, as apiserver: pkg/endpoints/request/requestinfo.go reads it off method and path.
struct ApiRequest {
  net::IncomingRequest http;
  std::string path;                                          // without the query
  std::vector<std::pair<std::string, std::string>> query{};  // decoded
  User user{};

  bool ofResource = false;
  std::string verb;  // "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"
  std::string group{}, version{}, plural{}, ns{}, name{}, sub{};

  /// The first parameter of that name; empty if there is none.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> parameters(std::string_view name) const;
  [[nodiscard]] bool isSet(std::string_view name) const;  // "true" or "1"
  [[nodiscard]] Key key() const { return {group, plural, ns, name}; }
  /// The field manager: the parameter, else the first word of the User-Agent.
  [[nodiscard]] std::string manager() const;
  /// The body as JSON, or as YAML or Kubernetes' protobuf where its type says so. An empty one is null.
  [[nodiscard]] Granted<json::Value> body() const;
};

ApiRequest readRequest(net::IncomingRequest http);

std::string percentDecode(std::string_view text, bool plusIsSpace = false);

}  // namespace rehearsal
