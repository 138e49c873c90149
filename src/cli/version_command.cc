#include "cli/commands.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "cli/print.h"
#include "cli/version_report.h"

namespace cli {
namespace {

base::Result<int> runVersion(Context& context, const Options& options) {
  std::optional<ClusterVersions> cluster;
  std::optional<base::Error> failure;
  const auto access = options.on("client") ? nullptr : context.access().value_or(nullptr);
  if (access) {  // without a kubeconfig there is none to ask
    auto api = context.api();
    auto versions = api ? readVersions(**api, context.istioNamespace()) : base::fail(api.error());
    if (versions) cluster = std::move(*versions);
    if (!versions) failure = versions.error();
  }
  printAs(context, options,
          {.document = [&] { return versionJson(cluster); },
           .names = {},
           .text = [&](const ui::Stream&) { return versionText(cluster); },
           .table = {}});
  if (failure) {
    failure->hint += failure->hint.empty() ? "--client shows this program's version alone"
                                           : "; --client shows this program's version alone";
    return base::fail(*failure);
  }
  return 0;
}

}  // namespace

Command versionCommand() {
  return {.name = "version",
          .group = Group::other,
          .summary = "show the versions of the program and of the mesh",
          .description =
              "The program's version, its compiler and libraries; and, where there is a kubeconfig, those "
              "of the API server, of every istiod, and of the proxies.",
          .options = {{.name = "client", .help = "only this program's; asks no cluster"},
                      outputOption({"text", "json", "yaml"}, "text")},
          .examples = {{"everything", "version"}, {"this program, for a script", "version --client -o json"}},
          .run = runVersion};
}

}  // namespace cli
