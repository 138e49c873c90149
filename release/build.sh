#!/bin/bash
# Makes the release archives, their checksums and the krew manifest: fully static programs that need nothing of the
# system that they run on. On Debian 12 or later, amd64 or arm64; installs what is missing (as root, or with sudo).
#
# usage: release/build.sh [OPTION...] VERSION [OUT]     without a v; "tag" is that of the checked out commit
#   OUT                 dist by default
#   --platforms LIST    of linux_amd64, linux_arm64, darwin_amd64, darwin_arm64: "linux_amd64 linux_arm64"
#   --downloads URL     the archives will be found below this, in vVERSION/
#   --homepage URL      for the krew manifest
#   --programs          stop when the programs are built, and say where they are
#
# What was built from the same input before is taken from RELEASE_CACHE (~/.cache/istio-ca-release).
set -euo pipefail
cd "$(dirname "$0")/.."
zig_version=0.17.1 meson_version=1.12.1 ninja_version=1.13.2 # of PyPI; others may give other bytes
platforms='linux_amd64 linux_arm64' downloads=https://example.org/kubectl-istio-ca/releases
homepage=https://example.org/kubectl-istio-ca programs_only=
cache=${RELEASE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/istio-ca-release}

fail() { echo "release/build.sh: $*" >&2; exit 1; }
usage() { sed -n '2,/^set/s/^# \?//p' "$0" >&2; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    --platforms) platforms=${2:?}; shift ;;
    --downloads) downloads=${2:?}; shift ;;
    --homepage) homepage=${2:?}; shift ;;
    --programs) programs_only=yes ;;
    -*) usage ;;
    *) break ;;
  esac
  shift
done
[ $# = 1 ] || [ $# = 2 ] || usage
version=$1 out=${2:-dist}

# One place says the version: meson.build. A release of another is a mistake.
project_version=$(sed -n "s/^ *version: '\(.*\)',$/\1/p" meson.build)
if [ "$version" = tag ]; then
  version=$(git describe --exact-match --tags --match 'v*' 2>/dev/null) || fail "the checked out commit has no tag v$project_version"
  version=${version#v}
fi
[ "$version" = "$project_version" ] || fail "version $version is asked for, but meson.build says $project_version: change it there, or ask for that"

target_of() {
  case $1 in
    linux_amd64) echo x86_64-linux-musl ;;
    linux_arm64) echo aarch64-linux-musl ;;
    darwin_amd64) echo x86_64-macos ;;
    darwin_arm64) echo aarch64-macos ;;
    *) fail "no such platform: $1" ;;
  esac
}
for platform in $platforms; do target_of "$platform" >/dev/null; done

tools() {
  local missing=() package
  for package in dpkg-dev make perl patch file python3-venv pkg-config debian-archive-keyring; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}"
    local as_root=; [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
  local venv=$cache/tools-$zig_version-$meson_version-$ninja_version
  if [ ! -f "$venv/complete" ]; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install -q "ziglang==$zig_version" "meson==$meson_version" "ninja==$ninja_version"
    ln -s "$("$venv/bin/python" -c 'import os, ziglang; print(os.path.dirname(ziglang.__file__))')/zig" "$venv/bin/zig"
    touch "$venv/complete"
  fi
  export PATH=$venv/bin:$PATH ZIG_GLOBAL_CACHE_DIR=$cache/zig ZIG_LOCAL_CACHE_DIR=$cache/zig
}

# libraries TARGET: the folder of its static libraries
libraries() {
  local key prefix
  key=$(cat "$sources/versions" release/libraries.sh <(echo "$zig_version") | sha256sum | cut -c1-16)
  prefix=$cache/libraries/$1-$key
  [ -d "$prefix" ] || release/libraries.sh "$sources" "$1" "$prefix" >&2
  echo "$prefix"
}

# cross TARGET PREFIX: meson's description of that machine
cross() {
  local system=linux links="'-static', "
  case $1 in *-macos) system=darwin links= ;; esac
  cat <<END
[binaries]
c = ['zig', 'cc', '-target', '$1']
cpp = ['zig', 'c++', '-target', '$1']
ar = ['zig', 'ar']
ranlib = ['zig', 'ranlib']
pkg-config = 'pkg-config'
[properties]
pkg_config_libdir = '$2/lib/pkgconfig'
[built-in options]
cpp_args = ['-isystem', '$2/include', '-ffile-prefix-map=$PWD=.', '-g0']
cpp_link_args = [$links'-L$2/lib', '-s']
[host_machine]
system = '$system'
cpu_family = '${1%%-*}'
cpu = '${1%%-*}'
endian = 'little'
END
}

# program PLATFORM: builds it; sets programs[PLATFORM] and libraries_of[PLATFORM]
declare -A programs libraries_of
program() {
  local target prefix folder
  target=$(target_of "$1")
  prefix=$(libraries "$target")
  folder=build/release-$1
  mkdir -p build
  cross "$target" "$prefix" >"$folder.new"
  # another description means another build; ninja looks at it again, so it stays there
  if [ ! -f "$folder/build.ninja" ] || ! cmp -s "$folder.new" "$folder.cross"; then
    rm -rf "$folder"
    mv "$folder.new" "$folder.cross"
    meson setup "$folder" --cross-file "$folder.cross" --buildtype release -Doptimization=2 -Dwerror=false -Dtests=false \
      -Dunity=on -Dunity_size=1000 -Dprefer_static=true >"$folder.log" 2>&1 || { cat "$folder.log" >&2; fail "meson setup failed"; }
  fi
  rm -f "$folder.new" "$folder.log"
  ninja -C "$folder" ${RELEASE_JOBS:+-j"$RELEASE_JOBS"} src/kubectl-istio-ca >&2
  programs[$1]=$folder/src/kubectl-istio-ca
  libraries_of[$1]=$prefix
  case $1 in
    linux_*)
      file "${programs[$1]}" | grep -q 'statically linked' || fail "${programs[$1]} is not static: $(file -b "${programs[$1]}")"
      ! readelf -lW "${programs[$1]}" | grep -q -E 'INTERP|DYNAMIC.*0x' || fail "${programs[$1]} asks for a loader" ;;
  esac
}

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
mkdir -p "$cache"
tools
sources=$cache/sources-${RELEASE_SUITE:-bookworm}
release/sources.sh "$sources"
for platform in $platforms; do program "$platform"; done
if [ -n "$programs_only" ]; then
  for platform in $platforms; do echo "$platform=${programs[$platform]}"; done
  exit 0
fi

# The man pages are printed by the program: by the one that runs here.
runs=
for platform in $platforms; do
  if "${programs[$platform]}" version >/dev/null 2>&1; then runs=${programs[$platform]}; fi
done
[ -n "$runs" ] || fail "none of $platforms runs on this machine: its man page cannot be made"
words=()
for platform in $platforms; do words+=("$platform=${programs[$platform]},${libraries_of[$platform]}"); done
krew/package.py --version "$version" --homepage "$homepage" --downloads "$downloads" --out "$out" --runs "$runs" "${words[@]}"
