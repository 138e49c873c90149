#!/usr/bin/env python3
"""Packs the archives that krew installs, their checksums, and the manifest from plugin.yaml; release/build.sh calls it.

usage: package.py --version 1.2.3 --homepage URL --downloads URL --out DIR --runs BINARY OS_ARCH=BINARY[,LIBRARIES]...

Each archive holds the program, its man pages (man/) and completion scripts (completions/), the licence and those of what is
linked in (LIBRARIES is a folder that release/libraries.sh made), with fixed owners and times: the same program always gives the same archive. Platforms of
plugin.yaml without a program are left out of the manifest. It goes to DIR/krew/istio-ca.yaml, archives and SHA256SUMS to
DIR/v1.2.3, as they have to lie below --downloads.
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


def notices(libraries):
    """What is linked in, by version, and the licence of each."""
    text = "kubectl-istio-ca is linked with the following, which have licences of their own.\n\nSources:\n"
    text += (libraries / "versions").read_text()
    for file in sorted((libraries / "licences").iterdir()):
        text += f"\n{'=' * 100}\n{file.name}\n{'=' * 100}\n\n{file.read_text(errors='replace').strip()}\n"
    return text.encode()


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


def printed(program, *arguments):
    return subprocess.run([program, *arguments], check=True, capture_output=True).stdout


def documents(program):
    """The man pages and completion scripts as a program prints them: (name, mode, bytes) of each."""
    main = printed(program, "__man")
    files = [("man/kubectl-istio-ca.1", 0o644, main)]
    for command in sorted(re.findall(r"\\fBkubectl\\-istio\\-ca\\-(\S+)\\fR\(1\)", main.decode())):
        command = command.replace("\\-", "-")
        files.append((f"man/kubectl-istio-ca-{command}.1", 0o644, printed(program, "__man", command)))
    for shell, name, mode in (("bash", "kubectl-istio-ca", 0o644), ("zsh", "_kubectl-istio-ca", 0o644),
                              ("fish", "kubectl-istio-ca.fish", 0o644), ("kubectl", "kubectl_complete-istio_ca", 0o755)):
        files.append((f"completions/{name}", mode, printed(program, "completion", shell)))
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", required=True, help="without a v")
    parser.add_argument("--homepage", required=True)
    parser.add_argument("--downloads", required=True, help="the archives are found below this, in v<version>/")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--runs", required=True, help="one of the programs that runs on this machine: it prints its man pages")
    parser.add_argument("binaries", nargs="+", metavar="OS_ARCH=BINARY[,LIBRARIES]")
    options = parser.parse_args()

    printed_files = documents(options.runs)
    values = {"VERSION": options.version, "HOMEPAGE": options.homepage, "DOWNLOADS": options.downloads.rstrip("/")}
    folder = options.out / f"v{options.version}"
    folder.mkdir(parents=True, exist_ok=True)
    sums = ""
    for word in options.binaries:
        platform, place = word.split("=", 1)
        binary, _, libraries = place.partition(",")
        files = [("kubectl-istio-ca", 0o755, pathlib.Path(binary).read_bytes()),
                 ("LICENSE", 0o644, (TOP / "LICENSE").read_bytes())] + printed_files
        if libraries:
            files.append(("THIRD-PARTY-NOTICES", 0o644, notices(pathlib.Path(libraries))))
        archive = pack(files)
        name = f"kubectl-istio-ca_v{options.version}_{platform}.tar.gz"
        (folder / name).write_bytes(archive)
        digest = hashlib.sha256(archive).hexdigest()
        values[f"SHA256_{platform.upper()}"] = digest
        sums += f"{digest}  {name}\n"
        print(f"{folder / name}: {len(archive) / 1e6:.1f} MB, the program {len(files[0][2]) / 1e6:.1f} MB")
    (folder / "SHA256SUMS").write_text(sums)
    manifest = options.out / "krew" / "istio-ca.yaml"
    manifest.parent.mkdir(exist_ok=True)
    manifest.write_text(fill((TOP / "plugin.yaml").read_text(), values))
    print(manifest)


if __name__ == "__main__":
    main()
