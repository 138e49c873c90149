#include "cli/observation_source.h"

#include "base/file.h"
#include "base/tar.h"
#include "json/value.h"
#include "mesh/observation_json.h"
#include "mesh/observe.h"

namespace cli {

std::vector<Option> observationOptions() {
  return {{.name = "observation",
           .takes = Takes::file,
           .value = "FILE",
           .help = "judge a saved observation, or that of a support bundle, instead of the cluster; - reads "
                   "standard input"},
          {.name = "save-observation",
           .takes = Takes::file,
           .value = "FILE",
           .help = "write what was read to a new file; it holds no key"}};
}

namespace {

/// A support bundle holds one too.
base::Result<std::string> observationBytes(const std::string& file) {
  TRY_ASSIGN(auto bytes, base::readFile(file));
  if (!base::isTar(bytes)) return bytes;
  auto member = base::tarMember(bytes, "observation.json");
  if (member) return *std::move(member);
  return base::fail({base::Kind::usage, file + " holds no observation.json",
                     "it is an archive without that file",
                     "give a support bundle, or what --save-observation wrote"});
}

}  // namespace

base::Result<trust::Observation> observationFrom(Context& context, const Options& options, ReadMore more) {
  if (options.has("observation")) {
    const auto file = options.text("observation");
    TRY_ASSIGN(const auto bytes, observationBytes(file));
    auto document = json::parse(bytes);
    if (!document) return base::fail(document.error().context(file));
    auto observation = mesh::observationFromJson(*document);
    if (!observation) return base::fail(observation.error().context(file));
    return *observation;
  }
  TRY_ASSIGN(kube::Api * api, context.api());
  mesh::ObserveOptions observe;
  observe.istioNamespace = context.istioNamespace();
  observe.directProof = options.on("prove-signers");
  TRY_ASSIGN(auto reading, mesh::observe(*api, context.clock(), observe));
  if (more) TRY(more(*api, reading.observation));
  if (options.has("save-observation")) {
    TRY(base::writeNewFile(options.text("save-observation"),
                           json::dumpPretty(mesh::observationToJson(reading.observation)) + "\n"));
  }
  return std::move(reading.observation);
}

}  // namespace cli
