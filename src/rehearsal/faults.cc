#include "rehearsal/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace rehearsal {

namespace {

using Argument = FaultArgument;

base::Error usage(std::string message, std::string hint) {
  return {base::Kind::usage, std::move(message), "", std::move(hint)};
}

base::Status check(const FaultKind& kind, const std::string& argument) {
  switch (kind.argument) {
    case Argument::none:
      if (argument.empty()) return {};
      return base::fail(
          usage(fmt::format("--fault {} takes no argument", kind.name), "write it without the colon"));
    case Argument::workload:
      if (argument.empty() || std::count(argument.begin(), argument.end(), '/') == 1) return {};
      return base::fail(usage(fmt::format("--fault {}: \"{}\" is no workload", kind.name, argument),
                              fmt::format("write it like {}:shop/server", kind.name)));
    case Argument::duration:
      if (base::parseDuration(argument)) return {};
      return base::fail(usage(fmt::format("--fault {}: \"{}\" is not a duration", kind.name, argument),
                              fmt::format("write it like {}:90s", kind.name)));
    case Argument::number: {
      int number = 0;
      const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), number);
      const bool whole = error == std::errc() && end == argument.data() + argument.size();
      if (whole && number >= 1 && number <= 90) return {};
      return base::fail(
          usage(fmt::format("--fault {}: \"{}\" is no number from 1 to 90", kind.name, argument),
                fmt::format("write it like {}:10", kind.name)));
    }
  }
  return {};
}

WorkloadShape* named(Shape& shape, std::string_view name) {
  for (auto& workload : shape.workloads) {
    if (workload.ns + "/" + workload.name == name) return &workload;
  }
  return nullptr;
}

base::Error noSuchWorkload(const Fault& fault, const Shape& shape) {
  std::vector<std::string> names;
  for (const auto& workload : shape.workloads) names.push_back(workload.ns + "/" + workload.name);
  const auto close = base::didYouMean(fault.argument, names);
  if (names.size() > 8) names.resize(8);
  return usage(
      fmt::format("--fault {}: there is no workload \"{}\" in this mesh", fault.kind->name, fault.argument),
      close ? fmt::format("did you mean {}?", *close) : "some of its: " + base::join(names, ", "));
}

}  // namespace

const std::vector<FaultKind>& faultKinds() {
  static const std::vector<FaultKind> kinds{
      {"silent-proxy", Argument::workload, "",
       "nobody can be reached in the pods of a workload, but for the mesh itself"},
      {"deaf-proxy", Argument::workload, "", "the agents of a workload ignore what istiod pushes"},
      {"idle-proxy", Argument::workload, "", "the agents of a workload ask for no new certificate"},
      {"no-setting", Argument::workload, "",
       "the pods of a workload turn PROXY_CONFIG_XDS_AGENT off by an annotation of their own"},
      {"slow-kubelet", Argument::duration, "10m",
       "mounted volumes are refreshed so late, whatever asks for it"},
      {"slow-istiod", Argument::duration, "2m", "one istiod loads the CA secret so much later than others"},
      {"stubborn-istiod", Argument::none, "", "one istiod never loads the CA secret again"},
      {"crashing-istiod", Argument::none, "", "an istiod crashes each time that the CA secret has changed"},
      {"new-pod", Argument::workload, "", "the workload grows by a pod each time that the CA secret changes"},
      {"evicted-pod", Argument::workload, "",
       "a pod of the workload is evicted each time that the CA secret changes"},
      {"api-errors", Argument::number, "10",
       "the API server answers so many of a hundred requests with 429, 500 or 503, or ends the connection"},
      {"lost-answers", Argument::number, "30",
       "so many of a hundred writes are done and their answers are lost"},
      {"reverting-operator", Argument::duration, "20s",
       "another operator puts the CA secret back so long after each change"},
      {"deleted-secret", Argument::duration, "10s", "someone deletes the CA secret so long after it is made"},
  };
  return kinds;
}

base::Millis Fault::duration() const {
  return base::parseDuration(argument).value_or(base::Millis(0));
}

int Fault::number() const {
  int number = 0;
  std::from_chars(argument.data(), argument.data() + argument.size(), number);
  return number;
}

base::Result<Fault> parseFault(std::string_view text) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  std::vector<std::string> names;
  for (const auto& kind : faultKinds()) {
    names.emplace_back(kind.name);
    if (kind.name != name) continue;
    Fault fault{&kind, std::string(colon == std::string_view::npos ? kind.fallback : text.substr(colon + 1))};
    TRY(check(kind, fault.argument));
    return fault;
  }
  const auto close = base::didYouMean(std::string(name), names);
  return base::fail(
      usage(fmt::format("--fault: there is no \"{}\"", name),
            close ? fmt::format("did you mean {}?", *close) : "one of: " + base::join(names, ", ")));
}

base::Status applyToShape(std::vector<Fault>& faults, Shape& shape) {
  for (auto& fault : faults) {
    if (fault.kind->argument != Argument::workload) continue;
    if (fault.argument.empty() && !shape.workloads.empty())
      fault.argument = shape.workloads.front().ns + "/" + shape.workloads.front().name;
    auto* workload = named(shape, fault.argument);
    if (!workload) return base::fail(noSuchWorkload(fault, shape));
    if (fault.is("no-setting")) {
      workload->proxyConfig = "proxyMetadata:\n  PROXY_CONFIG_XDS_AGENT: \"false\"\n";
      workload->xdsAgent = false;
    }
  }
  return {};
}

}  // namespace rehearsal
