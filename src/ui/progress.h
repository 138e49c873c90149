#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ui/terminal.h"

namespace ui {

/// Something that is waited for: how many of how many hold, and which do not yet.
struct Waiting {
  std::string what;                    // "every proxy trusts the new root"
  std::size_t holding = 0, total = 0;  // total 0: not counted
  std::vector<std::string> missing{};  // "shop/server-7f9: trusts only 3f2a91bc"
};

/// What goes on, as events; how that looks is the implementation's business.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A stage or step begins.
  virtual void started(std::string_view what) = 0;
  /// The state of what is waited for; may come many times a second.
  virtual void waiting(const Waiting& state) = 0;
  /// Something to know that is not an end.
  virtual void note(std::string_view text) = 0;
  /// The stage or step has ended well.
  virtual void done(std::string_view what) = 0;
};

/// On a terminal: redraws up to two lines in place, at most five times a second. Elsewhere: a line with the
/// time for each change. `stream` and `clock` are borrowed.
std::unique_ptr<Progress> makeProgress(Stream& stream, base::Clock& clock);
std::unique_ptr<Progress> makeLiveProgress(Stream& stream, base::Clock& clock);
std::unique_ptr<Progress> makePlainProgress(Stream& stream, base::Clock& clock);

/// "waiting: every proxy trusts the new root (7 of 10)" and "missing: a, b and 3 more", the second line empty
/// if nothing is missing.
std::string describeCount(const Waiting& state);
std::string describeMissing(const Waiting& state, std::size_t width);

}  // namespace ui
