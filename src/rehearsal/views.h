#pragma once

#include <string>
#include <vector>

#include "rehearsal/api_request.h"
#include "rehearsal/kinds.h"
#include "rehearsal/object_texts.h"
#include "rehearsal/simulation.h"
#include "rehearsal/store.h"
#include "rehearsal/tables.h"

namespace rehearsal {

/// How the client wants to see objects (its Accept header): as they are, as a Table, or their metadata alone.
class View {
 public:
  View(const ApiRequest& request, ApiKind kind, const Store& store, const Simulation& simulation);

  [[nodiscard]] json::Value one(const json::Value& object, bool withColumns = true) const;
  /// A list of stored objects as the body of a response; `listMetadata` has resourceVersion and continue.
  [[nodiscard]] std::string list(const std::vector<const json::Value*>& objects,
                                 const json::Value& listMetadata, ObjectTexts& texts) const;

 private:
  enum class Kind { objects, table, metadata };

  [[nodiscard]] json::Value table(const std::vector<const json::Value*>& objects, bool withColumns) const;

  Kind as_ = Kind::objects;
  RowObject carried_ = RowObject::metadata;
  ApiKind kind_;
  const Store& store_;
  const Simulation& simulation_;
};

}  // namespace rehearsal
