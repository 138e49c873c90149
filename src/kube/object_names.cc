#include "kube/object_names.h"

#include "kube/rest_api.h"

namespace kube {
namespace {

/// Asks for metadata alone with each request (kubernetes:
/// staging/src/k8s.io/apiserver/pkg/endpoints/handlers/ response.go, asPartialObjectMetadataList); a server
/// that does not know it gives whole objects.
class MetadataAlone final : public net::Transport {
 public:
  explicit MetadataAlone(std::unique_ptr<net::Transport> transport) : transport_(std::move(transport)) {}

  std::vector<base::Result<net::Response>> send(std::vector<net::Request> requests, int inFlight) override {
    for (net::Request& request : requests) {
      for (auto& [name, value] : request.headers) {
        if (name == "Accept")
          value = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
      }
    }
    return transport_->send(std::move(requests), inFlight);
  }
  base::Status converse(std::vector<net::Dialogue> dialogues, int inFlight) override {
    return transport_->converse(std::move(dialogues), inFlight);
  }

 private:
  std::unique_ptr<net::Transport> transport_;
};

}  // namespace

std::unique_ptr<net::Transport> metadataAlone(std::unique_ptr<net::Transport> transport) {
  return std::make_unique<MetadataAlone>(std::move(transport));
}

base::Result<std::vector<std::string>> objectNames(const ClusterAccess& access, base::Clock& clock,
                                                   const Resource& resource, std::string_view ns,
                                                   std::string_view query) {
  const auto timeout =
      access.requestTimeout > base::Millis{0} ? access.requestTimeout : defaultRequestTimeout;
  RestApi api(
      [timeout](net::Endpoint endpoint) {
        return metadataAlone(net::makeCurlTransport(std::move(endpoint), timeout, nullptr));
      },
      access, clock);
  TRY_ASSIGN(const json::Value page,
             api.get(resource.path(ns) + "?limit=500" + (query.empty() ? "" : "&") + std::string(query)));
  std::vector<std::string> names;
  for (const json::Value& object : page["items"].items())
    names.emplace_back(object["metadata"]["name"].text());
  return names;
}

}  // namespace kube
