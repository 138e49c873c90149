#include "base/redact_text.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace base {

namespace {

constexpr std::string_view hidden = "<hidden>";

bool isTokenChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.~+/=").find(c) != std::string_view::npos;
}

bool isNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.';
}

/// From `at` on, all that can be part of a token.
std::size_t tokenEnd(std::string_view line, std::size_t at) {
  while (at < line.size() && isTokenChar(line[at])) ++at;
  return at;
}

std::string withoutTokens(std::string line) {
  constexpr std::size_t shortest = 20;  // of a JWT
  for (std::size_t at = 0; (at = line.find("eyJ", at)) != std::string::npos; at += hidden.size()) {
    const auto end = tokenEnd(line, at);
    if (end - at >= shortest) line.replace(at, end - at, hidden);
  }
  for (const std::string_view scheme : {"Bearer ", "bearer ", "Basic ", "basic "}) {
    for (std::size_t at = 0; (at = line.find(scheme, at)) != std::string::npos;) {
      at += scheme.size();
      const auto end = tokenEnd(line, at);
      if (end - at >= 8) line.replace(at, end - at, hidden);
    }
  }
  return line;
}

/// "name: value" or "name=value" somewhere in a line, the name one of a secret: the rest of the line is
/// hidden.
std::string withoutNamedValues(std::string line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] != ':' && line[at] != '=') continue;
    auto end = at;
    while (end > 0 && (line[end - 1] == '"' || line[end - 1] == ' ')) --end;
    auto begin = end;
    while (begin > 0 && isNameChar(line[begin - 1])) --begin;
    const auto value = trim(std::string_view(line).substr(at + 1));
    if (value.empty() || !namesSecret(std::string_view(line).substr(begin, end - begin))) continue;
    return line.substr(0, at + 1) + (line[at] == ':' ? " " : "") + std::string(hidden);
  }
  return line;
}

}  // namespace

bool namesSecret(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '-' && c != '_' && c != '.')
      plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  constexpr std::array<std::string_view, 8> ends{"token",      "password", "passwd",        "secret",
                                                 "credential", "apikey",   "authorization", "privatekey"};
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) {
    return plain.ends_with(end) || plain.ends_with(std::string(end) + "s");
  });
}

std::string redactText(std::string_view text) {
  std::vector<std::string> lines;
  bool inKey = false;
  for (auto& line : split(text, '\n')) {
    const bool begins =
        line.find("-----BEGIN") != std::string::npos && line.find("PRIVATE KEY") != std::string::npos;
    if (begins && !inKey) lines.push_back("<hidden: a private key>");
    inKey = inKey || begins;
    const bool ends = inKey && line.find("-----END") != std::string::npos;
    if (!inKey) lines.push_back(withoutNamedValues(withoutTokens(std::move(line))));
    if (ends) inKey = false;
  }
  return join(lines, "\n");
}

}  // namespace base
