#include "kube/rest_api.h"

#include <algorithm>
#include <iterator>

#include "base/parallel.h"
#include "kube/asked.h"
#include "kube/retry.h"
#include "kube/second_chance.h"
#include "kube/status.h"
#include "kube/uri.h"

namespace kube {
namespace {

// As much JSON takes some milliseconds to parse.
constexpr std::size_t worthThreads = std::size_t{256} << 10;

net::Request toRequest(const Write& write) {
  net::Request request;
  request.method = write.method;
  request.path = write.path;
  request.headers.emplace_back("Content-Type", write.contentType);
  request.body = json::dump(write.body);
  if (write.evenIfInterrupted) {
    request.evenIfInterrupted = true;
    request.timeout = base::Millis{2000};
  }
  return request;
}

net::Request toGet(const std::string& path) {
  net::Request request;
  request.path = path;
  return request;
}

Asked askedOf(const net::Request& request) {
  return kube::askedOf(request.method, request.path);
}

/// Overwrites what was serialized of secret bodies, on every way out.
class CleanseBodies {
 public:
  CleanseBodies(std::vector<net::Request>& requests, const std::vector<Write>& writes)
      : requests_(requests), writes_(writes) {}
  ~CleanseBodies() {
    for (std::size_t i = 0; i < requests_.size(); ++i)
      if (writes_[i].secret) base::cleanse(requests_[i].body);
  }
  CleanseBodies(const CleanseBodies&) = delete;
  CleanseBodies& operator=(const CleanseBodies&) = delete;

 private:
  std::vector<net::Request>& requests_;
  const std::vector<Write>& writes_;
};

}  // namespace

/// Requests on their way: which still need an answer, and how often they were sent.
struct RestApi::Exchange {
  const std::vector<net::Request>& requests;
  std::vector<std::size_t> pending{};
  std::vector<Answer> answers{};
  base::Millis deadline{};            // for servers that answer "later"
  base::Millis connectionDeadline{};  // for servers that do not answer: whoever waits wants to know soon
  int tries = 0;
  bool refreshed = false;
};

RestApi::RestApi(MakeTransport makeTransport, const ClusterAccess& access, base::Clock& clock)
    : makeTransport_(std::move(makeTransport)),
      credentials_(access, clock),
      clock_(clock),
      server_(access.server),
      timeout_(access.requestTimeout > base::Millis{0} ? access.requestTimeout : defaultRequestTimeout) {}

base::Status RestApi::start() {
  return prepare();
}

base::Status RestApi::prepare() {
  TRY_ASSIGN(const bool changed, credentials_.prepare());
  if (changed || !transport_) renewTransport();
  return {};
}

base::Status RestApi::refresh() {
  TRY_ASSIGN(const bool changed, credentials_.refresh());
  if (changed) renewTransport();
  return {};
}

void RestApi::renewTransport() {
  if (auto made = makeTransport_(credentials_.endpoint())) transport_ = std::move(made);
}

std::vector<RestApi::Answer> RestApi::exchange(const std::vector<net::Request>& requests) {
  Exchange exchange{requests};
  exchange.deadline = clock_.elapsed() + timeout_;
  exchange.connectionDeadline = clock_.elapsed() + std::min(timeout_, base::Millis{2000});
  exchange.answers.assign(requests.size(), base::fail({base::Kind::failed, "not sent"}));
  for (std::size_t i = 0; i < requests.size(); ++i) exchange.pending.push_back(i);
  while (!exchange.pending.empty()) {
    base::Status status = prepare();
    if (status) {
      std::vector<net::Request> batch;
      batch.reserve(exchange.pending.size());
      for (const std::size_t i : exchange.pending) credentials_.apply(batch.emplace_back(requests[i]));
      status = settle(exchange, transport_->send(std::move(batch)));
    }
    if (status) continue;
    for (const std::size_t i : exchange.pending) exchange.answers[i] = base::fail(status.error());
    break;
  }
  return std::move(exchange.answers);
}

/// Takes the answers that are final, and waits before the others are asked again.
base::Status RestApi::settle(Exchange& exchange, std::vector<Answer> answers) {
  ++exchange.tries;
  std::vector<std::size_t> again;
  base::Millis wait{0};
  bool unauthorized = false;
  for (std::size_t at = 0; at < exchange.pending.size(); ++at) {
    const std::size_t i = exchange.pending[at];
    Answer& answer = answers[at];
    if (answer && answer->status == 401 && credentials_.canRefresh() && !exchange.refreshed) {
      unauthorized = true;
      again.push_back(i);
      continue;
    }
    const auto delay = retryDelay(exchange.requests[i].method, answer, exchange.tries);
    if (delay && clock_.elapsed() + *delay < (answer ? exchange.deadline : exchange.connectionDeadline)) {
      wait = std::max(wait, *delay);
      again.push_back(i);
      continue;
    }
    exchange.answers[i] = std::move(answer);
  }
  exchange.pending = std::move(again);
  if (unauthorized) {
    exchange.refreshed = true;
    TRY(refresh());
  }
  if (wait > base::Millis{0}) TRY(clock_.pause(wait));
  return {};
}

RestApi::Answer RestApi::fetch(const std::string& path) {
  return std::move(exchange({toGet(path)}).front());
}

base::Result<json::Value> RestApi::get(const std::string& path) {
  return std::move(getAll({path}).front());
}

std::vector<base::Result<json::Value>> RestApi::getAll(const std::vector<std::string>& paths) {
  std::vector<net::Request> requests;
  requests.reserve(paths.size());
  for (const std::string& path : paths) requests.push_back(toGet(path));
  const auto answers = exchange(requests);
  std::size_t bytes = 0;
  for (const Answer& answer : answers) bytes += answer ? answer->body.size() : 0;
  std::vector<base::Result<json::Value>> values(answers.size());
  base::inParallel(answers.size(), bytes < worthThreads ? answers.size() : 1,
                   [&](std::size_t i) { values[i] = valueOf(answers[i], askedOf(requests[i]), server_); });
  return values;
}

base::Result<json::Value> RestApi::write(const Write& write) {
  return std::move(writeAll({write}).front());
}

std::vector<base::Result<json::Value>> RestApi::writeAll(const std::vector<Write>& writes) {
  std::vector<net::Request> requests;
  requests.reserve(writes.size());
  for (const Write& write : writes) requests.push_back(toRequest(write));
  const CleanseBodies cleanse(requests, writes);
  std::vector<base::Result<json::Value>> values;
  values.reserve(writes.size());
  std::size_t i = 0;
  for (Answer& answer : exchange(requests)) {
    Asked asked = askedOf(requests[i]);
    if (asked.name.empty()) asked.name = std::string(writes[i].body["metadata"]["name"].text());
    values.push_back(valueOf(answer, asked, server_));
    if (writes[i].secret && answer) base::cleanse(answer->body);  // the server sends back what it stored
    ++i;
  }
  return values;
}

base::Result<json::Array> RestApi::list(const Resource& resource, std::string_view ns, std::string_view query,
                                        json::Value first) {
  const std::string path = resource.path(ns);
  const Asked asked = kube::askedOf("GET", path);
  const std::string filter(query);
  const std::string firstPage = path + "?limit=500" + (filter.empty() ? "" : "&" + filter);
  json::Array items;
  std::string page = firstPage;
  json::Value body = std::move(first);
  while (true) {
    if (body.isNull()) {
      const Answer answer = fetch(page);
      if (answer && answer->status == 410 && page != firstPage) {
        // The token outlived etcd's compaction. Asked for whole, as client-go's pager does, it can't happen
        // again.
        items.clear();
        page = filter.empty() ? path : path + "?" + filter;
        continue;
      }
      TRY_ASSIGN(body, valueOf(answer, asked, server_));
    }
    if (!body["items"].isArray() && !body["kind"].text().ends_with("List"))
      return base::fail(
          {base::Kind::failed, describe(asked) + " on " + server_ + ": the answer is not a list"});
    auto more = body.at("items").takeItems();
    std::move(more.begin(), more.end(), std::back_inserter(items));
    const std::string_view token = body["metadata"]["continue"].text();
    if (token.empty()) return items;
    page = firstPage + "&continue=" + percentEncode(token);
    body = json::Value();
  }
}

base::Status RestApi::converse(std::vector<net::Dialogue> dialogues, int inFlight) {
  std::vector<SecondChance> chances;
  chances.reserve(dialogues.size());
  for (net::Dialogue& dialogue : dialogues) {
    chances.emplace_back(*dialogue.conversation, credentials_.canRefresh());
    if (dialogue.refusal == nullptr) dialogue.refusal = refusedUpgrade;
  }
  for (bool again = true; again;) {
    TRY(prepare());
    std::vector<net::Dialogue> batch;
    for (std::size_t i = 0; i < dialogues.size(); ++i) {
      if (chances[i].settled()) continue;
      net::Dialogue& dialogue = batch.emplace_back(dialogues[i]);
      dialogue.conversation = &chances[i];
      credentials_.apply(dialogue.request);
    }
    TRY(transport_->converse(std::move(batch), inFlight));
    bool unauthorized = false;
    again = false;
    for (SecondChance& chance : chances) {
      unauthorized = unauthorized || chance.wantsCredential();
      again = chance.takeSecond() || again;
    }
    if (unauthorized) TRY(refresh());
    if (again && !unauthorized) TRY(clock_.pause(std::chrono::seconds{1}));
  }
  return {};
}

base::Result<std::unique_ptr<Api>> connect(const ClusterAccess& access, base::Clock& clock,
                                           net::Trace trace) {
  const base::Millis timeout =
      access.requestTimeout > base::Millis{0} ? access.requestTimeout : defaultRequestTimeout;
  auto api = std::make_unique<RestApi>(
      [=](net::Endpoint endpoint) { return net::makeCurlTransport(std::move(endpoint), timeout, trace); },
      access, clock);
  TRY(api->start());
  return api;
}

std::unique_ptr<Api> makeApi(std::unique_ptr<net::Transport> transport, ClusterAccess access,
                             base::Clock& clock) {
  // Shared because std::function wants to copy what it holds.
  auto shared = std::make_shared<std::unique_ptr<net::Transport>>(std::move(transport));
  return std::make_unique<RestApi>([shared](net::Endpoint) { return std::move(*shared); }, access, clock);
}

}  // namespace kube
