#!/usr/bin/env python3
"""Packs the archives that krew installs, and fills in plugin.yaml for them.

usage: package.py --version 1.2.3 --homepage URL --downloads URL --out DIR OS_ARCH=BINARY...

Each archive holds the program, its man page and the licence, with fixed owners and times, so that the same program
always gives the same archive. Platforms of plugin.yaml without a program are left out of the manifest.
"""
import argparse
import gzip
import hashlib
import io
import pathlib
import re
import subprocess
import sys
import tarfile

TOP = pathlib.Path(__file__).resolve().parent.parent


def pack(files):
    """The bytes of a .tar.gz of (name, mode, bytes)."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, mode, content in files:
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = len(content), mode, 0
            tar.addfile(info, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)


def fill(template, values):
    """The manifest: comments and platforms without a value dropped, every @NAME@ replaced."""
    text = re.sub(r"^#.*\n", "", template, flags=re.M)
    head, *platforms = re.split(r"(?m)^(?=    - selector:)", text)
    for platform in platforms:
        if all(name in values for name in re.findall(r"@(\w+)@", platform)):
            head += platform
    missing = sorted(set(re.findall(r"@(\w+)@", head)) - set(values))
    if missing:
        sys.exit(f"plugin.yaml: no value for {', '.join(missing)}")
    return re.sub(r"@(\w+)@", lambda match: values[match[1]], head)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", required=True, help="without a v")
    parser.add_argument("--homepage", required=True)
    parser.add_argument("--downloads", required=True, help="the archives are found below this, in v<version>/")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--man", type=pathlib.Path, help="the man page; by default asked of the first program")
    parser.add_argument("binaries", nargs="+", metavar="OS_ARCH=BINARY", help="linux_amd64=build/src/kubectl-istio-ca")
    options = parser.parse_args()

    binaries = dict(word.split("=", 1) for word in options.binaries)
    first = next(iter(binaries.values()))
    man = options.man.read_bytes() if options.man else subprocess.run([first, "__man"], check=True,
                                                                      capture_output=True).stdout
    values = {"VERSION": options.version, "HOMEPAGE": options.homepage, "DOWNLOADS": options.downloads}
    options.out.mkdir(parents=True, exist_ok=True)
    for platform, binary in binaries.items():
        archive = pack([("kubectl-istio-ca", 0o755, pathlib.Path(binary).read_bytes()),
                        ("kubectl-istio-ca.1", 0o644, man),
                        ("LICENSE", 0o644, (TOP / "LICENSE").read_bytes())])
        name = f"kubectl-istio-ca_v{options.version}_{platform}.tar.gz"
        (options.out / name).write_bytes(archive)
        values[f"SHA256_{platform.upper()}"] = hashlib.sha256(archive).hexdigest()
        print(options.out / name)
    manifest = options.out / "istio-ca.yaml"
    manifest.write_text(fill((TOP / "plugin.yaml").read_text(), values))
    print(manifest)


if __name__ == "__main__":
    main()
