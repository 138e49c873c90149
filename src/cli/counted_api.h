#pragma once

#include <memory>

#include "kube/api.h"

namespace cli {

/// Passes everything on, and counts what it asks of the API server.
class CountedApi final : public kube::Api {
 public:
  explicit CountedApi(std::unique_ptr<kube::Api> inner) : inner_(std::move(inner)) {}

  base::Result<json::Value> get(const std::string& path) override;
  std::vector<base::Result<json::Value>> getAll(const std::vector<std::string>& paths) override;
  base::Result<json::Array> list(const kube::Resource& resource, std::string_view ns, std::string_view query,
                                 json::Value first) override;
  base::Result<json::Value> write(const kube::Write& write) override;
  std::vector<base::Result<json::Value>> writeAll(const std::vector<kube::Write>& writes) override;
  base::Status converse(std::vector<net::Dialogue> dialogues, int inFlight) override;
  [[nodiscard]] const std::string& server() const override { return inner_->server(); }

  /// Requests and streams so far; a list counts once, however many pages it has.
  [[nodiscard]] std::size_t requests() const { return requests_; }

 private:
  std::unique_ptr<kube::Api> inner_;
  std::size_t requests_ = 0;
};

}  // namespace cli
