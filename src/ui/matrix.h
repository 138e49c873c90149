#pragma once

#include <string>

#include "trust/matrix.h"
#include "ui/proxies.h"
#include "ui/style.h"

namespace ui {

/// Who accepts whom, as a picture: a row presents its certificate, a column verifies it. By workload if that
/// fits in `width` columns (0: in 100), else by classes of proxies that fare alike; if not even those fit,
/// the worst of them, and how many are left out. Below it what the signs and the roots mean. `utf8`: signs
/// beyond ASCII.
std::string matrixText(const trust::Observation& observation, const ProxyList& list, const Style& style,
                       std::size_t width, bool utf8);

/// "A" to "Z", "AA": the name of a class by its place.
std::string letters(std::size_t place);
/// The workloads of a class, so many by name: "shop/client, shop/server and 3 more".
std::string workloadsText(const trust::Alike& alike, std::size_t most);
/// The worst first: what is refused or refuses, then what cannot be read, then the largest. The matrix of
/// these classes alone, at most `most` of them.
trust::Matrix worst(const trust::Matrix& matrix, std::size_t most);

}  // namespace ui
