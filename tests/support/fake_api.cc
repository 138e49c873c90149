#include "support/fake_api.h"

namespace support {

namespace {

base::Error notThere(const std::string& what) {
  return {base::Kind::notFound, what + " not found"};
}

std::string withoutLimit(std::string path) {
  const auto at = path.find("?limit=500");
  if (at == std::string::npos) return path;
  path.erase(at, std::string_view("?limit=500").size());
  if (at < path.size()) path[at] = '?';
  return path;
}

/// "/api/v1/namespaces/NS/pods/POD/portforward?ports=15000" -> "forwards/NS/POD:15000".
std::string streamName(const std::string& path) {
  const auto pod = path.find("/pods/") + 6;
  const auto ns = path.find("/namespaces/") + 12;
  const auto end = path.find('/', pod);
  const auto name = path.substr(ns, path.find('/', ns) - ns) + "/" + path.substr(pod, end - pod);
  if (path.compare(end, 12, "/portforward") != 0) return "execs/" + name;
  return "forwards/" + name + ":" + path.substr(path.find('=') + 1);
}

}  // namespace

FakeApi& FakeApi::answer(const std::string& path, base::Result<json::Value> value) {
  answers_.insert_or_assign(path, std::move(value));
  return *this;
}

FakeApi& FakeApi::items(const std::string& path, json::Array items) {
  return answer(path, json::Value::object({{"kind", "List"}, {"items", std::move(items)}}));
}

FakeApi& FakeApi::stream(const std::string& name, Stream stream) {
  streams_[name] = std::move(stream);
  return *this;
}

base::Result<json::Value> FakeApi::get(const std::string& path) {
  asked.push_back(path);
  const auto found = answers_.find(withoutLimit(path));
  if (found == answers_.end()) return base::fail(notThere(path));
  return found->second;
}

std::vector<base::Result<json::Value>> FakeApi::getAll(const std::vector<std::string>& paths) {
  std::vector<base::Result<json::Value>> answers;
  for (const auto& path : paths) answers.push_back(get(path));
  return answers;
}

base::Result<json::Array> FakeApi::list(const kube::Resource& resource, std::string_view ns,
                                        std::string_view query, json::Value /*first*/) {
  TRY_ASSIGN(const auto page, get(resource.path(ns) + (query.empty() ? "" : "?" + std::string(query))));
  return page["items"].items();
}

base::Result<json::Value> FakeApi::write(const kube::Write& write) {
  written.push_back(write);
  const auto found = answers_.find(write.method + " " + write.path);
  return found == answers_.end() ? write.body : found->second;
}

std::vector<base::Result<json::Value>> FakeApi::writeAll(const std::vector<kube::Write>& writes) {
  std::vector<base::Result<json::Value>> answers;
  for (const auto& each : writes) answers.push_back(write(each));
  return answers;
}

base::Status FakeApi::converse(std::vector<net::Dialogue> dialogues, int /*inFlight*/) {
  for (auto& dialogue : dialogues) {
    const auto name = streamName(dialogue.request.path);
    asked.push_back(name);
    const auto found = streams_.find(name);
    if (found != streams_.end()) {
      found->second(*dialogue.conversation);
    } else {
      dialogue.conversation->onError(notThere(name));
    }
  }
  return {};
}

base::Error refused(std::string what) {
  return {base::Kind::forbidden, std::move(what), "not allowed"};
}

FakeApi::Stream httpServer(std::string body) {
  return [body = std::move(body)](net::Conversation& conversation) {
    const auto request = conversation.onOpen("v4.channel.k8s.io");
    if (request.empty()) return conversation.onClose(1000, "");
    constexpr std::string_view port("\x98\x3a", 2);  // 15000
    conversation.onMessage(std::string(1, '\0').append(port));
    conversation.onMessage(std::string(1, '\1').append(port));
    conversation.onMessage(std::string(1, '\0') + "HTTP/1.1 200 OK\r\nContent-Length: " +
                           std::to_string(body.size()) + "\r\n\r\n" + body);
    if (!conversation.done()) conversation.onClose(1000, "");
  };
}

FakeApi::Stream printing(std::string output) {
  return [output = std::move(output)](net::Conversation& conversation) {
    conversation.onOpen("v5.channel.k8s.io");
    conversation.onMessage("\1" + output);
    conversation.onMessage("\3{\"status\":\"Success\"}");
    conversation.onClose(1000, "");
  };
}

FakeApi::Stream forbidden() {
  return [](net::Conversation& conversation) { conversation.onError(refused("refused: forbidden")); };
}

}  // namespace support
