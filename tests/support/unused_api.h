#pragma once

#include "kube/api.h"

namespace support {

/// What a test's API server does not need: nothing is there, nothing can be written, no stream opens.
class UnusedApi : public kube::Api {
 public:
  base::Result<json::Value> get(const std::string&) override { return absent(); }
  std::vector<base::Result<json::Value>> getAll(const std::vector<std::string>& paths) override {
    std::vector<base::Result<json::Value>> answers;
    for (const auto& path : paths) answers.push_back(get(path));
    return answers;
  }
  base::Result<json::Array> list(const kube::Resource&, std::string_view, std::string_view,
                                 json::Value) override {
    return json::Array{};
  }
  base::Result<json::Value> write(const kube::Write&) override { return absent(); }
  std::vector<base::Result<json::Value>> writeAll(const std::vector<kube::Write>& writes) override {
    std::vector<base::Result<json::Value>> answers;
    for (const auto& each : writes) answers.push_back(write(each));
    return answers;
  }
  base::Status converse(std::vector<net::Dialogue>, int) override { return {}; }
  [[nodiscard]] const std::string& server() const override { return server_; }

 private:
  static base::Result<json::Value> absent() { return base::fail({base::Kind::notFound, "not there"}); }
  const std::string server_ = "https://fake:6443";
};

}  // namespace support
