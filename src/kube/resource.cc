#include "kube/api.h"
#include "kube/uri.h"

namespace kube {

std::string Resource::path(std::string_view ns, std::string_view name, std::string_view sub) const {
  std::string out = group.empty() ? "/api/" + version : "/apis/" + group + "/" + version;
  if (!ns.empty()) out += "/namespaces/" + percentEncode(ns);
  out += "/" + plural;
  if (!name.empty()) out += "/" + percentEncode(name);
  if (!sub.empty()) out += "/" + std::string(sub);
  return out;
}

}  // namespace kube
