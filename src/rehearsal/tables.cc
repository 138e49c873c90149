#include "rehearsal/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "rehearsal/pod_row.h"

namespace rehearsal {
namespace {

using json::Array;
using json::Value;

struct Column {
  std::string name, type = "string";
  int priority = 0;  // 1: with -o wide
};

struct Layout {
  std::vector<Column> columns;
  std::function<Array(const Value& object, base::Time now)> cells;
};

Value age(const Value& object, base::Time now) {
  const auto then = base::parseTime(object["metadata"]["creationTimestamp"].text());
  return then ? humanDuration(now - *then) : std::string("<unknown>");
}

std::int64_t number(const Value& value) {
  return value.integer().value_or(0);
}

Value name(const Value& object) {
  return object["metadata"]["name"];
}

std::string joined(const Value& list, std::string_view field) {
  std::vector<std::string> parts;
  for (const Value& each : list.items()) parts.emplace_back(each[field].text());
  return base::join(parts, ",");
}

std::string selectorText(const Value& selector) {
  std::vector<std::string> parts;
  const Value& labels = selector.has("matchLabels") ? selector["matchLabels"] : selector;
  for (const auto& [key, value] : labels.members()) parts.push_back(fmt::format("{}={}", key, value.text()));
  return parts.empty() ? "<none>" : base::join(parts, ",");
}

std::int64_t entries(const Value& object) {
  return static_cast<std::int64_t>(object["data"].members().size() + object["binaryData"].members().size());
}

std::string orNone(std::string_view text, std::string_view none = "<none>") {
  return std::string(text.empty() ? none : text);
}

std::string textOr(const Value& value, std::string_view none) {
  if (value.isNull()) return std::string(none);
  return value.isString() ? std::string(value.text()) : json::dump(value);
}

std::string ports(const Value& service) {
  std::vector<std::string> parts;
  for (const Value& port : service["spec"]["ports"].items())
    parts.push_back(fmt::format("{}/{}", number(port["port"]), orNone(port["protocol"].text(), "TCP")));
  return parts.empty() ? "<none>" : base::join(parts, ",");
}

const Column nameColumn{"Name"}, ageColumn{"Age"};

Layout replicated() {
  return {{nameColumn,
           {"Ready"},
           {"Up-to-date"},
           {"Available"},
           ageColumn,
           {"Containers", "string", 1},
           {"Images", "string", 1},
           {"Selector", "string", 1}},
          [](const Value& object, base::Time now) -> Array {
            const Value& status = object["status"];
            const Value& containers = object["spec"]["template"]["spec"]["containers"];
            return {name(object),
                    fmt::format("{}/{}", number(status["readyReplicas"]), number(object["spec"]["replicas"])),
                    number(status["updatedReplicas"]),
                    number(status["availableReplicas"]),
                    age(object, now),
                    joined(containers, "name"),
                    joined(containers, "image"),
                    selectorText(object["spec"]["selector"])};
          }};
}

Layout counts(std::vector<std::pair<std::string, std::pair<const char*, const char*>>> fields) {
  Layout layout{{nameColumn}, {}};
  for (const auto& [title, path] : fields) layout.columns.push_back({title, "integer"});
  layout.columns.push_back(ageColumn);
  layout.cells = [fields](const Value& object, base::Time now) {
    Array cells{name(object)};
    for (const auto& [title, path] : fields) cells.emplace_back(number(object[path.first][path.second]));
    cells.push_back(age(object, now));
    return cells;
  };
  return layout;
}

/// Name, one column of its own, age.
Layout simple(std::string title, std::function<Value(const Value&)> cell) {
  return {{nameColumn, {std::move(title)}, ageColumn},
          [cell = std::move(cell)](const Value& object, base::Time now) -> Array {
            return {name(object), cell(object), age(object, now)};
          }};
}

Layout services() {
  return {{nameColumn,
           {"Type"},
           {"Cluster-IP"},
           {"External-IP"},
           {"Port(s)"},
           ageColumn,
           {"Selector", "string", 1}},
          [](const Value& object, base::Time now) -> Array {
            const Value& spec = object["spec"];
            const auto& ingress = object["status"]["loadBalancer"]["ingress"].items();
            const bool balanced = spec["type"].text() == "LoadBalancer";
            return {name(object),
                    orNone(spec["type"].text(), "ClusterIP"),
                    orNone(spec["clusterIP"].text()),
                    !ingress.empty() ? std::string(ingress.front()["ip"].text())
                    : balanced       ? "<pending>"
                                     : "<none>",
                    ports(object),
                    age(object, now),
                    selectorText(spec["selector"])};
          }};
}

Layout events() {
  return {{{"Last Seen"}, {"Type"}, {"Reason"}, {"Object"}, {"Message"}},
          [](const Value& object, base::Time now) -> Array {
            const auto seen = base::parseTime(object["lastTimestamp"].text());
            std::string about(object["involvedObject"]["kind"].text());
            std::transform(about.begin(), about.end(), about.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
            return {seen ? Value(humanDuration(now - *seen)) : age(object, now), object["type"],
                    object["reason"], about + "/" + std::string(object["involvedObject"]["name"].text()),
                    object["message"]};
          }};
}

bool conditionHolds(const Value& object, std::string_view type) {
  const auto& all = object["status"]["conditions"].items();
  return std::any_of(all.begin(), all.end(), [&](const Value& condition) {
    return condition["type"].text() == type && condition["status"].text() == "True";
  });
}

Layout nodes() {
  return {{nameColumn, {"Status"}, {"Roles"}, ageColumn, {"Version"}},
          [](const Value& object, base::Time now) -> Array {
            std::string status = conditionHolds(object, "Ready") ? "Ready" : "NotReady";
            if (object["spec"]["unschedulable"].boolean() == true) status += ",SchedulingDisabled";
            return {name(object), std::move(status), "<none>", age(object, now),
                    object["status"]["nodeInfo"]["kubeletVersion"]};
          }};
}

std::string jobStatus(const Value& job) {
  if (conditionHolds(job, "Complete")) return "Complete";
  if (conditionHolds(job, "Failed")) return "Failed";
  return job["spec"]["suspend"].boolean() == true ? "Suspended" : "Running";
}

Layout jobTable() {
  return {{nameColumn, {"Status"}, {"Completions"}, {"Duration"}, ageColumn},
          [](const Value& object, base::Time now) -> Array {
            const Value& status = object["status"];
            const auto begun = base::parseTime(status["startTime"].text());
            const auto ended = base::parseTime(status["completionTime"].text());
            return {name(object), jobStatus(object),
                    fmt::format("{}/{}", number(status["succeeded"]),
                                object["spec"]["completions"].integer().value_or(1)),
                    begun ? humanDuration((ended ? *ended : now) - *begun) : std::string(), age(object, now)};
          }};
}

Layout cronJobs() {
  return {{nameColumn,
           {"Schedule"},
           {"Timezone"},
           {"Suspend"},
           {"Active", "integer"},
           {"Last Schedule"},
           ageColumn},
          [](const Value& object, base::Time now) -> Array {
            const Value& spec = object["spec"];
            return {name(object),
                    spec["schedule"],
                    orNone(spec["timeZone"].text()),
                    spec["suspend"].boolean() == true ? "True" : "False",
                    static_cast<std::int64_t>(object["status"]["active"].items().size()),
                    "<none>",
                    age(object, now)};
          }};
}

Layout autoscalers() {
  return {{nameColumn,
           {"Reference"},
           {"Targets"},
           {"MinPods"},
           {"MaxPods", "integer"},
           {"Replicas", "integer"},
           ageColumn},
          [](const Value& object, base::Time now) -> Array {
            const Value& spec = object["spec"];
            const Value& target = spec["scaleTargetRef"];
            return {name(object),
                    fmt::format("{}/{}", target["kind"].text(), target["name"].text()),
                    "<unknown>",
                    textOr(spec["minReplicas"], "<unset>"),
                    number(spec["maxReplicas"]),
                    number(object["status"]["currentReplicas"]),
                    age(object, now)};
          }};
}

Layout disruptionBudgets() {
  return {{nameColumn, {"Min Available"}, {"Max Unavailable"}, {"Allowed Disruptions", "integer"}, ageColumn},
          [](const Value& object, base::Time now) -> Array {
            return {name(object), textOr(object["spec"]["minAvailable"], "N/A"),
                    textOr(object["spec"]["maxUnavailable"], "N/A"),
                    number(object["status"]["disruptionsAllowed"]), age(object, now)};
          }};
}

Layout pods() {
  return {{nameColumn,
           {"Ready"},
           {"Status"},
           {"Restarts"},
           ageColumn,
           {"IP", "string", 1},
           {"Node", "string", 1},
           {"Nominated Node", "string", 1},
           {"Readiness Gates", "string", 1}},
          [](const Value& object, base::Time now) -> Array {
            const PodRow row = podRow(object, now);
            return {name(object),
                    row.ready,
                    row.status,
                    row.restarts,
                    age(object, now),
                    orNone(object["status"]["podIP"].text()),
                    orNone(object["spec"]["nodeName"].text()),
                    "<none>",
                    "<none>"};
          }};
}

/// ".spec.version" and '.status.conditions[?(@.type=="Ready")].status': what definitions of columns use.
Value at(const Value& object, std::string_view path) {
  const Value* found = &object;
  while (!path.empty()) {
    if (path.front() == '.') path.remove_prefix(1);
    if (path.starts_with("[?(@.")) {
      const auto equals = path.find("==");
      const auto end = path.find(")]");
      if (equals == std::string_view::npos || end == std::string_view::npos) return {};
      const std::string_view field = path.substr(5, equals - 5);
      std::string_view wanted = path.substr(equals + 2, end - equals - 2);
      if (wanted.size() > 1) wanted = wanted.substr(1, wanted.size() - 2);
      const auto& items = found->items();
      const auto item = std::find_if(items.begin(), items.end(),
                                     [&](const Value& each) { return each[field].text() == wanted; });
      if (item == items.end()) return {};
      found = &*item;
      path.remove_prefix(end + 2);
      continue;
    }
    const auto end = std::min(path.find_first_of(".["), path.size());
    found = &(*found)[path.substr(0, end)];
    path.remove_prefix(end);
  }
  return *found;
}

Layout custom(const ApiKind& kind, const Value* definition) {
  Layout layout{{nameColumn}, {}};
  std::vector<std::pair<std::string, bool>> paths;  // whether it is a date
  if (definition != nullptr) {
    for (const Value& version : (*definition)["spec"]["versions"].items()) {
      if (version["name"].text() != kind.version) continue;
      for (const Value& column : version["additionalPrinterColumns"].items()) {
        layout.columns.push_back({std::string(column["name"].text()), std::string(column["type"].text()),
                                  static_cast<int>(number(column["priority"]))});
        paths.emplace_back(column["jsonPath"].text(), column["type"].text() == "date");
      }
    }
  }
  if (paths.empty()) {
    layout.columns.push_back(ageColumn);
    paths.emplace_back(".metadata.creationTimestamp", true);
  }
  layout.cells = [paths](const Value& object, base::Time now) {
    Array cells{name(object)};
    for (const auto& [path, isDate] : paths) {
      Value value = at(object, path);
      const auto then = isDate ? base::parseTime(value.text()) : base::Result<base::Time>(base::fail({}));
      cells.push_back(then ? Value(humanDuration(now - *then)) : std::move(value));
    }
    return cells;
  };
  return layout;
}

Layout layoutOf(const ApiKind& kind, const Value* definition) {
  const std::string& what = kind.kind;
  if (kind.custom) return custom(kind, definition);
  if (what == "Pod") return pods();
  if (what == "Deployment") return replicated();
  if (what == "StatefulSet")
    return simple("Ready", [](const Value& object) -> Value {
      return fmt::format("{}/{}", number(object["status"]["readyReplicas"]),
                         number(object["spec"]["replicas"]));
    });
  if (what == "DaemonSet")
    return counts({{"Desired", {"status", "desiredNumberScheduled"}},
                   {"Current", {"status", "currentNumberScheduled"}},
                   {"Ready", {"status", "numberReady"}},
                   {"Up-to-date", {"status", "updatedNumberScheduled"}},
                   {"Available", {"status", "numberAvailable"}}});
  if (what == "ReplicaSet")
    return counts({{"Desired", {"spec", "replicas"}},
                   {"Current", {"status", "replicas"}},
                   {"Ready", {"status", "readyReplicas"}}});
  if (what == "Secret")
    return {{nameColumn, {"Type"}, {"Data", "integer"}, ageColumn},
            [](const Value& object, base::Time now) -> Array {
              return {name(object), object["type"], entries(object), age(object, now)};
            }};
  if (what == "ConfigMap")
    return simple("Data", [](const Value& object) -> Value { return entries(object); });
  if (what == "Namespace")
    return simple("Status", [](const Value& object) -> Value {
      return orNone(object["status"]["phase"].text(), "Active");
    });
  if (what == "Lease")
    return simple("Holder", [](const Value& object) { return object["spec"]["holderIdentity"]; });
  if (what == "ServiceAccount")
    return simple("Secrets", [](const Value& object) -> Value {
      return static_cast<std::int64_t>(object["secrets"].items().size());
    });
  if (what.ends_with("WebhookConfiguration"))
    return simple("Webhooks", [](const Value& object) -> Value {
      return static_cast<std::int64_t>(object["webhooks"].items().size());
    });
  if (what == "Service") return services();
  if (what == "Event") return events();
  if (what == "Node") return nodes();
  if (what == "PodDisruptionBudget") return disruptionBudgets();
  if (what == "Job") return jobTable();
  if (what == "CronJob") return cronJobs();
  if (what == "HorizontalPodAutoscaler") return autoscalers();
  if (what == "CustomResourceDefinition")
    return {{nameColumn, {"Created At", "date"}}, [](const Value& object, base::Time) -> Array {
              return {name(object), object["metadata"]["creationTimestamp"]};
            }};
  return {{nameColumn, ageColumn},
          [](const Value& object, base::Time now) -> Array { return {name(object), age(object, now)}; }};
}

Value rowObject(const Value& object, RowObject carried) {
  if (carried == RowObject::whole) return object;
  if (carried == RowObject::none) return {};
  return Value::object({{"kind", "PartialObjectMetadata"},
                        {"apiVersion", "meta.k8s.io/v1"},
                        {"metadata", object["metadata"]}});
}

}  // namespace

Value makeTable(const ApiKind& kind, const Value* definition, const std::vector<const Value*>& objects,
                base::Time now, RowObject carried, bool withColumns) {
  const Layout layout = layoutOf(kind, definition);
  Array columns, rows;
  for (const Column& column : layout.columns) {
    if (!withColumns) break;
    columns.push_back(Value::object({{"name", column.name},
                                     {"type", column.type},
                                     {"format", column.name == "Name" ? "name" : ""},
                                     {"description", column.name},
                                     {"priority", column.priority}}));
  }
  for (const Value* object : objects)
    rows.push_back(
        Value::object({{"cells", layout.cells(*object, now)}, {"object", rowObject(*object, carried)}}));
  return Value::object({{"kind", "Table"},
                        {"apiVersion", "meta.k8s.io/v1"},
                        {"metadata", Value::object()},
                        {"columnDefinitions", std::move(columns)},
                        {"rows", std::move(rows)}});
}

std::string humanDuration(base::Seconds duration) {
  const auto seconds = duration.count();
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  const auto minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  if (seconds < 120) return fmt::format("{}s", seconds);
  if (minutes < 10)
    return seconds % 60 == 0 ? fmt::format("{}m", minutes) : fmt::format("{}m{}s", minutes, seconds % 60);
  if (minutes < 180) return fmt::format("{}m", minutes);
  if (hours < 8)
    return minutes % 60 == 0 ? fmt::format("{}h", hours) : fmt::format("{}h{}m", hours, minutes % 60);
  if (hours < 48) return fmt::format("{}h", hours);
  if (hours < 192)
    return hours % 24 == 0 ? fmt::format("{}d", days) : fmt::format("{}d{}h", days, hours % 24);
  if (days < 730) return fmt::format("{}d", days);
  const auto years = days / 365, rest = days % 365;
  if (years < 8 && rest != 0) return fmt::format("{}y{}d", years, rest);
  return fmt::format("{}y", years);
}

}  // namespace rehearsal
