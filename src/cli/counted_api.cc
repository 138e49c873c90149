#include "cli/counted_api.h"

namespace cli {

base::Result<json::Value> CountedApi::get(const std::string& path) {
  ++requests_;
  return inner_->get(path);
}

std::vector<base::Result<json::Value>> CountedApi::getAll(const std::vector<std::string>& paths) {
  requests_ += paths.size();
  return inner_->getAll(paths);
}

base::Result<json::Array> CountedApi::list(const kube::Resource& resource, std::string_view ns,
                                           std::string_view query, json::Value first) {
  ++requests_;
  return inner_->list(resource, ns, query, std::move(first));
}

base::Result<json::Value> CountedApi::write(const kube::Write& write) {
  ++requests_;
  return inner_->write(write);
}

std::vector<base::Result<json::Value>> CountedApi::writeAll(const std::vector<kube::Write>& writes) {
  requests_ += writes.size();
  return inner_->writeAll(writes);
}

base::Status CountedApi::converse(std::vector<net::Dialogue> dialogues, int inFlight) {
  requests_ += dialogues.size();
  return inner_->converse(std::move(dialogues), inFlight);
}

}  // namespace cli
