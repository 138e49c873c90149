#include "rotate/two_looks.h"

#include <variant>

namespace rotate {

namespace {

// The two looks on which a write of the CA secret is judged are this far apart: an agent may have heard a
// bundle that it has not given to its Envoy yet (istio: secretcache.go:1120-1134 pushes after it has stored
// it).
constexpr base::Millis betweenProofs{2'000};

base::Millis apart(const plan::Step& step) {
  return std::holds_alternative<plan::UpdateCaSecret>(step.action) ? betweenProofs : base::Millis{0};
}

}  // namespace

bool TwoLooks::found(const plan::Decision& decision, const trust::Observation& mesh, base::Millis began,
                     base::Millis ended) {
  if (decision.step->trustStays) return true;
  const auto& secret = mesh.cacerts;
  const auto due =
      decision.step->title + "@" + (secret && *secret ? (**secret).resourceVersion : std::string());
  if (due_ == due) return began - since_ >= apart(*decision.step);
  due_ = due;
  since_ = ended;
  return false;
}

base::Millis TwoLooks::until(const plan::Step& step, base::Millis now) const {
  return since_ + apart(step) - now;
}

}  // namespace rotate
