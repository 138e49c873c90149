#pragma once

#include <string>

#include "ui/proxies.h"

namespace ui {

/// The matrix as an HTML table, and below it who is in each class where that is not told by the table.
std::string htmlMatrix(const trust::Observation& mesh, const ProxyList& list);
/// The roots, and the distinct sets of them with how many proxies trust each.
std::string htmlRoots(const ProxyList& list, base::Time now);

}  // namespace ui
