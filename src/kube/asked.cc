#include "kube/asked.h"

#include <vector>

#include "base/text.h"
#include "kube/uri.h"

namespace kube {
namespace {

bool endsWith(std::string_view text, std::string_view end) {
  return text.ends_with(end);
}

/// Kubernetes' plurals are the kind in lower case with an English ending (apimachinery
/// UnsafeGuessKindToResource).
std::string singular(const std::string& plural) {
  for (const std::string_view end : {"sses", "xes", "ches", "shes"})
    if (endsWith(plural, end)) return plural.substr(0, plural.size() - 2);
  if (endsWith(plural, "ies")) return plural.substr(0, plural.size() - 3) + "y";
  if (endsWith(plural, "s") && !endsWith(plural, "ss")) return plural.substr(0, plural.size() - 1);
  return plural;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string verbOf(std::string_view method, bool named, std::string_view query) {
  if (method == "GET" || method == "HEAD") {
    if (query.find("watch=true") != query.npos || query.find("watch=1") != query.npos) return "watch";
    return named ? "get" : "list";
  }
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "DELETE" && !named) return "deletecollection";
  return lower(method);
}

std::string target(const Asked& asked) {
  return asked.ns.empty() ? asked.name : asked.ns + "/" + asked.name;
}

}  // namespace

Asked askedOf(std::string_view method, std::string_view path) {
  const std::size_t question = path.find('?');
  const std::string_view query = question == path.npos ? std::string_view{} : path.substr(question + 1);
  Asked asked;
  asked.path = std::string(path.substr(0, question));
  asked.verb = lower(method);

  std::vector<std::string> parts = base::split(asked.path, '/');
  for (std::string& part : parts) part = percentDecode(part);
  std::size_t at = 0;  // parts[0] is what stands before the first slash: nothing
  if (parts.size() > 3 && parts[1] == "api") {
    at = 3;
  } else if (parts.size() > 4 && parts[1] == "apis") {
    asked.group = parts[2];
    at = 4;
  } else {
    return asked;
  }
  if (parts[at] == "namespaces" &&
      parts.size() > at + 2) {  // with nothing after the name it is the namespace itself
    asked.ns = parts[at + 1];
    at += 2;
  }
  asked.resource = parts[at];
  if (parts.size() > at + 1) asked.name = parts[at + 1];
  if (parts.size() > at + 2) asked.sub = parts[at + 2];
  asked.verb = verbOf(method, !asked.name.empty(), query);
  return asked;
}

std::string describe(const Asked& asked) {
  if (asked.resource.empty()) return asked.verb + " " + asked.path;
  if (asked.name.empty()) {
    const std::string what = asked.verb == "create" ? singular(asked.resource) : asked.resource;
    return asked.verb + " " + what + (asked.ns.empty() ? "" : " in " + asked.ns);
  }
  if (!asked.sub.empty()) return asked.verb + " " + asked.resource + "/" + asked.sub + " " + target(asked);
  return asked.verb + " " + singular(asked.resource) + " " + target(asked);
}

std::string canI(const Asked& asked) {
  if (asked.resource.empty()) return {};
  std::string out = "kubectl auth can-i " + asked.verb + " " + asked.resource;
  if (!asked.group.empty()) out += "." + asked.group;
  if (!asked.sub.empty()) out += " --subresource=" + asked.sub;
  return out + (asked.ns.empty() ? " -A" : " -n " + asked.ns);
}

std::string permission(const Asked& asked) {
  if (asked.resource.empty()) return asked.verb + " " + asked.path;
  const std::string what = asked.resource + (asked.sub.empty() ? "" : "/" + asked.sub);
  return asked.verb + " " + what + (asked.ns.empty() ? " in the whole cluster" : " in namespace " + asked.ns);
}

}  // namespace kube
