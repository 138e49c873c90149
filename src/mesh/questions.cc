#include "mesh/questions.h"

#include <utility>

namespace mesh {

namespace {

base::Error notAsked() {
  return {base::Kind::failed, "not asked"};
}

bool isList(const json::Value& page) {
  return page["items"].isArray() || page["kind"].text().ends_with("List");
}

}  // namespace

std::size_t Questions::list(const kube::Resource& resource, const std::string& ns, const std::string& query) {
  lists_.push_back({resource, ns, query, base::fail(notAsked())});
  return lists_.size() - 1;
}

std::size_t Questions::object(const std::string& path) {
  objects_.push_back({path, base::fail(notAsked())});
  return objects_.size() - 1;
}

base::Status Questions::ask(kube::Api& api) {
  std::vector<std::string> paths;
  for (const auto& list : lists_) {
    paths.push_back(list.resource.path(list.ns) + "?limit=500" +
                    (list.query.empty() ? "" : "&" + list.query));
  }
  for (const auto& object : objects_) paths.push_back(object.path);
  auto answers = api.getAll(paths);
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    auto& list = lists_[i];
    auto& page = answers[i];
    if (!page) {
      list.answer = base::fail(page.error());
    } else if (!isList(*page)) {
      list.answer = base::fail({base::Kind::failed, "get " + paths[i] + ": the answer is not a list"});
    } else if (!(*page)["metadata"]["continue"].text().empty()) {
      list.answer = api.list(list.resource, list.ns, list.query, std::move(*page));
    } else {
      list.answer = page->at("items").takeItems();
    }
    if (!list.answer && base::interrupted(list.answer.error())) return base::fail(list.answer.error());
  }
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    objects_[i].answer = std::move(answers[lists_.size() + i]);
    if (!objects_[i].answer && base::interrupted(objects_[i].answer.error())) {
      return base::fail(objects_[i].answer.error());
    }
  }
  return {};
}

}  // namespace mesh
