#!/usr/bin/env python3
"""Checks that each room of src includes only the rooms that it may: design's arrows, as a table.

usage: arrows.py SRC [STAMP]
"""
import pathlib
import re
import sys

MAY = {  # room: the rooms whose headers it may include, itself apart
    "base": [],
    "pki": ["base"],
    "trust": ["base", "pki"],
    "plan": ["base", "pki", "trust"],
    "doctor": ["base", "pki", "trust"],
    "json": ["base"],
    "net": ["base"],
    "kube": ["base", "json", "net"],
    "mesh": ["base", "json", "net", "kube", "pki", "trust"],
    "rotate": ["base", "json", "kube", "pki", "trust", "plan", "mesh"],
    "ui": ["base", "json", "pki", "trust", "plan", "doctor"],
    "rehearsal": ["base", "json", "net", "pki"],
    "cli": ["base", "json", "net", "kube", "pki", "trust", "plan", "mesh", "rotate", "doctor", "ui",
            "rehearsal"],
}
OWNER = {  # a library that only one room may include
    "rapidjson/": ["json"],
    "yaml-cpp/": ["json"],
    "curl/": ["net"],
    "nghttp2/": ["net"],
    "wslay/": ["net"],
    "openssl/": ["base", "net", "pki"],
    "cxxopts": ["cli"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def main():
    src = pathlib.Path(sys.argv[1])
    wrong = []
    for path in sorted(src.rglob("*.[hc]*")):
        parts = path.relative_to(src).parts
        room = parts[0] if len(parts) > 1 else "cli"
        if path.suffix not in (".h", ".cc"):
            continue
        for name in INCLUDE.findall(path.read_text()):
            other = name.split("/")[0]
            if other in MAY and other != room and other not in MAY[room]:
                wrong.append(f"{path}: {room} must not include {name}")
            for library, owners in OWNER.items():
                if name.startswith(library) and room not in owners:
                    wrong.append(f"{path}: only {', '.join(owners)} may include <{name}>")
    if wrong:
        sys.exit("\n".join(wrong))
    if len(sys.argv) > 2:
        pathlib.Path(sys.argv[2]).write_text("ok\n")


if __name__ == "__main__":
    main()
