#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/options.h"
#include "trust/blocker.h"
#include "trust/observation.h"
#include "trust/verdict.h"
#include "trust/waivers.h"

namespace cli {

/// What verify was asked to check beside the verdict over all pairs: --trusts and --issued-by, files read.
struct Predicates {
  std::vector<trust::Certificates> trusts;  // of each file: all of them in every proxy's roots
  trust::Waivers waivers{};                 // what the user answers for
  trust::Certificates issuers;              // every leaf verifies with one of them as its only anchor
};
base::Result<Predicates> readPredicates(const Options& options);

/// What an observation says to all that.
struct Findings {
  trust::Verdict verdict;
  std::vector<trust::Answer> answers;  // one for each --trusts, then one for all --issued-by

  /// 0, 3, 4, or 6 where the API server forbade reading something.
  [[nodiscard]] int exitCode() const;
  /// The first thing that does not hold, and what stands against it; the predicate is empty if all holds.
  [[nodiscard]] trust::Answer missing() const;
};
Findings judge(const trust::Observation& observation, const Predicates& predicates);

}  // namespace cli
