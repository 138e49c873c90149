#include "rehearsal/object_texts.h"

namespace rehearsal {

const std::string& ObjectTexts::of(const json::Value& object) {
  const auto& metadata = object["metadata"];
  auto& text = byUid_[std::string(metadata["uid"].text())];
  const auto version = metadata["resourceVersion"].text();
  if (text.version != version || version.empty()) text = {std::string(version), json::dump(object)};
  return text.json;
}

void ObjectTexts::forget(const json::Value& object) {
  byUid_.erase(std::string(object["metadata"]["uid"].text()));
}

}  // namespace rehearsal
