#include "net/http2_server.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>

namespace net {

namespace {

constexpr std::size_t messagePrefixSize =
    5;  // before each gRPC message: whether it is compressed, and its size

std::vector<nghttp2_nv> native(const Http2Server::Headers& headers) {
  std::vector<nghttp2_nv> fields;
  const auto bytes = [](const std::string& text) {  // nghttp2 copies
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  for (const auto& [name, value] : headers)
    fields.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  return fields;
}

std::string text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

struct Http2Server::Callbacks {
  static Http2Server& of(void* self) { return *static_cast<Http2Server*>(self); }

  static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t nameSize, const std::uint8_t* value, std::size_t valueSize, std::uint8_t,
                    void* self) {
    auto& stream = of(self).streams_[frame->hd.stream_id];
    stream.headerBytes += nameSize + valueSize;
    if (stream.headerBytes > largestRequest) return NGHTTP2_ERR_CALLBACK_FAILURE;
    stream.request.headers.emplace_back(text(name, nameSize), text(value, valueSize));
    return 0;
  }
  static int data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                  std::size_t size, void* self) {
    auto& body = of(self).streams_[id].request.body;
    if (body.size() + size > largestRequest) return NGHTTP2_ERR_CALLBACK_FAILURE;
    body += text(bytes, size);
    return 0;
  }
  static int frame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    const bool carries = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (carries && (ends || of(self).isEarly(frame->hd.stream_id))) of(self).answer(frame->hd.stream_id);
    return 0;
  }
  static int close(nghttp2_session*, std::int32_t id, std::uint32_t, void* self) {
    of(self).streams_.erase(id);
    return 0;
  }
  static ssize_t body(nghttp2_session* session, std::int32_t id, std::uint8_t* buffer, std::size_t size,
                      std::uint32_t* flags, nghttp2_data_source*, void* self) {
    auto& stream = of(self).streams_[id];
    const auto& answer = stream.answer;
    const auto count = std::min(size, answer.body.size() - stream.sent);
    std::copy_n(answer.body.begin() + std::ptrdiff_t(stream.sent), count, buffer);
    stream.sent += count;
    if (stream.sent == answer.body.size()) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!answer.trailers.empty()) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        const auto trailers = native(answer.trailers);
        nghttp2_submit_trailer(session, id, trailers.data(), trailers.size());
      }
    }
    return ssize_t(count);
  }
};

std::string Http2Server::Request::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? "" : found->second;
}

Http2Server::Http2Server(Handler handler, Early early)
    : handler_(std::move(handler)), early_(std::move(early)) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::close);
  nghttp2_session_server_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
}

Http2Server::~Http2Server() {
  nghttp2_session_del(session_);
}

bool Http2Server::isEarly(std::int32_t id) {
  return early_ && early_(streams_[id].request);
}

void Http2Server::answer(std::int32_t id) {
  auto& stream = streams_[id];
  if (std::exchange(stream.answered, true)) return;
  stream.answer = handler_(stream.request);
  const auto& answer = stream.answer;
  if (answer.goAway) {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, *answer.goAway == NGHTTP2_NO_ERROR ? id : 0,
                          *answer.goAway, nullptr, 0);
  }
  if (answer.reset) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, *answer.reset);
    return;
  }
  const auto headers = native(answer.headers);
  nghttp2_data_provider provider{};
  provider.read_callback = Callbacks::body;
  if (!headers.empty()) {
    nghttp2_submit_response(session_, id, headers.data(), headers.size(),
                            answer.body.empty() ? nullptr : &provider);
  }
}

std::string Http2Server::feed(std::string_view received) {
  if (broken_) return {};
  const auto taken = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(received.data()), received.size());
  broken_ = taken < 0;
  std::string output;
  const std::uint8_t* bytes = nullptr;
  for (ssize_t size = 0; (size = nghttp2_session_mem_send(session_, &bytes)) > 0;)
    output += text(bytes, std::size_t(size));
  return output;
}

bool Http2Server::closed() const {
  return broken_ || (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0);
}

std::string grpcMessage(std::string_view message, bool compressed) {
  std::string framed(1, compressed ? '\1' : '\0');
  for (const int shift : {24, 16, 8, 0}) framed += char(message.size() >> shift);
  return framed.append(message);
}

Http2Server::Answer grpcAnswer(std::string_view message) {
  return {{{":status", "200"}, {"content-type", "application/grpc"}},
          grpcMessage(message),
          {{"grpc-status", "0"}, {"grpc-message", ""}}};
}

Http2Server::Answer grpcStatus(int code, const std::string& message) {
  return {{{":status", "200"},
           {"content-type", "application/grpc"},
           {"grpc-status", std::to_string(code)},
           {"grpc-message", message}}};
}

std::optional<std::string_view> grpcRequestMessage(std::string_view body) {
  if (body.size() < messagePrefixSize || body.front() != '\0') return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 1; i < messagePrefixSize; ++i) size = size << 8 | static_cast<unsigned char>(body[i]);
  const auto message = body.substr(messagePrefixSize);
  return message.size() == size ? std::optional(message) : std::nullopt;
}

}  // namespace net
