#include "ui/proxies.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "trust/judge.h"
#include "ui/certificates.h"
#include "ui/table.h"
#include "ui/text.h"

namespace ui {
namespace {

/// How many digits of a fingerprint a table shows; messages show eight.
constexpr std::size_t usualDigits = 8, fewDigits = 4;

std::string prints(const trust::Certificates& certificates, std::size_t digits) {
  std::vector<std::string> names;
  for (const pki::Certificate& certificate : certificates)
    names.push_back(certificate.fingerprint().substr(0, digits));
  return names.empty() ? "-" : base::join(names, ",");
}

std::string anchorText(const trust::Certificates& anchors, std::size_t digits, bool named) {
  if (anchors.empty()) return "none";
  std::string text = prints(anchors, digits);
  if (named && anchors.size() == 1) text += " " + briefName(anchors.front().subject());
  return text;
}

std::string_view typeName(trust::ProxyType type) {
  switch (type) {
    case trust::ProxyType::sidecar:
      return "sidecar";
    case trust::ProxyType::gateway:
      return "gateway";
    case trust::ProxyType::waypoint:
      return "waypoint";
  }
  return "sidecar";
}

std::string workloadText(const trust::Workload& workload) {
  if (workload.kind.empty()) return "-";
  std::string kind = workload.kind;
  std::transform(kind.begin(), kind.end(), kind.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return kind + "/" + workload.name;
}

Colour expiryColour(const pki::Certificate& certificate, base::Time now) {
  if (certificate.notAfter() <= now) return Colour::red;
  return certificate.notAfter() - now < std::chrono::hours(1) ? Colour::yellow : Colour::none;
}

std::vector<Cell> commonCells(const ProxyRow& row, base::Time now, std::size_t digits, bool named) {
  const trust::Proxy& proxy = *row.proxy;
  if (!proxy.secrets) {
    return {{proxy.ns}, {proxy.pod}, {"unproven", Colour::yellow}, {"-"}, {"-"}, {"-"}, {"-"}};
  }
  const trust::ProxySecrets& secrets = *proxy.secrets;
  const pki::Certificate& leaf = secrets.leaf();
  return {{proxy.ns},
          {proxy.pod},
          {anchorText(row.anchors, digits, named), row.anchors.empty() ? Colour::red : Colour::none},
          {prints(secrets.roots, digits) + (secrets.warming ? " (warming)" : ""),
           secrets.warming ? Colour::yellow : Colour::none},
          {briefName(leaf.issuer())},
          {leaf.serial()},
          {remaining(leaf, now), expiryColour(leaf, now)}};
}

Table narrowTable(const ProxyList& list, base::Time now, std::size_t digits, bool named) {
  Table table({{"NAMESPACE"}, {"POD"}, {"ANCHOR"}, {"ROOTS"}, {"ISSUER", 8}, {"SERIAL", 8}, {"EXPIRES"}});
  for (const ProxyRow& row : list.rows) table.add(commonCells(row, now, digits, named));
  return table;
}

Table wideTable(const ProxyList& list, base::Time now) {
  Table table({{"NAMESPACE"},
               {"POD"},
               {"ANCHOR"},
               {"ROOTS"},
               {"ISSUER"},
               {"SERIAL"},
               {"EXPIRES"},
               {"WORKLOAD"},
               {"TYPE"},
               {"CHAIN"},
               {"LEAF SHA-256"},
               {"UPDATED"}});
  for (const ProxyRow& row : list.rows) {
    std::vector<Cell> cells = commonCells(row, now, usualDigits, true);
    cells.emplace_back(workloadText(row.proxy->workload));
    cells.emplace_back(std::string(typeName(row.proxy->type)));
    if (row.proxy->secrets) {
      const trust::ProxySecrets& secrets = *row.proxy->secrets;
      cells.emplace_back(std::to_string(secrets.chain.size()));
      cells.emplace_back(secrets.leaf().fingerprint());
      cells.emplace_back(secrets.lastUpdated.empty() ? "-" : secrets.lastUpdated);
    }
    table.add(std::move(cells));
  }
  return table;
}

json::Value chainJson(const trust::ProxySecrets& secrets) {
  json::Value value = json::Value::object({{"chain", fingerprintsJson(secrets.chain)}});
  value.set("roots", fingerprintsJson(secrets.roots));
  value.set("warming", secrets.warming);
  if (!secrets.lastUpdated.empty()) value.set("updated", secrets.lastUpdated);
  return value;
}

}  // namespace

ProxyList listProxies(const trust::Observation& observation) {
  ProxyList list;
  for (const trust::Proxy& proxy : observation.proxies) {
    if (!proxy.running) continue;
    list.rows.push_back({&proxy, {}});
    if (!proxy.secrets) continue;
    for (const pki::Certificate& root : proxy.secrets->roots) {
      if (!trust::contains(list.roots, root)) list.roots.push_back(root);
    }
  }
  std::sort(list.rows.begin(), list.rows.end(), [](const ProxyRow& a, const ProxyRow& b) {
    return std::tie(a.proxy->ns, a.proxy->pod) < std::tie(b.proxy->ns, b.proxy->pod);
  });
  trust::Judge judge(observation);
  for (ProxyRow& row : list.rows) {
    if (row.proxy->secrets) row.anchors = judge.anchors(row.proxy->secrets->chain, list.roots);
  }
  return list;
}

std::string rootsText(const ProxyList& list, base::Time now, bool wide, const Style& style,
                      std::size_t width) {
  Table table({{"ROOT"}, {"SUBJECT", 12}, {"EXPIRES"}, {"TRUSTED BY"}, {"ANCHOR OF"}});
  std::size_t read = 0;
  for (const ProxyRow& row : list.rows) read += row.proxy->secrets ? 1 : 0;
  for (const pki::Certificate& root : list.roots) {
    std::size_t trusting = 0, presenting = 0;
    for (const ProxyRow& row : list.rows) {
      if (!row.proxy->secrets) continue;
      trusting += trust::contains(row.proxy->secrets->roots, root) ? 1 : 0;
      presenting += trust::contains(row.anchors, root) ? 1 : 0;
    }
    table.add({{root.fingerprint().substr(0, wide ? std::string::npos : usualDigits)},
               {root.subject()},
               {remaining(root, now), expiryColour(root, now)},
               {fmt::format("{} of {}", trusting, read), trusting < read ? Colour::yellow : Colour::none},
               {fmt::format("{} of {}", presenting, read)}});
  }
  return table.empty() ? "" : "\n" + table.render(style, width);
}

std::string proxyTable(const ProxyList& list, base::Time now, bool wide, const Style& style,
                       std::size_t width) {
  if (list.rows.empty()) return "";
  if (wide) return wideTable(list, now).render(style) + rootsText(list, now, true, style, 0);
  const std::string legend = rootsText(list, now, false, style, width);
  // On a narrow terminal first the names of the anchors go (they stand below), then digits.
  const std::pair<std::size_t, bool> attempts[] = {
      {usualDigits, true}, {usualDigits, false}, {fewDigits, false}};
  for (const auto& [digits, named] : attempts) {
    const Table table = narrowTable(list, now, digits, named);
    if (fits(table.render(Style(false), width), width)) return table.render(style, width) + legend;
  }
  return narrowTable(list, now, fewDigits, false).render(style, width) + legend;
}

json::Value proxiesJson(const ProxyList& list) {
  json::Array items;
  for (const ProxyRow& row : list.rows) {
    const trust::Proxy& proxy = *row.proxy;
    json::Value item = json::Value::object({{"namespace", proxy.ns}, {"pod", proxy.pod}});
    if (!proxy.workload.kind.empty()) {
      item.set("workload",
               json::Value::object({{"kind", proxy.workload.kind}, {"name", proxy.workload.name}}));
    }
    item.set("type", typeName(proxy.type));
    if (proxy.secrets) {
      const pki::Certificate& leaf = proxy.secrets->leaf();
      item.set("leaf", leaf.fingerprint());
      item.set("serial", leaf.serial());
      item.set("issuer", leaf.issuer());
      item.set("notAfter", base::formatTime(leaf.notAfter()));
      item.set("anchors", fingerprintsJson(row.anchors));
      const json::Value held = chainJson(*proxy.secrets);
      for (const auto& [name, value] : held.members()) item.set(name, value);
    } else {
      item.set("unproven", proxy.secrets.error().reason);
    }
    items.push_back(std::move(item));
  }
  return json::Value::array(std::move(items));
}

json::Value certificatesJson(const ProxyList& list) {
  std::map<std::string, const pki::Certificate*> seen;
  for (const ProxyRow& row : list.rows) {
    if (!row.proxy->secrets) continue;
    for (const pki::Certificate& certificate : row.proxy->secrets->chain)
      seen[certificate.fingerprint()] = &certificate;
    for (const pki::Certificate& certificate : row.proxy->secrets->roots)
      seen[certificate.fingerprint()] = &certificate;
  }
  json::Array items;
  for (const auto& [fingerprint, certificate] : seen) items.push_back(certificateJson(*certificate));
  return json::Value::array(std::move(items));
}

std::string proxyName(const trust::Proxy& proxy) {
  return proxy.ns.empty() ? proxy.pod : proxy.ns + "/" + proxy.pod;
}

}  // namespace ui
