#include "kube/pod_stream.h"

#include <fmt/format.h>

#include <deque>

#include "kube/asked.h"
#include "kube/exec_stream.h"
#include "kube/port_forward.h"
#include "kube/status.h"
#include "kube/uri.h"

namespace kube {
namespace {

net::Dialogue dialogue(std::string path, std::vector<std::string> protocols, net::Conversation& conversation,
                       base::Millis timeout) {
  net::Dialogue out;
  out.request.path = std::move(path);
  out.request.timeout = timeout;
  out.protocols = std::move(protocols);
  out.conversation = &conversation;
  out.refusal = refusedUpgrade;
  return out;
}

std::string execPath(const Exec& exec) {
  std::string path = pods.path(exec.pod.ns, exec.pod.name, "exec") + "?stdout=true&stderr=true";
  if (!exec.container.empty()) path += "&container=" + percentEncode(exec.container);
  for (const std::string& word : exec.command) path += "&command=" + percentEncode(word);
  return path;
}

/// An upgrade is a GET, and since Kubernetes 1.35 the server asks for create too
/// (pkg/registry/core/pod/rest).
std::string permissionHint(const PodRef& pod, std::string_view sub) {
  return fmt::format(
      "ask for the permission to get and create pods/{0} in namespace {1} (kubectl auth can-i get pods "
      "--subresource={0} -n {1}, and the same with create)",
      sub, pod.ns);
}

base::Error named(base::Error error, const std::string& doing, const PodRef& pod, std::string_view sub) {
  if (error.kind == base::Kind::interrupted) return error;
  if (error.message.ends_with("forbidden")) error.hint = permissionHint(pod, sub);
  constexpr std::string_view refused = "refused: ";
  if (error.message.starts_with(refused)) error.message.erase(0, refused.size());
  return error.context(doing);
}

}  // namespace

std::vector<base::Result<void>> forward(Api& api, const std::vector<PortForward>& forwards,
                                        base::Millis timeout) {
  std::deque<PortForwardConversation> conversations;
  std::vector<net::Dialogue> dialogues;
  for (const PortForward& each : forwards) {
    const std::string path = pods.path(each.pod.ns, each.pod.name, "portforward");
    dialogues.push_back(dialogue(fmt::format("{}?ports={}", path, each.port), {"v4.channel.k8s.io"},
                                 conversations.emplace_back(each), timeout));
  }
  const base::Status held = api.converse(std::move(dialogues));
  std::vector<base::Result<void>> results;
  for (std::size_t i = 0; i < forwards.size(); ++i) {
    base::Status result = conversations[i].result();
    if (!held && !conversations[i].done()) result = held;
    if (!result) {
      const PodRef& pod = forwards[i].pod;
      const std::string doing = fmt::format("port-forward to {}/{}:{}", pod.ns, pod.name, forwards[i].port);
      result = base::fail(named(result.error(), doing, pod, "portforward"));
    }
    results.push_back(std::move(result));
  }
  return results;
}

std::vector<base::Result<ExecOutput>> execute(Api& api, const std::vector<Exec>& execs,
                                              base::Millis timeout) {
  std::deque<ExecConversation> conversations;
  std::vector<net::Dialogue> dialogues;
  for (const Exec& each : execs)
    dialogues.push_back(dialogue(execPath(each), {"v5.channel.k8s.io", "v4.channel.k8s.io"},
                                 conversations.emplace_back(), timeout));
  const base::Status held = api.converse(std::move(dialogues));
  std::vector<base::Result<ExecOutput>> results;
  for (std::size_t i = 0; i < execs.size(); ++i) {
    base::Result<ExecOutput> result = conversations[i].result();
    if (!held && !conversations[i].done()) result = base::fail(held.error());
    if (!result) {
      const PodRef& pod = execs[i].pod;
      const std::string doing = fmt::format("exec in {}/{} ({})", pod.ns, pod.name, execs[i].container);
      result = base::fail(named(result.error(), doing, pod, "exec"));
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace kube
