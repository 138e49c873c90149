#include "net/grpc_call.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

namespace net {

namespace {

constexpr std::size_t prefixSize = 5;  // before each message: whether it is compressed, and its size
constexpr std::size_t largestHeaders = std::size_t{32} << 10;
constexpr std::size_t largestConnection = GrpcCall::largestAnswer + (std::size_t{1} << 20);

base::Error unavailable(std::string message, std::string reason = {}) {
  return {base::Kind::unavailable, std::move(message), std::move(reason)};
}

/// By the names of grpc's codes (grpc: doc/statuscodes.md).
std::string codeName(unsigned code) {
  static constexpr std::array names{
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  return code < names.size() ? names.at(code) : std::to_string(code);
}

bool mayWorkLater(unsigned code) {
  return code == 4 || code == 8 || code == 10 || code == 14;
}

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// grpc-message is percent-encoded; what does not print is left out, and it is cut where it gets long.
std::string messageText(std::string_view encoded) {
  constexpr std::size_t longest = 300;
  std::string text;
  for (std::size_t i = 0; i < encoded.size() && text.size() < longest; ++i) {
    char c = encoded[i];
    if (c == '%' && i + 2 < encoded.size() && hexDigit(encoded[i + 1]) >= 0 &&
        hexDigit(encoded[i + 2]) >= 0) {
      c = static_cast<char>(hexDigit(encoded[i + 1]) * 16 + hexDigit(encoded[i + 2]));
      i += 2;
    }
    text += c >= ' ' && c < '\x7F' ? c : ' ';
  }
  return text;
}

std::string framed(std::string_view message) {
  std::string bytes(1, '\0');  // not compressed
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(message.size() >> shift);
  bytes += message;
  return bytes;
}

struct HeaderField {
  std::string_view name, value;
  bool secret = false;  // not to be kept in HPACK's table
};

nghttp2_nv native(const HeaderField& header) {
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));  // nghttp2 copies
  };
  return {bytes(header.name), bytes(header.value), header.name.size(), header.value.size(),
          static_cast<std::uint8_t>(header.secret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE)};
}

}  // namespace

struct GrpcCall::State {
  struct FreeSession {
    void operator()(nghttp2_session* ended) const { nghttp2_session_del(ended); }
  };

  GrpcRequest request;
  std::unique_ptr<nghttp2_session, FreeSession> session{};
  std::string upload{};     // what is left of the request's message
  std::int32_t stream = 0;  // the call's
  std::string httpStatus{}, contentType{}, grpcStatus{}, grpcMessage{};
  std::string body{};
  std::size_t received = 0, headerBytes = 0;
  std::optional<std::uint32_t> closed{};  // the stream, with this error code
  std::optional<std::uint32_t> goingAway{};
  std::optional<base::Error> wrong{};
  bool done = false;

  explicit State(GrpcRequest what) : request(std::move(what)) {}

  base::Status open();
  base::Status submit();
  base::Result<std::string> takeOutput();
  base::Status judge();
  base::Status judgeStatus() const;

  bool refuse(base::Error error) {
    if (!wrong) wrong = std::move(error);
    return false;
  }
  bool onHeader(std::string_view name, std::string_view value);
  bool onData(std::string_view bytes);

  static State& of(void* self) { return *static_cast<State*>(self); }
};

bool GrpcCall::State::onHeader(std::string_view name, std::string_view value) {
  headerBytes += name.size() + value.size();
  if (headerBytes > largestHeaders) return refuse({base::Kind::failed, "the answer's headers are too large"});
  if (name == ":status") httpStatus = value;
  if (name == "content-type") contentType = value;
  if (name == "grpc-status") grpcStatus = value;
  if (name == "grpc-message") grpcMessage = value;
  return true;
}

bool GrpcCall::State::onData(std::string_view bytes) {
  if (body.size() + bytes.size() > prefixSize + largestAnswer)
    return refuse({base::Kind::failed, "the answer is larger than 4 MiB"});
  body += bytes;
  return true;
}

base::Status GrpcCall::State::open() {
  nghttp2_session_callbacks* callbacks = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) return base::fail(unavailable("HTTP/2 cannot start"));
  const std::unique_ptr<nghttp2_session_callbacks, decltype(&nghttp2_session_callbacks_del)> owner(
      callbacks, nghttp2_session_callbacks_del);
  nghttp2_session_callbacks_set_on_header_callback(
      callbacks,
      [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t nameSize,
         const std::uint8_t* value, std::size_t valueSize, std::uint8_t, void* self) {
        if (frame->hd.stream_id != of(self).stream) return 0;
        const bool good = of(self).onHeader({reinterpret_cast<const char*>(name), nameSize},
                                            {reinterpret_cast<const char*>(value), valueSize});
        return good ? 0 : static_cast<int>(NGHTTP2_ERR_CALLBACK_FAILURE);
      });
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      callbacks, [](nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t* bytes, std::size_t size,
                    void* self) {
        const bool good = of(self).onData({reinterpret_cast<const char*>(bytes), size});
        return good ? 0 : static_cast<int>(NGHTTP2_ERR_CALLBACK_FAILURE);
      });
  nghttp2_session_callbacks_set_on_frame_recv_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) {
        if (frame->hd.type == NGHTTP2_GOAWAY) of(self).goingAway = frame->goaway.error_code;
        return 0;
      });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      callbacks, [](nghttp2_session*, std::int32_t id, std::uint32_t code, void* self) {
        if (id == of(self).stream) of(self).closed = code;
        return 0;
      });
  nghttp2_session* made = nullptr;
  if (nghttp2_session_client_new(&made, callbacks, this) != 0)
    return base::fail(unavailable("HTTP/2 cannot start"));
  session.reset(made);
  return submit();
}

base::Status GrpcCall::State::submit() {
  const nghttp2_settings_entry noPush{NGHTTP2_SETTINGS_ENABLE_PUSH, 0};
  std::string bearer = "Bearer ";
  base::appendCleansing(bearer, request.bearerToken.reveal());
  const base::Secret authorization(std::move(bearer));
  std::vector<HeaderField> headers{{":method", "POST"},
                                   {":scheme", "https"},
                                   {":path", request.path},
                                   {":authority", request.authority},
                                   {"content-type", "application/grpc"},
                                   {"te", "trailers"},
                                   {"user-agent", "kubectl-istio-ca"}};
  if (!request.bearerToken.empty()) headers.push_back({"authorization", authorization.reveal(), true});
  std::vector<nghttp2_nv> fields;
  std::transform(headers.begin(), headers.end(), std::back_inserter(fields), native);

  upload = framed(request.message);
  nghttp2_data_provider provider{};
  provider.read_callback = [](nghttp2_session*, std::int32_t, std::uint8_t* buffer, std::size_t size,
                              std::uint32_t* flags, nghttp2_data_source*, void* self) -> ssize_t {
    auto& rest = of(self).upload;
    const auto count = std::min(size, rest.size());
    std::copy_n(rest.begin(), count, buffer);
    rest.erase(0, count);
    if (rest.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return ssize_t(count);
  };
  int result = nghttp2_submit_settings(session.get(), NGHTTP2_FLAG_NONE, &noPush, 1);
  if (result == 0) {
    result = stream =
        nghttp2_submit_request(session.get(), nullptr, fields.data(), fields.size(), &provider, nullptr);
  }
  if (result < 0) return base::fail(unavailable("HTTP/2 cannot start", nghttp2_strerror(result)));
  return {};
}

base::Result<std::string> GrpcCall::State::takeOutput() {
  std::string output;
  while (true) {
    const std::uint8_t* bytes = nullptr;
    const auto size = nghttp2_session_mem_send(session.get(), &bytes);
    if (size < 0) return base::fail(unavailable("HTTP/2 failed", nghttp2_strerror(static_cast<int>(size))));
    if (size == 0) return output;
    base::appendCleansing(output, {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
  }
}

/// What HTTP's and gRPC's status say.
base::Status GrpcCall::State::judgeStatus() const {
  if (!grpcStatus.empty()) {
    unsigned code = 0;
    const auto* end = grpcStatus.data() + grpcStatus.size();
    const auto [at, error] = std::from_chars(grpcStatus.data(), end, code);
    if (error != std::errc{} || at != end)
      return base::fail({base::Kind::failed, "the answer's grpc-status is no number"});
    if (code == 0) return {};
    return base::fail({mayWorkLater(code) ? base::Kind::unavailable : base::Kind::failed,
                       "gRPC status " + codeName(code), messageText(grpcMessage)});
  }
  if (!httpStatus.empty() && httpStatus != "200") {
    return base::fail({httpStatus.starts_with('5') ? base::Kind::unavailable : base::Kind::failed,
                       "HTTP status " + httpStatus});
  }
  return base::fail({base::Kind::failed, "the answer ends without a grpc-status"});
}

/// Whether the call has ended, and how.
base::Status GrpcCall::State::judge() {
  if (wrong) return base::fail(*wrong);
  if (!closed) {
    if (nghttp2_session_want_read(session.get()) == 0)
      return base::fail(unavailable("the HTTP/2 connection broke off"));
    return {};
  }
  if (*closed != NGHTTP2_NO_ERROR)
    return base::fail(unavailable("the server reset the stream", nghttp2_http2_strerror(*closed)));
  TRY(judgeStatus());
  if (httpStatus != "200" || !contentType.starts_with("application/grpc"))
    return base::fail({base::Kind::failed, "the answer is not gRPC", messageText(contentType)});
  std::size_t size = 0;
  for (std::size_t i = 1; i < prefixSize && body.size() >= prefixSize; ++i)
    size = size << 8 | static_cast<unsigned char>(body[i]);
  if (body.size() < prefixSize || body.size() != prefixSize + size)
    return base::fail({base::Kind::failed, "the answer is not one whole message"});
  if (body.front() != '\0') return base::fail({base::Kind::failed, "the answer is compressed"});
  done = true;
  return {};
}

GrpcCall::GrpcCall(GrpcRequest request) : state_(std::make_unique<State>(std::move(request))) {}

GrpcCall::~GrpcCall() = default;
GrpcCall::GrpcCall(GrpcCall&&) noexcept = default;
GrpcCall& GrpcCall::operator=(GrpcCall&&) noexcept = default;

base::Result<std::string> GrpcCall::start() {
  TRY(state_->open());
  return state_->takeOutput();
}

base::Result<std::string> GrpcCall::feed(std::string_view received) {
  auto& state = *state_;
  if (state.done || received.empty()) return std::string();
  state.received += received.size();
  if (state.received > largestConnection)
    return base::fail({base::Kind::failed, "the server sends more than the answer can be"});
  const auto taken = nghttp2_session_mem_recv(
      state.session.get(), reinterpret_cast<const std::uint8_t*>(received.data()), received.size());
  std::string output;
  if (taken >= 0) {
    TRY_ASSIGN(output, state.takeOutput());
  } else if (!state.wrong && !state.closed) {  // what comes after the answer does not matter
    return base::fail(
        unavailable("the server broke the HTTP/2 protocol", nghttp2_strerror(static_cast<int>(taken))));
  }
  TRY(state.judge());
  return output;
}

base::Status GrpcCall::end() {
  if (state_->done) return {};
  const auto code = state_->goingAway.value_or(NGHTTP2_NO_ERROR);
  return base::fail(unavailable("the connection ended before the answer",
                                code == NGHTTP2_NO_ERROR ? "" : nghttp2_http2_strerror(code)));
}

bool GrpcCall::done() const {
  return state_->done;
}

std::string_view GrpcCall::answer() const {
  return done() ? std::string_view(state_->body).substr(prefixSize) : std::string_view();
}

}  // namespace net
