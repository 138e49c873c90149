#pragma once

#include <array>

#include "base/clock.h"
#include "net/curl_handle.h"

namespace net {

/// One ordinary request on its way: the handle with all that it points to.
class Transfer {
 public:
  /// `index` is the caller's; `deadline` on base::Clock::elapsed.
  Transfer(const Target& target, Request request, std::size_t index, base::Millis started,
           base::Millis timeout);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  [[nodiscard]] CURL* handle() const { return easy_.get(); }
  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] base::Millis started() const { return started_; }
  [[nodiscard]] base::Millis deadline() const { return started_ + timeout_; }

  /// What came of it, once curl is done with the handle.
  base::Result<Response> result(CURLcode code);
  /// The error for a transfer that was given up at its deadline.
  [[nodiscard]] base::Error timeoutError() const;

 private:
  static std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t onHeader(char* bytes, std::size_t size, std::size_t count, void* self);
  void setRequest();

  const Target& target_;
  Request request_;
  std::size_t index_;
  base::Millis started_, timeout_;
  Response response_;
  bool tooLarge_ = false;
  ListPtr headers_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  EasyPtr easy_;  // last: it points to the others
};

}  // namespace net
