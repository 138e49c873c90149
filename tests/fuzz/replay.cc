// The targets without libFuzzer: replay NAME CORPUS runs each file of a corpus, each beginning of it, and
// some changes to it.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "fuzz/check.h"

namespace {

struct Target {
  std::string_view name;
  void (*check)(std::string_view);
};

constexpr Target targets[] = {
    {"channels", fuzz::checkChannels},
    {"grpc", fuzz::checkGrpc},
    {"http_request", fuzz::checkHttpRequest},
    {"http_response", fuzz::checkHttpResponse},
    {"json", fuzz::checkJson},
    {"kubeconfig", fuzz::checkKubeconfig},
    {"kubernetes_protobuf", fuzz::checkKubernetesProtobuf},
    {"patches", fuzz::checkPatches},
    {"pem", fuzz::checkPem},
    {"protobuf", fuzz::checkProtobuf},
    {"selectors", fuzz::checkSelectors},
    {"spdy", fuzz::checkSpdy},
    {"websocket", fuzz::checkWebSocket},
    {"yaml", fuzz::checkYaml},
};

const Target* target = nullptr;
const std::string* current = nullptr;

/// Shows the input that broke a promise, to be saved as a file of the corpus.
void showCurrent(int) {
  const bool shown = write(STDERR_FILENO, current->data(), current->size()) >= 0;
  _exit(shown ? 1 : 2);
}

void run(const std::string& bytes) {
  current = &bytes;
  target->check(bytes);
}

void runWithChanges(std::string bytes) {
  run(bytes);
  const std::size_t stride = std::max<std::size_t>(1, bytes.size() / 400);  // bounds the time for large files
  for (std::size_t end = 0; end < bytes.size(); end += stride) run(bytes.substr(0, end));
  for (std::size_t i = 0; i < bytes.size(); i += stride) {
    const char before = bytes[i];
    for (const char other : {'\0', '\xFF', '"', '[', '\n', ' ', char(before ^ 1), char(before ^ 0x80)}) {
      bytes[i] = other;
      run(bytes);
    }
    bytes[i] = before;
    run(bytes.substr(0, i) + bytes.substr(i + 1));
    run(bytes.substr(0, i) + bytes.substr(i / 2));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "";
  target = std::find_if(std::begin(targets), std::end(targets),
                        [&](const Target& each) { return each.name == name; });
  if (target == std::end(targets)) {
    std::fprintf(stderr, "usage: replay NAME CORPUS...\n");
    return 2;
  }
  signal(SIGABRT, showCurrent);
  int files = 0;
  for (int i = 2; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      const auto bytes = base::readFile(entry.path());
      if (!bytes) return 1;
      runWithChanges(*bytes);
      ++files;
    }
  }
  std::printf("%d files replayed\n", files);
  return files == 0 ? 1 : 0;
}
