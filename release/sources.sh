#!/bin/bash
# Gets the sources of what a static program is linked with, from Debian's archive, checked by its signatures.
#
# usage: sources.sh DIR      DIR/NAME for each, patched as Debian does, with DIR/versions (lines NAME VERSION)
#
# When all of them are there, they are kept. RELEASE_SUITE (bookworm) is the Debian release whose sources are taken: the one whose
# libraries the tests run with. A version that the archive lists but does not hold is passed over for the next one.
set -euo pipefail
suite=${RELEASE_SUITE:-bookworm}
sources=(openssl zlib nghttp2 curl yaml-cpp fmtlib wslay mimalloc)
headers=(rapidjson-dev libcxxopts-dev libexpected-dev)  # headers alone, the same for every architecture
[ $# = 1 ] || { sed -n 's/^# //p' "$0"; exit 2; }
mkdir -p "$1"
cd "$1"
all="${sources[*]} ${headers[*]}"
[ "$(cat complete 2>/dev/null)" != "$all" ] || exit 0

# An apt of its own, so that nothing of this machine's changes; where Debian's archive is, this machine's apt knows.
mkdir -p apt/lists/partial apt/cache/archives/partial down
site() { apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(SITE)' 'Created-By: Packages' | awk -v r="$1" '$1 == "Debian" && $2 ~ r { print $3; exit }'; }
{
  for type in deb deb-src; do
    echo "$type [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(site '^[a-z]+$') $suite main"
    echo "$type [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(site '-security$') $suite-security main"
  done
} >apt/sources.list
apt=(-qq -o Dir::Etc::sourcelist="$PWD/apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$PWD/apt/lists"
  -o Dir::Cache="$PWD/apt/cache" -o APT::Sandbox::User=root)
apt-get "${apt[@]}" update

# the versions of a source or a package, newest first
versions() { apt-cache "${apt[@]}" madison "$1" | awk -F' *[|] *' -v kind="$2" '$3 ~ kind "$" { print $2 }'; }

# got NAME KIND COMMAND...: tries each version until the archive has all of it; says which
got() {
  local name=$1 kind=$2 version first=; shift 2
  for version in $(versions "$name" "$kind"); do
    if (cd down && apt-get "${apt[@]}" "$@" "$name=$version") >log 2>&1; then
      [ -z "$first" ] || echo "sources.sh: the archive does not hold $name $first: taking $version" >&2
      echo "$version"
      return
    fi
    first=${first:-$version}
  done
  return 1
}

: >versions
for name in "${sources[@]}"; do
  rm -rf "$name"
  if version=$(got "$name" Sources source --download-only); then
    dpkg-source --no-check --no-copy -x "down/${name}_${version#*:}.dsc" "$name" >log
  elif [ "$name" = wslay ] && version=$(got aria2 Sources source --download-only); then
    # aria2's source package carries wslay's own, whole
    dpkg-source --no-check --no-copy -x "down/aria2_$version.dsc" aria2 >log
    mv aria2/deps/wslay wslay
    rm -rf aria2
    version="$(sed -n 's/^AC_INIT(\[wslay\], *\[\([^]]*\)\].*/\1/p' wslay/configure.ac) (of aria2 $version)"
  else
    cat log >&2
    echo "sources.sh: the archive does not hold the source of $name" >&2
    exit 1
  fi
  echo "$name $version" >>versions
done
for name in "${headers[@]}"; do
  version=$(got "$name" Packages download) || { cat log >&2; exit 1; }
  rm -rf "$name"
  dpkg-deb -x down/"$name"_*.deb "$name"
  echo "$name $version" >>versions
done
rm -rf down apt log
echo "$all" >complete
