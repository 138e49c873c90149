#!/bin/bash
# The whole thing without a cluster: installs what is missing, builds, and rehearses a rotation on a mesh
# that is built into the program.
#
# usage: demo.sh [OPTIONS of rehearse]
#        demo.sh --real-mesh          the same on a real Istio mesh, as root (tests/mesh/demo.sh; half an hour the first time)
set -euo pipefail
cd "$(dirname "$0")"
if [ "${1:-}" = --real-mesh ]; then shift; exec tests/mesh/demo.sh "$@"; fi
./build.sh
[ $# -gt 0 ] || set -- --yes
exec build/release/src/kubectl-istio-ca rehearse "$@"
