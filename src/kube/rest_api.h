#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kube/api.h"
#include "kube/credentials.h"

namespace kube {

/// Api over a net::Transport: credentials, retries, pages and errors. The transport is made anew when a
/// credential plugin brings another client certificate.
class RestApi final : public Api {
 public:
  /// May give null to say that the transport in use is to be kept.
  using MakeTransport = std::function<std::unique_ptr<net::Transport>(net::Endpoint)>;
  RestApi(MakeTransport makeTransport, const ClusterAccess& access, base::Clock& clock);

  /// Gets a credential if a plugin is to be asked for it, so that a failure shows before the first request.
  base::Status start();

  base::Result<json::Value> get(const std::string& path) override;
  std::vector<base::Result<json::Value>> getAll(const std::vector<std::string>& paths) override;
  base::Result<json::Array> list(const Resource& resource, std::string_view ns, std::string_view query,
                                 json::Value first) override;
  base::Result<json::Value> write(const Write& write) override;
  std::vector<base::Result<json::Value>> writeAll(const std::vector<Write>& writes) override;
  base::Status converse(std::vector<net::Dialogue> dialogues, int inFlight) override;
  [[nodiscard]] const std::string& server() const override { return server_; }

 private:
  using Answer = base::Result<net::Response>;
  struct Exchange;

  base::Status prepare();
  base::Status refresh();
  void renewTransport();
  std::vector<Answer> exchange(const std::vector<net::Request>& requests);
  base::Status settle(Exchange& exchange, std::vector<Answer> answers);
  Answer fetch(const std::string& path);

  MakeTransport makeTransport_;
  Credentials credentials_;
  base::Clock& clock_;
  const std::string server_;
  const base::Millis timeout_;
  std::unique_ptr<net::Transport> transport_{};
};

/// How long a request and its repetitions may take where the user set no --request-timeout.
inline constexpr base::Millis defaultRequestTimeout = std::chrono::seconds{30};

}  // namespace kube
