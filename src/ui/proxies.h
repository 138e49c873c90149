#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "json/value.h"
#include "trust/observation.h"
#include "ui/style.h"

namespace ui {

/// A proxy with what follows from the observation for it.
struct ProxyRow {
  const trust::Proxy* proxy = nullptr;
  trust::Certificates
      anchors;  // of all roots that anyone trusts: those that the leaf verifies with, each alone
};

/// All running proxies, by namespace and name, and all distinct roots that any of them trusts, in order of
/// first sight.
struct ProxyList {
  std::vector<ProxyRow> rows;
  trust::Certificates roots;
};
ProxyList listProxies(const trust::Observation& observation);

/// Who presents what and who trusts what, by the first digits of fingerprints; below it the roots that those
/// stand for. `wide` shows workloads, chains and whole fingerprints. `width` 0: as wide as needed.
std::string proxyTable(const ProxyList& list, base::Time now, bool wide, const Style& style,
                       std::size_t width);

/// The roots, who they are and how many trust and present them; starts with an empty line, empty without
/// roots.
std::string rootsText(const ProxyList& list, base::Time now, bool wide, const Style& style,
                      std::size_t width);

/// The proxies as an array, and each certificate that occurs in them once, by its fingerprint.
json::Value proxiesJson(const ProxyList& list);
json::Value certificatesJson(const ProxyList& list);

/// "shop/server-7f9c"; the name alone where there is no namespace (a file).
std::string proxyName(const trust::Proxy& proxy);

}  // namespace ui
