#include "fuzz/check.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "json/value.h"
#include "json/yaml.h"
#include "net/frames.h"
#include "net/grpc_call.h"
#include "net/http_message.h"
#include "net/http_request.h"
#include "net/protobuf.h"

namespace fuzz {

namespace {

void require(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

/// All that can be seen of a parser that was fed pieces of the given size.
std::string responseInPieces(std::string_view bytes, std::size_t piece) {
  net::ResponseParser parser(1 << 20);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    const auto complete = parser.feed(bytes.substr(0, piece));
    if (!complete) return "refused";
    if (*complete) break;
  }
  if (!parser.finish()) return "early end";
  std::string seen = std::to_string(parser.response().status) + "\n" + parser.response().body;
  for (const auto& [name, value] : parser.response().headers) seen += "\n" + name + ":" + value;
  return seen;
}

std::string requestsInPieces(std::string_view bytes, std::size_t piece) {
  net::RequestParser parser(1 << 20);
  std::string seen;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    parser.feed(bytes.substr(0, piece));
    while (true) {
      const auto request = parser.next();
      if (!request) return seen + "refused";
      if (!*request) break;
      seen += (*request)->method + " " + (*request)->target + "\n" + (*request)->body;
      for (const auto& [name, value] : (*request)->headers) seen += "\n" + name + ":" + value;
    }
  }
  return seen;
}

/// The messages alone: of a close frame that comes in pieces, wslay does not check that its reason is UTF-8.
std::string framesInPieces(std::string_view bytes, std::size_t piece) {
  net::Frames frames;
  std::string seen;
  bool good = true;
  for (; good && !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    good = bool(frames.feed(bytes.substr(0, piece)));
    for (const auto& message : frames.takeMessages()) seen += std::to_string(message.size()) + ":" + message;
    require(bool(frames.takeOutput()), "a WebSocket can always answer");
    if (frames.closing()) break;
  }
  return seen;
}

/// What comes of a call that is answered so.
std::string answerInPieces(std::string_view bytes, std::size_t piece) {
  net::GrpcCall call({"host", "/a/b", {}, "a question"});
  require(bool(call.start()), "a call can always start");
  for (; !bytes.empty() && !call.done(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    if (!call.feed(bytes.substr(0, piece))) break;
  }
  require(bool(call.end()) == call.done(), "only a whole answer may end");
  return call.done() ? "answer: " + std::string(call.answer()) : "none";
}

}  // namespace

void checkJson(std::string_view bytes) {
  const auto value = json::parse(bytes);
  if (!value) return;
  for (const auto& text : {json::dump(*value), json::dumpPretty(*value)}) {
    const auto again = json::parse(text);
    require(again && *again == *value, "JSON that was read is written so that it reads the same");
  }
}

void checkYaml(std::string_view bytes) {
  const auto value = json::parseYaml(bytes);
  if (!value) return;
  const auto again = json::parseYaml(json::dumpYaml(*value));
  require(again && *again == *value, "YAML that was read is written so that it reads the same");
}

void checkHttpResponse(std::string_view bytes) {
  const auto whole = responseInPieces(bytes, bytes.size() + 1);
  for (const std::size_t piece : {1U, 3U}) {
    require(responseInPieces(bytes, piece) == whole, "a response does not depend on how it is cut");
  }
}

void checkHttpRequest(std::string_view bytes) {
  const auto whole = requestsInPieces(bytes, bytes.size() + 1);
  for (const std::size_t piece : {1U, 3U}) {
    require(requestsInPieces(bytes, piece) == whole, "requests do not depend on how they are cut");
  }
}

void checkWebSocket(std::string_view bytes) {
  const auto whole = framesInPieces(bytes, bytes.size() + 1);
  for (const std::size_t piece : {1U, 3U}) {
    require(framesInPieces(bytes, piece) == whole, "messages do not depend on how they are cut");
  }
}

void checkGrpc(std::string_view bytes) {
  const auto whole = answerInPieces(bytes, bytes.size() + 1);
  for (const std::size_t piece : {1U, 3U}) {
    require(answerInPieces(bytes, piece) == whole, "an answer does not depend on how it is cut");
  }
}

void checkProtobuf(std::string_view bytes) {
  const auto texts = net::textsOf(bytes, 1);
  if (!texts) return;
  std::string again;
  for (const auto text : *texts) net::appendText(again, 1, text);
  const auto same = net::textsOf(again, 1);
  require(same && *same == *texts, "a field that was read is written so that it reads the same");
}

}  // namespace fuzz
