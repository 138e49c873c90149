#include "net/curl_stream.h"

#include "net/curl_error.h"

namespace net {

StreamHandles::Pair StreamHandles::take() {
  if (idle_.empty()) return make();
  Pair pair = std::move(idle_.back());
  idle_.pop_back();
  return pair;
}

StreamHandles::Pair StreamHandles::make() const {
  Pair pair{MultiPtr(curl_multi_init()), EasyPtr(curl_easy_init())};
  CURL* easy = pair.easy.get();
  applyTarget(easy, target_);
  curl_easy_setopt(easy, CURLOPT_URL, target_.streamUrl().c_str());
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long(CURL_HTTP_VERSION_1_1));  // HTTP/2 has no Upgrade
  curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);                        // for http:// too
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
  return pair;
}

CurlStream::CurlStream(StreamHandles& handles)
    : all_(handles), target_(handles.target()), timer_(base::Millis(0)), handles_(handles.take()) {
  curl_easy_setopt(easy(), CURLOPT_ERRORBUFFER, detail_.data());
  listen(onSocket, onTimer);
  curl_multi_add_handle(multi(), easy());
}

CurlStream::~CurlStream() {
  link_.reset();  // its farewell goes over the connection
  curl_multi_remove_handle(multi(), easy());
  listen(nullptr, nullptr);
  curl_easy_setopt(easy(), CURLOPT_ERRORBUFFER, nullptr);
  all_.giveBack(std::move(handles_));
}

void CurlStream::listen(curl_socket_callback socket, curl_multi_timer_callback timer) {
  curl_multi_setopt(multi(), CURLMOPT_SOCKETFUNCTION, socket);
  curl_multi_setopt(multi(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi(), CURLMOPT_TIMERFUNCTION, timer);
  curl_multi_setopt(multi(), CURLMOPT_TIMERDATA, this);
}

int CurlStream::onSocket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  auto& sockets = static_cast<CurlStream*>(self)->sockets_;
  if (what == CURL_POLL_REMOVE) {
    sockets.erase(socket);
  } else {
    sockets[socket] =
        static_cast<short>((what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0));
  }
  return 0;
}

int CurlStream::onTimer(CURLM*, long millis, void* self) {
  auto& timer = static_cast<CurlStream*>(self)->timer_;
  if (millis < 0) {
    timer.reset();
  } else {
    timer = base::SystemClock().elapsed() + base::Millis(millis);
  }
  return 0;
}

void CurlStream::addTo(std::vector<pollfd>& fds, bool wantsWrite) const {
  if (socket_ != CURL_SOCKET_BAD) {
    const bool more = wantsWrite || (link_ && link_->wantsWrite());
    fds.push_back({socket_, static_cast<short>(more ? POLLIN | POLLOUT : POLLIN), 0});
  } else {
    for (const auto& [socket, events] : sockets_) fds.push_back({socket, events, 0});
  }
}

base::Result<bool> CurlStream::connect(const std::vector<pollfd>& fds, base::Millis now) {
  if (!link_) {
    TRY_ASSIGN(const bool reached, reach(fds, now));
    if (!reached) return false;
    if (target_.streamTls) link_ = std::make_unique<TlsLink>(*target_.streamTls, easy());
  }
  if (link_) {
    const auto complete = link_->handshake();
    if (!complete) return base::fail(explainFor(target_, easy(), complete.error()));
    if (!*complete) return false;
  }
  connected_ = true;
  return true;
}

base::Result<bool> CurlStream::reach(const std::vector<pollfd>& fds, base::Millis now) {
  int running = 0;
  const auto mine = sockets_;  // curl changes the set while it is told of it
  for (const auto& fd : fds) {
    if (fd.revents == 0 || !mine.contains(fd.fd)) continue;
    const int what = (fd.revents & POLLIN ? CURL_CSELECT_IN : 0) |
                     (fd.revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
                     (fd.revents & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR : 0);
    curl_multi_socket_action(multi(), fd.fd, what, &running);
  }
  if (timer_ && *timer_ <= now) {
    timer_.reset();
    curl_multi_socket_action(multi(), CURL_SOCKET_TIMEOUT, 0, &running);
  }
  return checkReached();
}

base::Result<bool> CurlStream::checkReached() {
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi(), &left);
  if (message == nullptr || message->msg != CURLMSG_DONE) return false;
  const CURLcode code = message->data.result;
  if (code != CURLE_OK) return base::fail(explainFor(target_, easy(), code, detail_.data()));
  curl_easy_getinfo(easy(), CURLINFO_ACTIVESOCKET, &socket_);
  if (socket_ == CURL_SOCKET_BAD) {
    return base::fail(explainFor(target_, easy(), CURLE_RECV_ERROR, "the connection is gone"));
  }
  return true;
}

bool CurlStream::reached() const {
  return connected_ || isConnected(easy());
}

base::Result<std::size_t> CurlStream::write(std::string_view bytes) {
  if (link_) {
    const auto sent = link_->write(bytes);
    if (!sent) return base::fail(explainFor(target_, easy(), sent.error()));
    return *sent;
  }
  std::size_t taken = 0;
  const CURLcode code = curl_easy_send(easy(), bytes.data(), bytes.size(), &taken);
  if (code == CURLE_OK) return taken;
  if (code == CURLE_AGAIN) return 0;
  return base::fail(explainFor(target_, easy(), code, detail_.data()));
}

base::Result<std::optional<std::string_view>> CurlStream::read() {
  if (link_) {
    const auto given = link_->read(chunk_.data(), chunk_.size());
    if (!given) return base::fail(explainFor(target_, easy(), given.error()));
    if (!*given) return std::nullopt;
    return std::string_view(chunk_.data(), **given);
  }
  std::size_t count = 0;
  const CURLcode code = curl_easy_recv(easy(), chunk_.data(), chunk_.size(), &count);
  if (code == CURLE_AGAIN) return std::string_view();
  if (code == CURLE_OK && count == 0) return std::nullopt;
  if (code == CURLE_OK) return std::string_view(chunk_.data(), count);
  // A peer that closes without TLS's farewell: an end like any other, whoever reads must know whether all was
  // there.
  const std::string_view detail(detail_.data());
  if (detail.find("unexpected eof") != std::string_view::npos) return std::nullopt;
  return base::fail(explainFor(target_, easy(), code, detail_.data()));
}

}  // namespace net
