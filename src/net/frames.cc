#include "net/frames.h"

#include <wslay/wslay.h>

#include <algorithm>

#include "base/random.h"

namespace net {

namespace {

constexpr std::uint64_t largestMessage = std::uint64_t{16} << 20;  // Kubernetes cuts at 32 KiB

const std::uint8_t* bytesOf(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// `side`: ours.
base::Error broken(Frames::Side side, std::string reason) {
  const std::string other = side == Frames::Side::client ? "the server" : "the client";
  return {.message = other + " broke the WebSocket protocol", .reason = std::move(reason)};
}

/// Why wslay would end the connection, from the code of the close frame that it made.
std::string reasonOf(int code) {
  switch (code) {
    case WSLAY_CODE_PROTOCOL_ERROR:
      return "a malformed frame";
    case WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA:
      return "text that is not UTF-8";
    case WSLAY_CODE_MESSAGE_TOO_BIG:
      return "a message of more than 16 MiB";
    default:
      return "close code " + std::to_string(code);
  }
}

}  // namespace

/// What wslay calls, with our object as user data.
struct Frames::Callbacks {
  static ssize_t receive(wslay_event_context* context, std::uint8_t* buffer, std::size_t size, int,
                         void* self) {
    auto& input = static_cast<Frames*>(self)->input_;
    if (input.empty()) {
      wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
    const std::size_t count = std::min(size, input.size());
    std::copy_n(bytesOf(input), count, buffer);
    input.remove_prefix(count);
    return ssize_t(count);
  }

  static ssize_t send(wslay_event_context*, const std::uint8_t* bytes, std::size_t size, int, void* self) {
    static_cast<Frames*>(self)->output_.append(reinterpret_cast<const char*>(bytes), size);
    return ssize_t(size);
  }

  static int mask(wslay_event_context*, std::uint8_t* buffer, std::size_t size, void*) {
    const std::string random = base::randomBytes(size);
    std::copy_n(bytesOf(random), size, buffer);
    return 0;
  }

  static void message(wslay_event_context*, const wslay_event_on_msg_recv_arg* arg, void* self) {
    auto& frames = *static_cast<Frames*>(self);
    const std::string_view text(reinterpret_cast<const char*>(arg->msg), arg->msg_length);
    if (arg->opcode == WSLAY_CONNECTION_CLOSE) {
      // The code is in front of the reason; a close without one is RFC 6455's 1005.
      const bool hasCode = arg->status_code != 0;
      frames.closing_ =
          Closing{.code = hasCode ? arg->status_code : 1005,
                  .reason = hasCode && text.size() > 2 ? std::string(text.substr(2)) : std::string()};
    } else if (arg->opcode == WSLAY_TEXT_FRAME || arg->opcode == WSLAY_BINARY_FRAME) {
      frames.messages_.emplace_back(text);
    }
  }
};

void Frames::Free::operator()(wslay_event_context* context) const {
  wslay_event_context_free(context);
}

Frames::Frames(Side side) : side_(side) {
  const wslay_event_callbacks callbacks{.recv_callback = Callbacks::receive,
                                        .send_callback = Callbacks::send,
                                        .genmask_callback = Callbacks::mask,
                                        .on_frame_recv_start_callback = nullptr,
                                        .on_frame_recv_chunk_callback = nullptr,
                                        .on_frame_recv_end_callback = nullptr,
                                        .on_msg_recv_callback = Callbacks::message};
  wslay_event_context* context = nullptr;
  const auto init = side == Side::client ? wslay_event_context_client_init : wslay_event_context_server_init;
  if (init(&context, &callbacks, this) != 0) throw std::bad_alloc();
  context_.reset(context);
  wslay_event_config_set_max_recv_msg_length(context, largestMessage);
}

Frames::~Frames() = default;

base::Status Frames::feed(std::string_view bytes) {
  input_ = bytes;
  while (!input_.empty() && !closing_) {
    if (const int code = wslay_event_recv(context_.get()); code != 0) {
      return base::fail(broken(side_, "error " + std::to_string(code) + " of its reader"));
    }
    if (wslay_event_get_read_enabled(context_.get()) == 0) break;
  }
  input_ = {};
  // Where the other side errs, wslay stops reading and queues a close that says why.
  if (closing_ || wslay_event_get_read_enabled(context_.get()) != 0) return {};
  static_cast<void>(wslay_event_send(context_.get()));
  return base::fail(broken(side_, reasonOf(wslay_event_get_status_code_sent(context_.get()))));
}

void Frames::send(std::string_view binaryMessage) {
  const wslay_event_msg message{
      .opcode = WSLAY_BINARY_FRAME, .msg = bytesOf(binaryMessage), .msg_length = binaryMessage.size()};
  wslay_event_queue_msg(context_.get(), &message);
}

void Frames::close() {
  // wslay sends a close frame ahead of what is queued. An error shows again in takeOutput().
  if (wslay_event_want_write(context_.get()) != 0) static_cast<void>(wslay_event_send(context_.get()));
  wslay_event_queue_close(context_.get(), WSLAY_CODE_NORMAL_CLOSURE, nullptr, 0);
}

base::Result<std::string> Frames::takeOutput() {
  if (wslay_event_want_write(context_.get()) != 0) {
    if (const int code = wslay_event_send(context_.get()); code != 0) {
      return base::fail(broken(side_, "error " + std::to_string(code) + " of our writer"));
    }
  }
  return std::exchange(output_, {});
}

}  // namespace net
