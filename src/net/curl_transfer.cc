#include "net/curl_transfer.h"

#include "base/text.h"
#include "net/curl_error.h"

namespace net {

namespace {

constexpr std::size_t largestBody = std::size_t{256} << 20;

}  // namespace

Transfer::Transfer(const Target& target, Request request, std::size_t index, base::Millis started,
                   base::Millis timeout)
    : target_(target),
      request_(std::move(request)),
      index_(index),
      started_(started),
      timeout_(timeout),
      easy_(curl_easy_init()) {
  CURL* easy = easy_.get();
  applyTarget(easy, target_);
  setRequest();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail_.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, onBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, onHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
}

Transfer::~Transfer() {
  base::cleanse(request_.body);
}  // it may be a CA secret

void Transfer::setRequest() {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_URL, target_.urlFor(request_.path).c_str());
  // Several answers on one HTTP/2 connection can stand still in curl until the server says something more:
  // one look at a mesh in 500, for 30 s (libcurl 7.88).
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long(CURL_HTTP_VERSION_1_1));
  if (target_.endpoint->compression) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");

  if (request_.method == "GET") {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  } else if (request_.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    // curl silently sends a request again if the reused connection turns out dead; for a write this could do
    // it twice.
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    if (!request_.body.empty() || request_.method != "DELETE") {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request_.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.data());
      headers_ = append(std::move(headers_), "Expect:");
    }
  }
  if (target_.connectTo) headers_ = append(std::move(headers_), "Host: " + target_.url.authority());
  for (const auto& [name, value] : request_.headers) {
    headers_ = append(std::move(headers_),
                      value.empty() ? name + ";" : name + ": " + value);  // curl's way to send none
  }
  if (const auto& token = request_.bearerToken; !token.empty()) {
    std::string line;
    base::appendCleansing(line, "Authorization: Bearer ");
    base::appendCleansing(line, token.reveal());
    headers_ = append(std::move(headers_), line);
    base::cleanse(line);
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
}

std::size_t Transfer::onBody(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  auto& body = transfer.response_.body;
  transfer.tooLarge_ = body.size() + size * count > largestBody;
  if (transfer.tooLarge_) return 0;
  body.append(bytes, size * count);
  return size * count;
}

std::size_t Transfer::onHeader(char* bytes, std::size_t size, std::size_t count, void* self) {
  const std::string_view line = base::trim({bytes, size * count});
  auto& headers = static_cast<Transfer*>(self)->response_.headers;
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/")) {
    headers.clear();  // what came before was an interim response's
  } else if (colon != std::string_view::npos) {
    headers.emplace_back(line.substr(0, colon), base::trim(line.substr(colon + 1)));
  }
  return size * count;
}

base::Result<Response> Transfer::result(CURLcode code) {
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = int(status);
    return std::move(response_);
  }
  if (tooLarge_) {
    return base::fail({.message = "the answer of " + target_.endpoint->url + " is too large",
                       .reason = "it has more than 256 MiB"});
  }
  return base::fail(explainFor(target_, easy_.get(), code, detail_.data()));
}

base::Error Transfer::timeoutError() const {
  return explainTimeout(target_.endpoint->url, timeout_, isConnected(easy_.get()));
}

}  // namespace net
