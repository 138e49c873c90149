#include "net/spdy.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace net {
namespace {

using Event = SpdyServer::Event;

/// What Go's moby/spdystream sends, with zlib's own compression.
std::string sentOverSpdy(const std::string& name) {
  std::ifstream file(ICA_TEST_DATA "/../fuzz/corpus/spdy/" + name, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string toldOf(const std::vector<Event>& events) {
  std::string text;
  for (const auto& event : events) {
    const char* kinds[] = {"opened", "data", "reset"};
    text += kinds[static_cast<int>(event.kind)] + (" " + std::to_string(event.stream));
    for (const auto& [name, value] : event.headers) text += " " + name + "=" + value;
    if (!event.data.empty()) text += " '" + event.data.substr(0, event.data.find('\r')) + "'";
    text += event.ends ? " ends\n" : "\n";
  }
  return text;
}

TEST(Spdy, ReadsStreamsAndWhatIsSaidOnThem) {
  SpdyServer server;
  const auto events = server.feed(sentOverSpdy("two-connections"));
  ASSERT_TRUE(events) << base::describe(events.error());
  EXPECT_EQ(toldOf(*events),
            "opened 1 streamtype=error port=15000 requestid=0\n"
            "data 1 ends\n"
            "opened 3 streamtype=data port=15000 requestid=0\n"
            "data 3 'GET /ready HTTP/1.1'\n"
            "data 3 ends\n"
            "opened 5 Streamtype=error Port=15001 Requestid=1 many=a" +
                std::string(1, '\0') +
                "b\n"
                "opened 7 streamtype=data port=15001 requestid=1 ends\n"
                "reset 5\n");
  EXPECT_EQ(server.takeOutput(), std::string("\x80\x03\x00\x06\x00\x00\x00\x04\x00\x00\x00\x01", 12))
      << "a ping is answered, settings and windows are not";
  EXPECT_EQ(server.takeOutput(), "");
}

TEST(Spdy, WaitsForWholeFrames) {
  SpdyServer server;
  std::vector<Event> all;
  for (const char byte : sentOverSpdy("port-forward")) {
    const auto events = server.feed(std::string(1, byte));
    ASSERT_TRUE(events);
    all.insert(all.end(), events->begin(), events->end());
  }
  EXPECT_EQ(all.size(), 5U);
}

TEST(Spdy, RefusesWhatIsNone) {
  const std::pair<std::string, const char*> cases[] = {
      {sentOverSpdy("wrong-version"), "another version"},
      {sentOverSpdy("too-large"), "a frame is too large"},
      {std::string("\x80\x03\x00\x01\x00\x00\x00\x04\x00\x00\x00\x01", 12), "a stream without a number"},
  };
  for (const auto& [bytes, why] : cases) {
    SpdyServer server;
    const auto events = server.feed(bytes);
    ASSERT_FALSE(events) << why;
    EXPECT_EQ(events.error().reason, why);
  }
  EXPECT_FALSE(SpdyServer().feed(sentOverSpdy("broken-headers")));
}

TEST(Spdy, SendsInPortionsAndEndsOnce) {
  SpdyServer server;
  server.send(3, std::string(40'000, 'x'), true);
  const auto sentBytes = server.takeOutput();
  ASSERT_EQ(sentBytes.size(), 40'000U + 2 * 8);
  EXPECT_EQ(sentBytes.substr(0, 8), std::string("\x00\x00\x00\x03\x00\x00\x80\x00", 8));
  EXPECT_EQ(sentBytes.substr(8 + 32'768, 8), std::string("\x00\x00\x00\x03\x01\x00\x1c\x40", 8));
  server.send(3, "", true);
  EXPECT_EQ(server.takeOutput(), std::string("\x00\x00\x00\x03\x01\x00\x00\x00", 8));
}

TEST(Spdy, AcceptsStreamsWithHeadersThatAnInflaterReads) {
  SpdyServer server;
  server.reply(1);
  server.reply(3);
  const auto output = server.takeOutput();
  // Head (8), stream (4), then the block; the second goes on with the first one's stream of bytes.
  const auto size = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(output[at + 7]));
  };
  Inflater inflater("");
  const auto first = inflater.feed(std::string_view(output).substr(12, size(0) - 4));
  const auto second = inflater.feed(std::string_view(output).substr(8 + size(0) + 12));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, std::string(4, '\0')) << "no headers";
  EXPECT_EQ(*second, std::string(4, '\0'));
}

}  // namespace
}  // namespace net
