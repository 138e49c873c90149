#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "json/value.h"
#include "net/http.h"
#include "rehearsal/pod_channels.h"
#include "rehearsal/watch.h"

namespace rehearsal {

/// What the API server says to a request: a body, or a watch that goes on, or another protocol.
struct ApiAnswer {
  int status = 200;
  std::string body{};
  std::string type = "application/json";
  std::vector<net::Header> headers{};
  std::shared_ptr<Watch> watch{};
  std::optional<Upgrade> upgrade{};
  bool silent = false;  // done, but the connection ends without a word (a fault)
};

inline ApiAnswer answerOf(const json::Value& body, int status = 200) {
  ApiAnswer answer;
  answer.status = status;
  answer.body = json::dump(body) + "\n";
  return answer;
}

inline ApiAnswer answerOf(const Refusal& refusal) {
  ApiAnswer answer = answerOf(refusal.status(), refusal.code);
  if (refusal.code == 429) answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace rehearsal
