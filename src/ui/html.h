#pragma once

#include <string>
#include <string_view>

namespace ui {

/// Text for HTML, in an element or a quoted attribute: names come from the cluster and may hold anything.
/// Control characters are shown as on a terminal.
std::string escaped(std::string_view text);

/// <section> with a heading; `body` is HTML.
std::string htmlSection(std::string_view id, std::string_view heading, std::string_view body);

/// A cell with a colour and, for whoever sees no colours, a word: "ok", "bad", "unknown" or "" for none.
std::string htmlCell(std::string_view kind, std::string_view text, std::string_view title = {});

/// The page's style: light and dark as the reader's system is, and fit to be printed.
std::string_view htmlStyle();

}  // namespace ui
