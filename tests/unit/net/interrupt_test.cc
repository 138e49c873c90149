#include "base/interrupt.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/net/recording.h"
#include "unit/net/tls_server.h"

namespace net::test {
namespace {

/// In a process of its own, for a caught interrupt stays caught: 0 if both kinds of talk end with it. The
/// server accepts and says nothing; the signal is the answer to the first connection.
[[noreturn]] void interruptTalk() {
  base::catchInterrupts();
  int port = 0;
  const int listener = listenOnLoopback(port);
  std::thread([listener] {
    accept(listener, nullptr, nullptr);
    kill(getpid(), SIGINT);
  }).detach();
  Endpoint silent;
  silent.url = "http://127.0.0.1:" + std::to_string(port);
  const auto transport = makeCurlTransport(silent, base::Millis(60'000));
  const auto sent = transport->send(Request{.path = "/"});
  Recording recording;
  const auto held = transport->converse({{.request = {.path = "/"}, .conversation = &recording}});
  const bool good = !sent && sent.error().kind == base::Kind::interrupted && !held &&
                    held.error().kind == base::Kind::interrupted && recording.log.empty();
  _exit(good ? 0 : 1);
}

TEST(TransportDeathTest, endsWhenInterrupted) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(interruptTalk(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace net::test
