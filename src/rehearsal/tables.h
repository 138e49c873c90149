#pragma once

#include <string_view>
#include <vector>

#include "base/clock.h"
#include "json/value.h"
#include "rehearsal/kinds.h"

namespace rehearsal {

/// How much of each object a row of a Table carries (the parameter includeObject).
enum class RowObject { none, metadata, whole };

/// A Table as kubectl prints it (kubernetes: pkg/printers/internalversion/printers.go; custom resources by
/// the additionalPrinterColumns of their definition, which may be null).
json::Value makeTable(const ApiKind& kind, const json::Value* definition,
                      const std::vector<const json::Value*>& objects, base::Time now, RowObject carried,
                      bool withColumns = true);

/// "45s", "3m12s", "5h", "12d": apimachinery: pkg/util/duration/duration.go, HumanDuration.
std::string humanDuration(base::Seconds duration);

}  // namespace rehearsal
