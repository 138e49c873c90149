#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "ui/output.h"

namespace cli {
namespace {

base::Result<int> run(Context& context, const Options& options) {
  const std::string format = options.text("output");
  if (format == "json" || format == "yaml") {
    json::Value version = ui::document("Version");
    version.set("version", ICA_VERSION);
    version.set("builtWith",
                json::Value::object({{"openssl", ICA_OPENSSL_VERSION}, {"libcurl", ICA_CURL_VERSION}}));
    context.print(format == "json" ? ui::renderJson(version) : ui::renderYaml(version));
    return 0;
  }
  context.print(fmt::format("kubectl-istio-ca {}\nbuilt with OpenSSL {}, libcurl {}\n", ICA_VERSION,
                            ICA_OPENSSL_VERSION, ICA_CURL_VERSION));
  return 0;
}

}  // namespace

Command versionCommand() {
  return {.name = "version",
          .group = Group::other,
          .summary = "show the version",
          .description = "The program's version, and those of the libraries that it was built with.",
          .options = {outputOption({"text", "json", "yaml"}, "text")},
          .examples = {{"for a script", "version -o json"}},
          .run = run};
}

}  // namespace cli
