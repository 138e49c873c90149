#pragma once

namespace plan {

/// The rules that a plan keeps, as a value: all on. Only tests switch one off, to show what it is there for.
struct Rules {
  bool gates = true;  // predicates are evidence; off: each counts as holding as soon as it is asked for
  bool splitSwitch =
      true;  // 3a apart from 3b: the new signer first, the trigger when every istiod signs with it
};

}  // namespace plan
