#pragma once

#include <string>
#include <vector>

#include "json/value.h"
#include "trust/expiry.h"
#include "ui/style.h"

namespace ui {

/// A line for each certificate that ends soon: what it is, whose, when; and what to do.
std::string expiryText(const std::vector<trust::InUse>& expiring, base::Time now, const Style& style,
                       std::size_t width);
json::Value expiryJson(const std::vector<trust::InUse>& certificates);

/// "shop/server-1 and 3 more".
std::string whereText(const trust::InUse& entry, std::size_t most = 2);

}  // namespace ui
