#!/bin/bash
# A whole rotation of a real mesh, from nothing: installs what is missing, builds the program and the mesh, brings the
# mesh up, moves it to a new CA while every pair of its proxies talks, and takes it down. As root, or with sudo.
# Half an hour the first time, three minutes from then on.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || exec sudo "$PWD/tests/mesh/demo.sh" "$@"
mesh=tests/mesh/mesh program=build/release/src/kubectl-istio-ca
work=$(mktemp -d)
trap 'MESH_NAME=demo $mesh down; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export MESH_NAME=demo

say() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }
show() { say "kubectl istio-ca ${*}"; "$mesh" run "$program" "$@"; }

./build.sh
"$mesh" down
"$mesh" up sail
show status || true
show create-ca --out "$work/certs" --name intermediate
show enable-multi-root --yes --restart-workloads
say "the load starts: strict mTLS, a whole handshake for each request, every ordered pair of proxies"
since=$(date -u +%FT%T.%6NZ)
"$mesh" load start
show rotate --ca "$work/certs/intermediate" --yes
say "the load stops"
"$mesh" load stop | tee "$work/load.json" | jq -c '{requests, failed, start, stop}'
say "every write, and whether the load went on meanwhile"
"$mesh" audit --since "$since" "$(jq -r .start "$work/load.json")" "$(jq -r .stop "$work/load.json")"
show verify --trusts "$work/certs/root-cert.pem" --issued-by "$work/certs/intermediate/ca-cert.pem"
show status --check
