#include <gtest/gtest.h>

#include "kube/exec_stream.h"
#include "kube/http_get.h"
#include "kube/pod_stream.h"
#include "kube/port_forward.h"
#include "support/fake_clock.h"
#include "support/fake_transport.h"

namespace kube {
namespace {

using base::Kind;
using namespace std::string_literals;

// 15000 is 0x3A98.
const std::string dataPort = "\x00\x98\x3a"s, errorPort = "\x01\x98\x3a"s;

std::string onData(std::string_view bytes) {
  return "\x00"s + std::string(bytes);
}

std::string replyOf(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// One port-forward of a GET to port 15000, as the server sees it.
struct Forwarded {
  HttpGet get{"/certs"};
  PortForwardConversation conversation{{{"shop", "server"}, 15000, &get}};
  std::vector<std::string> sent = conversation.onOpen("v4.channel.k8s.io");

  Forwarded& say(const std::vector<std::string>& messages) {
    for (const std::string& message : messages) {
      if (conversation.done()) break;
      for (const std::string& answer : conversation.onMessage(message)) sent.push_back(answer);
    }
    return *this;
  }
  Forwarded& close(int code, std::string_view reason = {}) {
    if (!conversation.done()) conversation.onClose(code, reason);
    return *this;
  }
};

TEST(PortForward, AsksAtOnceAndReadsTheAnswer) {
  Forwarded forwarded;
  ASSERT_EQ(forwarded.sent.size(), 1U);
  EXPECT_TRUE(forwarded.sent[0].starts_with("\x00GET /certs HTTP/1.1\r\n"s)) << forwarded.sent[0];
  forwarded.say({dataPort, errorPort, onData(replyOf("hello"))});
  EXPECT_TRUE(forwarded.conversation.done());
  EXPECT_TRUE(forwarded.conversation.result());
  EXPECT_EQ(forwarded.get.body().value(), "hello");
}

TEST(PortForward, DoesNotCareHowTheBytesAreCut) {
  const std::string stream = dataPort.substr(1) + replyOf(std::string(3000, 'x'));
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, stream.size()}) {
    Forwarded forwarded;
    forwarded.say({errorPort.substr(0, 2), "\x01"s + errorPort.substr(2), onData("")});
    for (std::size_t at = 0; at < stream.size(); at += size)
      forwarded.say({onData(stream.substr(at, size)), ""});
    EXPECT_TRUE(forwarded.conversation.result()) << size;
    EXPECT_EQ(forwarded.get.response().body.size(), 3000U) << size;
  }
}

struct Failure {
  std::string name;
  std::vector<std::string> messages;
  int code;
  Kind kind;
  std::string message, reason;
};

TEST(PortForward, EveryOtherEndIsAnError) {
  const std::string text = "error forwarding port 15000 to pod x: exit status 1: connection refused\n";
  const std::vector<Failure> cases = {
      {"wrong port", {"\x00\x99\x3a"s}, 1000, Kind::failed, "the server forwards port 15001 instead", ""},
      {"wrong port on the error channel",
       {"\x01\x00\x00"s},
       1000,
       Kind::failed,
       "the server forwards port 0 instead",
       ""},
      {"error text",
       {dataPort, errorPort, "\x01" + text},
       1000,
       Kind::unavailable,
       "the node cannot forward",
       text.substr(0, text.size() - 1)},
      {"error text with its port",
       {dataPort, errorPort + text},
       1000,
       Kind::unavailable,
       "the node cannot forward",
       text.substr(0, text.size() - 1)},
      {"error text in the middle of a body",
       {dataPort, errorPort, onData(replyOf("hello").substr(0, 40)), "\x01" + text},
       1000,
       Kind::unavailable,
       "the node cannot forward",
       text.substr(0, text.size() - 1)},
      {"another channel", {"\x02hi"}, 1000, Kind::failed, "a message on channel 2", ""},
      {"nothing at all",
       {},
       1006,
       Kind::unavailable,
       "GET /certs: the connection ended before the response was complete",
       ""},
      {"half a body",
       {dataPort, onData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")},
       1000,
       Kind::unavailable,
       "GET /certs: the connection ended before the response was complete",
       ""},
      {"a body of unknown length",
       {dataPort, onData("HTTP/1.1 200 OK\r\n\r\n{\"certificates\":[]}")},
       1000,
       Kind::unavailable,
       "GET /certs: the connection ended before the response was complete",
       ""},
  };
  for (const Failure& each : cases) {
    Forwarded forwarded;
    const base::Status result = forwarded.say(each.messages).close(each.code).conversation.result();
    EXPECT_TRUE(forwarded.conversation.done()) << each.name;
    ASSERT_FALSE(result) << each.name;
    EXPECT_EQ(result.error().kind, each.kind) << each.name;
    EXPECT_EQ(result.error().message, each.message) << each.name;
    EXPECT_EQ(result.error().reason, each.reason) << each.name;
  }
}

TEST(PortForward, RefusesWhatIsNotHttpAndOtherProtocols) {
  Forwarded forwarded;
  forwarded.say({dataPort, onData("\x15\x03\x01 this is TLS\r\n\r\n")});
  EXPECT_FALSE(forwarded.conversation.result());
  HttpGet get("/certs");
  PortForwardConversation other({{"shop", "server"}, 15000, &get});
  EXPECT_TRUE(other.onOpen("v5.channel.k8s.io").empty());
  EXPECT_TRUE(other.done());
  EXPECT_FALSE(other.result());
}

TEST(HttpGet, OnlyA200HasABody) {
  Forwarded forwarded;
  forwarded.say({dataPort, onData("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nnope\n")});
  ASSERT_TRUE(forwarded.conversation.result());
  const auto body = forwarded.get.body();
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().message, "GET /certs: status 404");
  EXPECT_EQ(body.error().reason, "nope");
}

TEST(Forward, TellsEachPodsFate) {
  auto owned = std::make_unique<test::FakeTransport>();
  test::FakeTransport& net = *owned;
  test::FakeClock clock;
  ClusterAccess access;
  access.server = "https://h";
  const auto api = makeApi(std::move(owned), access, clock);
  net.onStream("/api/v1/namespaces/shop/pods/good/portforward?ports=15000",
               [](net::Conversation& conversation, const net::Dialogue& dialogue) {
                 EXPECT_EQ(dialogue.protocols, std::vector<std::string>{"v4.channel.k8s.io"});
                 EXPECT_EQ(dialogue.request.timeout, base::Millis{5000});
                 conversation.onOpen("v4.channel.k8s.io");
                 conversation.onMessage(dataPort);
                 conversation.onMessage(onData(replyOf("x")));
               });
  net.onStream("/api/v1/namespaces/shop/pods/denied/portforward",
               [](net::Conversation& c, const net::Dialogue& d) {
                 c.onError(d.refusal(test::statusResponse(403, "Forbidden", "you may not")));
               });
  net.onStream("/api/v1/namespaces/shop/pods/silent/portforward",
               [](net::Conversation&, const net::Dialogue&) {});
  HttpGet gets[] = {HttpGet("/"), HttpGet("/"), HttpGet("/"), HttpGet("/")};
  const auto results = forward(*api,
                               {{{"shop", "good"}, 15000, &gets[0]},
                                {{"shop", "denied"}, 15000, &gets[1]},
                                {{"shop", "gone"}, 15000, &gets[2]},
                                {{"shop", "silent"}, 15000, &gets[3]}},
                               base::Millis{5000});
  ASSERT_EQ(results.size(), 4U);
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().kind, Kind::forbidden);
  EXPECT_EQ(results[1].error().message, "port-forward to shop/denied:15000: forbidden");
  EXPECT_EQ(results[1].error().reason, "you may not");
  EXPECT_NE(results[1].error().hint.find("get and create pods/portforward in namespace shop"),
            std::string::npos);
  EXPECT_EQ(results[2].error().kind, Kind::notFound);
  EXPECT_EQ(results[3].error().message, "port-forward to shop/silent:15000: it was not held");
}

/// The command's side: fed, then closed.
base::Result<ExecOutput> execOf(const std::vector<std::string>& messages, int code) {
  ExecConversation conversation;
  EXPECT_TRUE(conversation.onOpen("v5.channel.k8s.io").empty()) << "sends nothing";
  for (const std::string& message : messages) {
    if (conversation.done()) break;
    EXPECT_TRUE(conversation.onMessage(message).empty()) << "sends nothing";
  }
  if (!conversation.done()) conversation.onClose(code, "");
  EXPECT_TRUE(conversation.done());
  return conversation.result();
}

const std::string success = "\x03{\"metadata\":{},\"status\":\"Success\"}";

TEST(Exec, CollectsBothOutputsUntilTheClose) {
  const auto output = execOf({"\x01", "\x01half a ", "\x02warning", success.substr(0, 9),
                              "\x03" + success.substr(9), "\x01line", ""},
                             1000);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->out, "half a line") << "what comes after the Status counts too";
  EXPECT_EQ(output->err, "warning");
  EXPECT_EQ(output->exitCode, 0);
}

TEST(Exec, KnowsTheExitCode) {
  const auto output =
      execOf({"\x03{\"status\":\"Failure\",\"reason\":\"NonZeroExitCode\",\"message\":\"x\",\"details\":"
              "{\"causes\":[{\"reason\":\"Other\"},{\"reason\":\"ExitCode\",\"message\":\"42\"}]}}"},
             1000);
  ASSERT_TRUE(output);
  EXPECT_EQ(output->exitCode, 42);
}

TEST(Exec, EveryOtherEndIsAnError) {
  const auto failure = [](const std::string& rest) { return "\x03{\"status\":\"Failure\"" + rest + "}"; };
  const std::vector<Failure> cases = {
      {"no Status", {"\x01{}"}, 1000, Kind::failed, "the exec ended without a Status that can be read", ""},
      {"an empty Status",
       {"\x03"},
       1000,
       Kind::failed,
       "the exec ended without a Status that can be read",
       ""},
      {"a cut Status",
       {success.substr(0, 20)},
       1000,
       Kind::failed,
       "the exec ended without a Status that can be read",
       ""},
      {"text for a Status",
       {"\x03OCI runtime exec failed"},
       1000,
       Kind::failed,
       "the exec ended without a Status that can be read",
       ""},
      {"the node's failure",
       {failure(",\"reason\":\"InternalError\",\"message\":\"no such container\"")},
       1000,
       Kind::failed,
       "the command did not run to its end",
       "no such container"},
      {"no exit code",
       {failure(",\"reason\":\"NonZeroExitCode\"")},
       1000,
       Kind::failed,
       "the exec ended with a failure but no exit code",
       ""},
      {"a failure with exit code 0",
       {failure(",\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\","
                "\"message\":\"0\"}]}")},
       1000,
       Kind::failed,
       "the exec ended with a failure but no exit code",
       ""},
      {"a broken connection",
       {success},
       1006,
       Kind::unavailable,
       "the connection ended early",
       "close code 1006"},
      {"an unknown channel", {"\x04{}"}, 1000, Kind::failed, "an unexpected message on channel 4", ""},
  };
  for (const Failure& each : cases) {
    const auto output = execOf(each.messages, each.code);
    ASSERT_FALSE(output) << each.name;
    EXPECT_EQ(output.error().kind, each.kind) << each.name;
    EXPECT_EQ(output.error().message, each.message) << each.name;
    EXPECT_EQ(output.error().reason, each.reason) << each.name;
  }
}

TEST(Exec, NamesThePodAndEncodesTheCommand) {
  auto owned = std::make_unique<test::FakeTransport>();
  test::FakeTransport& net = *owned;
  test::FakeClock clock;
  ClusterAccess access;
  access.server = "https://h";
  const auto api = makeApi(std::move(owned), access, clock);
  const Exec exec{{"shop", "server"}, "istio-proxy", {"pilot-agent", "request", "GET", "config_dump?a=b&c"}};
  const auto results = execute(*api, {exec}, base::Millis{1000});
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].error().message, "exec in shop/server (istio-proxy): not found");
  EXPECT_EQ(net.log().at(0).path,
            "/api/v1/namespaces/shop/pods/server/"
            "exec?stdout=true&stderr=true&container=istio-proxy&command=pilot-agent"
            "&command=request&command=GET&command=config_dump%3Fa%3Db%26c");
}

}  // namespace
}  // namespace kube
