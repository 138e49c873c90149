#include "rehearsal/views.h"

#include "base/text.h"

namespace rehearsal {
namespace {

using json::Value;

Value metadataOnly(const Value& object) {
  return Value::object({{"kind", "PartialObjectMetadata"},
                        {"apiVersion", "meta.k8s.io/v1"},
                        {"metadata", object["metadata"]}});
}

}  // namespace

View::View(const ApiRequest& request, ApiKind kind, const Store& store, const Simulation& simulation)
    : kind_(std::move(kind)), store_(store), simulation_(simulation) {
  // The first that is known; a plain type counts as the object itself.
  for (const std::string& range : base::split(request.http.header("Accept"), ',')) {
    if (range.find("json") == std::string::npos && range.find("*/*") == std::string::npos) continue;
    if (range.find("as=Table") != std::string::npos) as_ = Kind::table;
    if (range.find("as=PartialObjectMetadata") != std::string::npos) as_ = Kind::metadata;
    break;
  }
  const std::string_view carried = request.parameter("includeObject");
  if (carried == "Object") carried_ = RowObject::whole;
  if (carried == "None") carried_ = RowObject::none;
}

Value View::table(const std::vector<const Value*>& objects, bool withColumns) const {
  const Value* definition = kind_.custom ? store_.find({"apiextensions.k8s.io", "customresourcedefinitions",
                                                        "", kind_.plural + "." + kind_.group})
                                         : nullptr;
  return makeTable(kind_, definition, objects, simulation_.now(), carried_, withColumns);
}

Value View::one(const Value& object, bool withColumns) const {
  if (as_ == Kind::metadata) return metadataOnly(object);
  if (as_ == Kind::objects) return object;
  Value made = table({&object}, withColumns);
  made.at("metadata").set("resourceVersion", object["metadata"]["resourceVersion"]);
  return made;
}

std::string View::list(const std::vector<const Value*>& objects, const Value& listMetadata,
                       ObjectTexts& texts) const {
  if (as_ == Kind::table) {
    Value made = table(objects, true);
    made.set("metadata", listMetadata);
    return json::dump(made) + "\n";
  }
  const bool whole = as_ == Kind::objects;
  // Put together from the items' own texts: a list of pods is too large to be copied.
  std::string body = "{\"kind\":\"" + (whole ? kind_.kind : std::string("PartialObjectMetadata")) +
                     "List\",\"apiVersion\":\"" + (whole ? kind_.apiVersion() : "meta.k8s.io/v1") +
                     "\",\"metadata\":" + json::dump(listMetadata) + ",\"items\":[";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (i > 0) body += ',';
    body += whole ? texts.of(*objects[i]) : json::dump(metadataOnly(*objects[i]));
  }
  return body + "]}\n";
}

}  // namespace rehearsal
