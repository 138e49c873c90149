// What a stream costs the thread that holds it: WebSockets to a TLS server that verifies clients, with the
// TLS of net/tls_link.h (one context for all) and with curl's (one for each), in turns in the same run.
//
// usage: streams [STREAMS [ROUNDS]]
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "net/stream_loop.h"
#include "unit/net/recording.h"
#include "unit/net/world.h"

namespace {

using namespace net::test;

bool serve(Connection& connection, const std::string& head) {
  connection.write(switching(head, "v4.channel.k8s.io") + frame(opcode::binary, std::string(15'000, 'x')));
  return false;
}

double threadSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

/// Milliseconds of processor time for each stream.
double held(const net::Target& target, std::size_t streams) {
  std::vector<Recording> recordings(streams, Recording(1, {}));
  std::vector<net::Dialogue> dialogues;
  for (auto& recording : recordings)
    dialogues.push_back(
        {.request = {.path = "/"}, .protocols = {"v4.channel.k8s.io"}, .conversation = &recording});
  const double begun = threadSeconds();
  const auto done = net::holdDialogues(target, std::move(dialogues), 16, base::Millis(30'000), nullptr);
  const double took = threadSeconds() - begun;
  for (const auto& recording : recordings) {
    if (!done || recording.messages.size() != 1) throw std::runtime_error("a stream failed");
  }
  return took * 1000 / double(streams);
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int at, std::size_t otherwise) {
    return argc > at ? std::size_t(std::strtoull(argv[at], nullptr, 10)) : otherwise;
  };
  const auto streams = argument(1, 1'000), rounds = argument(2, 3);
  const TlsServer server(world().byAddress, serve, &world().clientCa);
  const auto to = withClient(endpoint(server), world().client);
  const auto ours = net::makeStreamTarget(to), curls = net::makeTarget(to);
  if (!ours || !ours->streamTls || !curls) return 1;
  for (std::size_t round = 0; round < rounds; ++round)
    std::printf("%zu streams: %.3f ms each with one context for all, %.3f with curl's TLS\n", streams,
                held(*ours, streams), held(*curls, streams));
  return 0;
}
