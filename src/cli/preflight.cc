#include "cli/preflight.h"

#include "base/text.h"
#include "cli/exit_codes.h"
#include "doctor/diagnose.h"
#include "ui/findings_report.h"

namespace cli {

namespace {

constexpr std::size_t shownOfErrors = 50;

/// The failure that the errors among the findings amount to.
base::Error refusal(const std::vector<const doctor::Finding*>& errors, const std::string& program) {
  std::vector<int> codes;
  std::vector<std::string> lines;
  for (const auto* error : errors) {
    codes.push_back(base::exitCode(error->hazard->kind));
    lines.push_back(ui::findingLine(*error, shownOfErrors));
  }
  const auto code = combine(codes);
  const doctor::Finding* first = errors.front();
  for (const auto* error : errors) {
    if (base::exitCode(error->hazard->kind) != code) continue;
    first = error;
    break;
  }
  return {first->hazard->kind, "doctor found what a rotation must not begin with", base::join(lines, "; "),
          std::string(first->hazard->remedy) + " See: " + program + " doctor"};
}

}  // namespace

base::Status preflight(Context& context, const trust::Observation& mesh, const Wanted& wanted) {
  TRY_ASSIGN(kube::Api * api, context.api());
  // Where the API server cannot be asked, it will say itself what is not permitted.
  auto denied = missingPermissions(*api, mesh, wanted);
  if (!denied && denied.error().kind == base::Kind::interrupted) return base::fail(denied.error());
  const auto findings =
      doctor::diagnose(doctor::Facts(mesh, denied ? *std::move(denied) : std::vector<doctor::Denied>()));
  std::vector<const doctor::Finding*> errors;
  for (const auto& finding : findings) {
    if (finding.hazard->severity == doctor::Severity::error) errors.push_back(&finding);
    if (finding.hazard->severity == doctor::Severity::warning)
      ui::printWarning(context.terminal().err, ui::findingLine(finding));
  }
  if (!errors.empty()) return base::fail(refusal(errors, context.program()));
  return {};
}

}  // namespace cli
