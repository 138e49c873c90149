#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "kube/pod_stream.h"
#include "net/http_message.h"

namespace kube {

/// One GET over a port-forward (to Envoy's admin port, to istiod's debug port). The body is complete or there
/// is no response: one that only the end of the connection delimits is refused, for a cut one would look the
/// same.
class HttpGet final : public PortProtocol {
 public:
  explicit HttpGet(std::string path, std::string host = "localhost");

  std::string onOpen() override;
  base::Result<std::string> onBytes(std::string_view bytes) override;
  base::Status onEnd() override;
  [[nodiscard]] bool done() const override { return parser_.complete(); }
  /// Of any status; valid once done() is true.
  [[nodiscard]] const net::Response& response() const { return parser_.response(); }
  /// The body of a 200, else an error with the status and the body's beginning; valid once done() is true.
  [[nodiscard]] base::Result<std::string_view> body() const;

 private:
  std::string path_, host_;
  net::ResponseParser parser_;
};

}  // namespace kube
