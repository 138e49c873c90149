#include "cli/scratch.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace cli {

base::Result<Scratch> Scratch::make() {
  std::error_code failure;
  const auto parent = std::filesystem::temp_directory_path(failure);
  auto name = (failure ? std::filesystem::path("/tmp") : parent) / "kubectl-istio-ca-XXXXXX";
  auto text = name.string();
  if (!mkdtemp(text.data())) {  // 0700
    return base::fail({base::Kind::failed, "cannot make a temporary folder " + name.string(),
                       std::strerror(errno), "name a place that may be written to with $TMPDIR"});
  }
  return Scratch(text);
}

Scratch::Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace cli
