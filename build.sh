#!/bin/bash
# Installs what is missing from Debian's packages (12 and later; as root, or with sudo) and builds.
#
# usage: build.sh                     build/release/src/kubectl-istio-ca
#        build.sh --install [PREFIX]  and installs it there (/usr/local), where kubectl finds it
#        build.sh --packages [NAME...] only the packages, and these
set -euo pipefail
cd "$(dirname "$0")"

packages=(g++ meson ninja-build pkg-config libcurl4-openssl-dev libssl-dev rapidjson-dev libcxxopts-dev libfmt-dev
  libyaml-cpp-dev libwslay-dev libnghttp2-dev libexpected-dev libmimalloc-dev libgtest-dev libgmock-dev mold openssl python3 python3-jsonschema python3-venv ca-certificates)

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() {
  local missing=() package
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "build.sh: this is no Debian: install what corresponds to ${missing[*]}, then: meson setup build/release && ninja -C build/release" >&2
    exit 1
  fi
  echo "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

build() {
  # warnings are errors in the tests; whoever builds it for use may have another compiler, with others
  # twenty files of a room at a time: a third of the time
  [ -f build/release/build.ninja ] || meson setup build/release --buildtype release -Doptimization=2 -Dwerror=false \
    -Dunity=on -Dunity_size=20 --prefix "$1"
  ninja -C build/release src/kubectl-istio-ca
  echo "built build/release/src/kubectl-istio-ca"
}

case ${1:-} in
  --packages)
    packages+=("${@:2}")
    install_packages ;;
  --install)
    install_packages
    build "${2:-/usr/local}"
    meson configure build/release --prefix "${2:-/usr/local}"
    ninja -C build/release $(ninja -C build/release -t targets all | sed -n "s,^\(man/[^:]*\):.*,\1,p") # the man page and completions
    as_root meson install -C build/release --no-rebuild ;;
  '') install_packages; build /usr/local ;;
  *) sed -n 's/^# //p' "$0"; exit 2 ;;
esac
