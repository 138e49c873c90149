#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kube/pod_stream.h"
#include "net/http.h"

namespace kube {

/// Reads the Status that ends an exec: 0 for Success, the command's exit code for NonZeroExitCode, else the
/// error of whatever kept the command from running to its end (client-go tools/remotecommand/v4.go).
base::Result<int> exitCodeOf(std::string_view status);

/// The client's side of an exec over v5 or v4.channel.k8s.io: channel 1 is standard output, 2 standard error,
/// 3 one Status at the end. It sends nothing, for a frame of ours can cost output (kubernetes#124571), reads
/// until the server closes, and takes neither a missing Status nor a connection that just ended for a
/// success.
class ExecConversation final : public net::Conversation {
 public:
  std::vector<std::string> onOpen(std::string_view protocol) override;
  std::vector<std::string> onMessage(std::string_view message) override;
  void onClose(int code, std::string_view reason) override;
  void onError(const base::Error& error) override;
  [[nodiscard]] bool done() const override { return ended_; }
  /// Takes the output, once.
  base::Result<ExecOutput> result();

 private:
  void fail(base::Error error);

  ExecOutput output_{};
  std::string status_{};
  bool ended_ = false;
  std::optional<base::Error> error_{};
};

}  // namespace kube
