#!/usr/bin/env python3
"""Records a rehearsal, with each question answered by y, as an SVG that moves: docs/rehearse.svg.

usage: record.py PROGRAM OUT.svg
"""
import html
import itertools
import pathlib
import sys
import time

from pty_run import Run

WIDTH, HEIGHT = 112, 32
LETTER, LINE, EDGE = 7.8, 17, 12  # pixels
LONGEST = 1.6  # seconds that nothing moves, at most
LAST = 6.0  # how long the end stays
COLOURS = {"31": "#f38ba8", "32": "#a6e3a1", "33": "#f9e2af", "34": "#89b4fa", "35": "#cba6f7", "36": "#94e2d5", "2": "#7f849c", "90": "#7f849c"}


def frames(program):
    """(seconds, rows), where a row is a tuple of (text, style)."""
    run = Run(program, ["rehearse"], WIDTH, HEIGHT)
    run.screen.feed("$ kubectl istio-ca rehearse\r\n")
    shown, answered, began = [(0.0, rows_of(run.screen))], None, time.monotonic()
    while run.read(0.05):
        now = time.monotonic() - began
        if (rows := rows_of(run.screen)) != shown[-1][1]:
            shown.append((now, rows))
        asks = run.screen.rows[run.screen.row].startswith("Do it?")
        if not asks:
            answered = None
        elif answered is None:
            answered = now + 1.2
        elif answered <= now < answered + 60:
            run.type("y\n")
            answered = now + 60
    shown.append((time.monotonic() - began, rows_of(run.screen)))
    if run.code:
        sys.exit("exit %d:\n%s" % (run.code, "\n".join(run.screen.all())))
    return shown


def rows_of(screen):
    rows = []
    for text, styles in zip(screen.rows, screen.styles):
        styles = styles + [""] * (len(text) - len(styles))
        spans = itertools.groupby(zip(text, styles), key=lambda letter: letter[1])
        rows.append(tuple(("".join(letter for letter, _ in span), style) for style, span in spans))
    return tuple(rows)


def shortened(shown):
    """Waits that are longer than anybody wants to look at are cut."""
    result, at, before = [], 0.0, 0.0
    for when, rows in shown:
        at += min(when - before, LONGEST)
        before = when
        result.append((at, rows))
    return result, at + LAST


def span(text, style):
    codes, text = style.split(";"), text.replace(" ", "\u00a0")  # which nobody joins
    colour = next((COLOURS[code] for code in codes if code in COLOURS), None)
    attributes = (' fill="%s"' % colour if colour else "") + (' font-weight="bold"' if "1" in codes else "")
    return "<tspan%s>%s</tspan>" % (attributes, html.escape(text)) if attributes else html.escape(text)


def line(row, number, begin, end, whole):
    """A row of the screen for as long as it stays as it is."""
    if not "".join(text for text, _ in row).strip():
        return ""
    times, values = [0.0], ["visible" if begin == 0 else "hidden"]
    for at, value in ((begin, "visible"), (end, "hidden")):
        if 0 < at < whole:
            times.append(at / whole)
            values.append(value)
    animation = '<animate attributeName="visibility" dur="%.2fs" calcMode="discrete" repeatCount="indefinite" keyTimes="%s" values="%s"/>' % (
        whole, ";".join("%.4f" % at for at in times), ";".join(values))
    return '<text x="%d" y="%d" visibility="hidden">%s%s</text>\n' % (
        EDGE, EDGE + LINE * (number + 1) - 4, "".join(span(*part) for part in row), animation)


def svg(shown):
    shown, whole = shortened(shown)
    lines = []
    for number in range(HEIGHT):
        stays = [(at, rows[number] if number < len(rows) else ()) for at, rows in shown] + [(whole, None)]
        changes = [stays[0]] + [after for before, after in itertools.pairwise(stays) if after[1] != before[1]]
        lines += [line(row, number, begin, end, whole) for (begin, row), (end, _) in itertools.pairwise(changes)]
    width, height = WIDTH * LETTER + 2 * EDGE, HEIGHT * LINE + 2 * EDGE
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" '
            'font-size="13" fill="#cdd6f4">\n<rect width="100%%" height="100%%" rx="8" fill="#1e1e2e"/>\n%s</svg>\n'
            % (width, height, "".join(lines)))


pathlib.Path(sys.argv[2]).write_text(svg(frames(sys.argv[1])))
