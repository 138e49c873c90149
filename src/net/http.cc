#include "net/http.h"

#include <algorithm>

#include "base/text.h"
#include "net/header.h"

namespace net {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// RFC 9110, 5.6.2: what a method or a header's name consists of.
bool isTokenCharacter(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool isToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), isTokenCharacter);
}

bool isControl(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
}

bool isFieldValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(), isControl);
}

}  // namespace

bool equalsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool hasToken(std::string_view list, std::string_view token) {
  const auto parts = base::split(list, ',');
  return std::any_of(parts.begin(), parts.end(),
                     [&](const std::string& part) { return equalsIgnoringCase(base::trim(part), token); });
}

base::Status checkRequest(const Request& request) {
  const bool pathGood = request.path.starts_with('/') && isFieldValue(request.path) &&
                        request.path.find_first_of(" \t#") == std::string::npos;
  if (!isToken(request.method) || !pathGood) {
    return base::fail({.message = "not a valid request: " + request.method.substr(0, 16)});
  }
  if (!isFieldValue(request.bearerToken.reveal())) {
    return base::fail({.kind = base::Kind::usage,
                       .message = "the token cannot be sent",
                       .reason = "it holds a control character",
                       .hint = "check the token in the kubeconfig: it must be a single line"});
  }
  for (const auto& [name, value] : request.headers) {
    if (isToken(name) && isFieldValue(value)) continue;
    return base::fail({.message = "the header '" + name.substr(0, 32) + "' cannot be sent",
                       .reason = "its name or value holds a character that no header may have"});
  }
  return {};
}

std::string_view Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (equalsIgnoringCase(key, name)) return value;
  return {};
}

base::Result<Response> Transport::send(Request request) {
  std::vector<Request> one;
  one.push_back(std::move(request));
  auto responses = send(std::move(one), 1);
  return std::move(responses.front());
}

}  // namespace net
