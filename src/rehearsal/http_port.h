#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "rehearsal/pods.h"

namespace rehearsal {

struct HttpAnswer {
  int status = 200;
  std::string contentType = "text/plain; charset=UTF-8", body{};
};

/// The far end of a port that speaks HTTP/1.1 and answers each GET of a path (with its query).
std::unique_ptr<PortEnd> makeHttpPort(std::function<HttpAnswer(std::string_view path)> handler);
/// One that takes a connection and never says a word.
std::unique_ptr<PortEnd> makeSilentPort();

/// What a container runtime says of a program that is not in the image.
base::Error noProgram(const std::vector<std::string>& command);

}  // namespace rehearsal
