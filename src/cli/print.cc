#include "cli/print.h"

#include "ui/output.h"
#include "ui/text.h"

namespace cli {

std::string renderAs(Context& context, const Options& options, const Forms& forms) {
  const auto format = options.text("output");
  const auto& out = context.terminal().out;
  if (format == "json") return ui::renderJson(forms.document());
  if (format == "yaml") return ui::renderYaml(forms.document());
  if (format == "name") {
    std::string names;
    for (const auto& name : forms.names()) names += ui::oneLine(name) + "\n";
    return names;
  }
  if (format != "table" && format != "wide") return forms.text(out);
  const auto table = forms.table(format == "wide");
  return table.empty() ? "" : table.render(out.style(), format == "wide" ? 0 : out.tableWidth());
}

void printAs(Context& context, const Options& options, const Forms& forms) {
  context.print(renderAs(context, options, forms));
}

}  // namespace cli
