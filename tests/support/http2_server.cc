#include "support/http2_server.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>

namespace support {

namespace {

std::vector<nghttp2_nv> native(const Http2Server::Headers& headers) {
  std::vector<nghttp2_nv> fields;
  const auto bytes = [](const std::string& text) {
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

  static int header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t nameSize,
                    const std::uint8_t* value, std::size_t valueSize, std::uint8_t, void* self) {
    of(self).request_.headers.emplace_back(text(name, nameSize), text(value, valueSize));
    return 0;
  }
  static int data(nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t* bytes, std::size_t size,
                  void* self) {
    of(self).request_.body += text(bytes, size);
    return 0;
  }
  static int frame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    const bool carries = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (carries && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) of(self).answer(frame->hd.stream_id);
    return 0;
  }
  static ssize_t body(nghttp2_session* session, std::int32_t stream, std::uint8_t* buffer, std::size_t size,
                      std::uint32_t* flags, nghttp2_data_source*, void* self) {
    auto& server = of(self);
    const auto count = std::min(size, server.answer_.body.size() - server.sent_);
    std::copy_n(server.answer_.body.begin() + std::ptrdiff_t(server.sent_), count, buffer);
    server.sent_ += count;
    if (server.sent_ == server.answer_.body.size()) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!server.answer_.trailers.empty()) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        const auto trailers = native(server.answer_.trailers);
        nghttp2_submit_trailer(session, stream, trailers.data(), trailers.size());
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

Http2Server::Http2Server(Handler handler) : handler_(std::move(handler)) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::frame);
  nghttp2_session_server_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
}

Http2Server::~Http2Server() {
  nghttp2_session_del(session_);
}

void Http2Server::answer(std::int32_t stream) {
  seen_.push_back(request_);
  answer_ = handler_(seen_.back());
  if (answer_.goAway) {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, *answer_.goAway == NGHTTP2_NO_ERROR ? stream : 0,
                          *answer_.goAway, nullptr, 0);
  }
  if (answer_.reset) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, *answer_.reset);
    return;
  }
  const auto headers = native(answer_.headers);
  nghttp2_data_provider provider{};
  provider.read_callback = Callbacks::body;
  if (!headers.empty()) {
    nghttp2_submit_response(session_, stream, headers.data(), headers.size(),
                            answer_.body.empty() ? nullptr : &provider);
  }
}

std::string Http2Server::feed(std::string_view received) {
  nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(received.data()), received.size());
  std::string output;
  const std::uint8_t* bytes = nullptr;
  for (ssize_t size = 0; (size = nghttp2_session_mem_send(session_, &bytes)) > 0;)
    output += text(bytes, std::size_t(size));
  return output;
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

}  // namespace support
