#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "rehearsal/shape.h"

namespace rehearsal {

/// What the argument of a fault is: checked when it is read.
enum class FaultArgument { none, workload, duration, number };

/// Something that goes wrong in a built-in mesh, as a row of a table.
struct FaultKind {
  std::string_view name;
  FaultArgument argument = FaultArgument::none;
  std::string_view fallback{};  // of the argument; of a workload: the first one
  std::string_view help{};      // one line
};

const std::vector<FaultKind>& faultKinds();

/// One fault, asked for.
struct Fault {
  const FaultKind* kind = nullptr;
  std::string argument{};
  [[nodiscard]] bool is(std::string_view name) const { return kind->name == name; }
  [[nodiscard]] base::Millis duration() const;
  [[nodiscard]] int number() const;
};

/// "NAME" or "NAME:ARGUMENT". Kind::usage, with the closest name.
base::Result<Fault> parseFault(std::string_view text);

/// Checks that the workloads that faults name are there ("NAMESPACE/NAME"; Kind::usage), names the first one
/// where none was named, and puts what belongs to the shape into it (a workload that turns the setting off).
base::Status applyToShape(std::vector<Fault>& faults, Shape& shape);

}  // namespace rehearsal
