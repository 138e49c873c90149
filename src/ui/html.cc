#include "ui/html.h"

#include <fmt/format.h>

#include "ui/text.h"

namespace ui {

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string htmlSection(std::string_view id, std::string_view heading, std::string_view body) {
  return fmt::format("<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n{2}</section>\n", id,
                     heading, body);
}

std::string htmlCell(std::string_view kind, std::string_view text, std::string_view title) {
  const auto shown = title.empty() ? "" : fmt::format(" title=\"{}\"", escaped(title));
  if (kind.empty()) return fmt::format("<td{}>{}</td>", shown, escaped(text));
  return fmt::format("<td class=\"{}\"{}>{}</td>", kind, shown, escaped(text));
}

std::string_view htmlStyle() {
  return R"css(
:root { color-scheme: light dark; --text: #1b1f24; --dim: #57606a; --page: #ffffff; --line: #d0d7de; --band: #f3f5f7;
  --ok: #116329; --ok-back: #dcf5e3; --bad: #a40e26; --bad-back: #ffe3e6; --unknown: #6b4400; --unknown-back: #fff3cf;
  --bar: #4a6fa5; --now: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --dim: #9aa4af; --page: #0f1318; --line: #363d46;
  --band: #181e25; --ok: #7ee2a0; --ok-back: #0f2e1b; --bad: #ff9aa6; --bad-back: #45121b; --unknown: #f5cf6b;
  --unknown-back: #3a2d05; --bar: #7fa4dc; --now: #ff9aa6; } }
@media print { :root { color-scheme: light; --text: #000; --dim: #444; --page: #fff; --line: #999; --band: #fff;
  --ok: #064; --bad: #900; --unknown: #640; } section { break-inside: avoid-page; } details { display: block; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .4rem 0; } .dim, caption { color: var(--dim); font-weight: 400; } caption { text-align: left; padding: .2rem 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } table.tight { width: auto; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--band); } td.number { text-align: right; }
code, .mono { font-family: ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: .9em;
  overflow-wrap: anywhere; }
.ok { color: var(--ok); background: var(--ok-back); } .bad { color: var(--bad); background: var(--bad-back); }
.unknown { color: var(--unknown); background: var(--unknown-back); }
table.matrix td.ok, table.matrix td.bad, table.matrix td.unknown { text-align: center; font-weight: 700;
  border: 1px solid var(--page); min-width: 2.2rem; }
table.matrix thead th.letter { text-align: center; }
.badge { display: inline-block; padding: .1rem .6rem; border-radius: 1rem; font-weight: 600; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0; } dt { color: var(--dim); }
dd { margin: 0; } ul { margin: .3rem 0; padding-left: 1.2rem; } details summary { cursor: pointer; color: var(--dim); }
.bar { width: 55%; } .bar svg { display: block; width: 100%; height: 1.2rem; } .bar rect.life { fill: var(--bar); }
.bar rect.track { fill: var(--band); } .bar rect.over { fill: var(--bad); } .bar rect.now { fill: var(--now); }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .6rem; color: var(--dim); font-size: .9rem; }
)css";
}

}  // namespace ui
