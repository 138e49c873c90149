#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kube/api.h"

namespace support {

/// An API server of canned answers that remembers what was asked and written. What it was not told of is not
/// there.
class FakeApi final : public kube::Api {
 public:
  /// Speaks to a conversation as the server does.
  using Stream = std::function<void(net::Conversation&)>;

  /// By path; a query of the request other than limit=500 has to be part of it. "POST /path" answers a write,
  /// which gets its own body back else.
  FakeApi& answer(const std::string& path, base::Result<json::Value> value);
  FakeApi& items(const std::string& path, json::Array items);
  /// "forwards/NS/POD:PORT" and "execs/NS/POD".
  FakeApi& stream(const std::string& name, Stream stream);

  base::Result<json::Value> get(const std::string& path) override;
  std::vector<base::Result<json::Value>> getAll(const std::vector<std::string>& paths) override;
  base::Result<json::Array> list(const kube::Resource& resource, std::string_view ns, std::string_view query,
                                 json::Value) override;
  base::Result<json::Value> write(const kube::Write& write) override;
  std::vector<base::Result<json::Value>> writeAll(const std::vector<kube::Write>& writes) override;
  base::Status converse(std::vector<net::Dialogue> dialogues, int inFlight) override;
  [[nodiscard]] const std::string& server() const override { return server_; }

  std::vector<std::string> asked{};  // paths and names of streams
  std::vector<kube::Write> written{};

 private:
  const std::string server_ = "https://fake:6443";
  std::map<std::string, base::Result<json::Value>> answers_{};
  std::map<std::string, Stream> streams_{};
};

base::Error refused(std::string what);

/// A port-forward behind which an HTTP server answers every request with this body.
FakeApi::Stream httpServer(std::string body);
/// An exec that prints this and ends well.
FakeApi::Stream printing(std::string output);
/// One that the API server refuses: 403.
FakeApi::Stream forbidden();

}  // namespace support
