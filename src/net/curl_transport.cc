#include <signal.h>

#include <algorithm>
#include <map>

#include "base/interrupt.h"
#include "base/parallel.h"
#include "net/curl_error.h"
#include "net/curl_transfer.h"
#include "net/header.h"
#include "net/stream_loop.h"

namespace net {

namespace {

using base::Millis;

constexpr long mostConnections = 8;  // at a time for requests; others wait for one of these

/// The results of one send(), in the order of its requests.
using Results = std::vector<base::Result<Response>>;
using Active = std::map<CURL*, std::unique_ptr<Transfer>>;

class CurlTransport final : public Transport {
 public:
  CurlTransport(Endpoint endpoint, Millis defaultTimeout, Trace trace)
      : endpoint_(std::move(endpoint)),
        target_(makeTarget(endpoint_)),
        defaultTimeout_(defaultTimeout),
        trace_(trace),
        multi_(curl_multi_init()) {
    curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, mostConnections);
  }

  using Transport::send;
  Results send(std::vector<Request> requests, int inFlight) override {
    Results results(requests.size(), base::fail({.kind = base::Kind::interrupted, .message = "interrupted"}));
    if (!target_) return Results(requests.size(), base::fail(target_.error()));
    Active active;
    const bool stubborn = std::any_of(requests.begin(), requests.end(),
                                      [](const Request& request) { return request.evenIfInterrupted; });
    std::size_t next = 0;
    while (next < requests.size() || !active.empty()) {
      if (base::interrupted() && !stubborn) break;
      for (; next < requests.size() && active.size() < std::size_t(std::max(inFlight, 1)); ++next) {
        start(active, std::move(requests[next]), next, results);
      }
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      const bool anyDone = collect(active, results);
      giveUpLate(active, results);
      if (!anyDone && !active.empty()) wait(active);
    }
    for (const auto& [easy, transfer] : active) curl_multi_remove_handle(multi_.get(), easy);
    return results;
  }

  base::Status converse(std::vector<Dialogue> dialogues, int inFlight) override {
    if (!target_) {
      for (const auto& dialogue : dialogues) dialogue.conversation->onError(target_.error());
      return {};
    }
    const auto threads = std::max<std::size_t>(threadsFor(dialogues.size()), 1);
    while (targets_.size() < threads) {
      TRY_ASSIGN(auto target, makeStreamTarget(endpoint_));
      targets_.push_back(std::move(target));
    }
    const auto inFlightEach = std::max<std::size_t>(std::size_t(std::max(inFlight, 1)) / threads, 1);
    std::vector<std::vector<Dialogue>> shares(threads);
    for (std::size_t i = 0; i < dialogues.size(); ++i) shares[i % threads].push_back(std::move(dialogues[i]));
    std::vector<base::Status> held(threads);
    base::inParallel(threads, 1, [&](std::size_t i) {
      held[i] = holdDialogues(targets_[i], std::move(shares[i]), inFlightEach, defaultTimeout_, trace_);
    });
    for (const auto& each : held) TRY(each);
    return {};
  }

 private:
  /// TLS to a large fleet is more than one core can do. A trace is written by one thread.
  [[nodiscard]] std::size_t threadsFor(std::size_t dialogues) const {
    constexpr std::size_t eachAtLeast = 200;
    return trace_ != nullptr ? 1 : base::threadsFor(dialogues, eachAtLeast);
  }

  void start(Active& active, Request request, std::size_t index, Results& results) {
    if (const auto good = checkRequest(request); !good) {
      results[index] = base::fail(good.error());
      return;
    }
    const Millis timeout = request.timeout > Millis(0) ? request.timeout : defaultTimeout_;
    auto transfer =
        std::make_unique<Transfer>(*target_, std::move(request), index, clock_.elapsed(), timeout);
    curl_multi_add_handle(multi_.get(), transfer->handle());
    active.emplace(transfer->handle(), std::move(transfer));
  }

  /// Takes what curl is done with; whether there was anything.
  bool collect(Active& active, Results& results) {
    const std::size_t before = active.size();
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const auto done = active.find(message->easy_handle);
      auto& transfer = *done->second;
      finish(transfer, transfer.result(message->data.result), results);
      active.erase(done);
    }
    return active.size() < before;
  }

  /// curl's own timeouts don't count the time in which a request waits for a connection that others share.
  void giveUpLate(Active& active, Results& results) {
    for (auto it = active.begin(); it != active.end();) {
      auto& transfer = *it->second;
      if (clock_.elapsed() < transfer.deadline()) {
        ++it;
        continue;
      }
      finish(transfer, base::fail(transfer.timeoutError()), results);
      it = active.erase(it);
    }
  }

  void finish(Transfer& transfer, base::Result<Response> result, Results& results) {
    curl_multi_remove_handle(multi_.get(), transfer.handle());
    if (trace_ != nullptr) {
      const auto& request = transfer.request();
      const auto millis = (clock_.elapsed() - transfer.started()).count();
      trace_(request.method + " " + endpoint_.url + request.path + " " +
             (result ? std::to_string(result->status) : "-") + " " + std::to_string(millis) + "ms");
    }
    results[transfer.index()] = std::move(result);
  }

  void wait(const Active& active) {
    Millis wake = clock_.elapsed() + Millis(60'000);
    for (const auto& [easy, transfer] : active) wake = std::min(wake, transfer->deadline());
    curl_waitfd interrupt{base::interruptFd(), CURL_WAIT_POLLIN, 0};
    const unsigned extra = base::interruptFd() >= 0 ? 1 : 0;
    const Millis left = std::max(wake - clock_.elapsed(), Millis(1));
    curl_multi_poll(multi_.get(), &interrupt, extra, int(left.count()), nullptr);
  }

  Endpoint endpoint_;
  base::Result<Target> target_;    // borrows the endpoint
  std::vector<Target> targets_{};  // for streams, one for each thread: shared sessions are not for several
  Millis defaultTimeout_;
  Trace trace_;
  base::SystemClock clock_;
  MultiPtr multi_;
};

}  // namespace

std::unique_ptr<Transport> makeCurlTransport(Endpoint endpoint, Millis defaultTimeout, Trace trace) {
  [[maybe_unused]] static const bool initialized = [] {
    signal(SIGPIPE, SIG_IGN);  // TLS writes with no flag against it; curl is told to leave signals alone
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }();
  return std::make_unique<CurlTransport>(std::move(endpoint), defaultTimeout, trace);
}

}  // namespace net
