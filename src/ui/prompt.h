#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "ui/terminal.h"

namespace ui {

/// Asks "question [y/N] " on standard error and reads the answer from the terminal on standard input. Only y
/// and yes (whatever the case) mean yes; an empty answer and the end of input mean no. Without a terminal:
/// Kind::usage, with `hint` ("pass --yes"). Ctrl-C: Kind::interrupted.
base::Result<bool> confirm(Terminal& terminal, std::string_view question, std::string_view hint);

/// Asks for a line, which is shown as it is typed: for what has to be typed to be meant. Without a terminal:
/// Kind::usage, with `hint`. Ctrl-C: Kind::interrupted. When the terminal gets another size, or was left and
/// come back to (Ctrl-Z, fg), `redraw` is called, with the cursor below the question, and it is asked again.
base::Result<std::string> askLine(Terminal& terminal, std::string_view question, std::string_view hint,
                                  const std::function<void()>& redraw = {});

/// Asks for a passphrase twice without showing it. Without a terminal: Kind::usage, with `hint`.
base::Result<base::Secret> askNewPassphrase(Terminal& terminal, std::string_view what, std::string_view hint);
/// Asks once, for a passphrase that exists.
base::Result<base::Secret> askPassphrase(Terminal& terminal, std::string_view what, std::string_view hint);

}  // namespace ui
