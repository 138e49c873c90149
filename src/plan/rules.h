#pragma once

namespace plan {

/// The rules that a plan keeps, as a value: all on. Only tests switch one off, to show what it is there for.
struct Rules {
  /// Predicates are evidence; off: each counts as holding as soon as it is asked for.
  bool gates = true;
  /// 3a apart from 3b: the new signer first, the trigger when every istiod signs with it.
  bool splitSwitch = true;
  /// 4a apart from 4b: after the old root is cut, the bundle's bytes change again for proxies that kept it.
  bool triggerRemoval = true;
  /// New bytes go to the end of a bundle and are cut from it; off: the new root is put in front.
  bool appendOnly = true;
  /// The old CA is backed up in the cluster before the first write.
  bool keepOldCa = true;
};

}  // namespace plan
