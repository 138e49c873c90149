#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "kube/api.h"

namespace mesh {

/// Reads that are asked at once: lists and single objects. Most lists fit into one page, so the first pages
/// go out together and only a longer list costs more than one round trip.
class Questions {
 public:
  /// Each gives the number by which the answer is fetched. `query` as for Api::list.
  std::size_t list(const kube::Resource& resource, const std::string& ns, const std::string& query = {});
  std::size_t object(const std::string& path);

  /// Fails only when interrupted; every other failure is the answer to its question.
  base::Status ask(kube::Api& api);

  [[nodiscard]] const base::Result<json::Array>& items(std::size_t number) const {
    return lists_[number].answer;
  }
  [[nodiscard]] base::Result<json::Array>& items(std::size_t number) { return lists_[number].answer; }
  [[nodiscard]] base::Result<json::Value>& object(std::size_t number) { return objects_[number].answer; }

 private:
  struct List {
    kube::Resource resource;
    std::string ns, query;
    base::Result<json::Array> answer;
  };
  struct Object {
    std::string path;
    base::Result<json::Value> answer;
  };
  std::vector<List> lists_;
  std::vector<Object> objects_;
};

/// The object is not there, or the API server does not know its kind.
template <class T>
bool absent(const base::Result<T>& answer) {
  return !answer && answer.error().kind == base::Kind::notFound;
}

}  // namespace mesh
