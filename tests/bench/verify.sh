#!/bin/bash
# How much faster `verify -A` is than the document's stages 5 and 9: two calls of istioctl | jq | base64 | openssl for
# each proxy, one after the other, over the same 20 proxies. Side by side in the same minutes: a round of the one, then
# one of the other. Prints the medians and fails under 20 times.
#
# usage: verify.sh [ROUNDS]; brings a mesh up if there is none
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
mesh=$top/tests/mesh/mesh
plugin=${ICA_BUILD:-$top/build/release}/src/kubectl-istio-ca
rounds=${1:-5} proxies=20 wanted=20

if [ "${2:-}" != inside ]; then
  "$mesh" run kubectl get --raw /readyz >/dev/null 2>&1 || "$mesh" up
  "$mesh" scale "$proxies"
  sleep 15 # until the new pods' start has settled: it would slow both down
  code=0
  "$mesh" run "$0" "$rounds" inside || code=$?
  "$mesh" scale
  exit "$code"
fi

mapfile -t pods < <(kubectl get pods -A -o json | jq -r '.items[] | select(.metadata.deletionTimestamp == null)
  | select([.spec.containers[], .spec.initContainers[]?] | any(.name == "istio-proxy")) | "\(.metadata.name).\(.metadata.namespace)"')
[ ${#pods[@]} = "$proxies" ] || { echo "there are ${#pods[@]} proxies instead of $proxies"; exit 1; }

by_document() { # the document's two commands, by name instead of by position
  local pod
  for pod in "${pods[@]}"; do
    istioctl proxy-config secret "$pod" -o json | jq -r '.dynamicActiveSecrets[] | select(.name == "ROOTCA").secret.validationContext.trustedCa.inlineBytes' |
      base64 --decode
    istioctl proxy-config secret "$pod" -o json | jq -r '.dynamicActiveSecrets[] | select(.name == "default").secret.tlsCertificate.certificateChain.inlineBytes' |
      base64 --decode | openssl x509 -text -noout 2>/dev/null || true
  done >"$1"
}
by_verify() { "$plugin" verify -A >"$1"; }

seconds_of() { local begun=$EPOCHREALTIME; "$@"; difference "$EPOCHREALTIME" "$begun"; }
difference() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.3f\n", a - b}'; }
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
by_verify "$out/warm"
for ((i = 1; i <= rounds; i++)); do
  seconds_of by_document "$out/document" >>"$out/document.times"
  [ "$(grep -c 'Serial Number' "$out/document")" = "$proxies" ] || { echo "the document's pipeline did not read every proxy"; exit 1; }
  seconds_of by_verify "$out/verify" >>"$out/verify.times"
  grep -q "$proxies proxies" "$out/verify" || { echo "verify did not read every proxy"; cat "$out/verify"; exit 1; }
  echo "round $i: document $(tail -n 1 "$out/document.times") s, verify $(tail -n 1 "$out/verify.times") s"
done
document=$(median <"$out/document.times") verify=$(median <"$out/verify.times")
ratio=$(awk -v d="$document" -v v="$verify" 'BEGIN {printf "%.1f", d / v}')
echo "$proxies proxies, medians of $rounds rounds: document $document s, verify $verify s, $ratio times faster"
awk -v r="$ratio" -v w="$wanted" 'BEGIN {exit !(r >= w)}' || { echo "that is under $wanted times"; exit 1; }
