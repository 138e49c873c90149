# What the mesh cases share. A case is a folder with a script `run`, which sources this, runs as root and
# exits with 0 if everything it says holds. `./run NAME...` runs some of them.
set -Eeuo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
mesh=${ICA_MESH:-$top/tests/mesh/mesh} # or the one beside this, "rehearsed"
build=${ICA_BUILD:-$top/build/release}
plugin=$build/src/kubectl-istio-ca
ungated=$build/tests/e2e/mesh/ungated/kubectl-istio-ca-ungated
work=$(mktemp -d)
export XDG_DATA_HOME=$work/data NO_COLOR=1
trap 'echo "FAILED: $BASH_COMMAND (${BASH_SOURCE[0]##*/} line $LINENO)"' ERR
trap 'code=$?; [ $code = 0 ] || explain; cleanup; rm -rf "$work"; exit $code' EXIT
cleanup() { :; } # a case may have one of its own

say() { echo "[$(date -u +%T)] $*"; }
fail() { echo "FAILED: $*"; exit 1; }
explain() { # where the mesh is
  echo "--- the mesh"; kubectl get pods -A 2>&1 || true
}

kubectl() { "$mesh" run kubectl "$@"; }
istioctl() { "$mesh" istioctl "$@"; }
ica() { "$mesh" run "$plugin" "$@"; }
now() { date -u +%FT%T.%6NZ; }

# fresh_mesh sail|plain: a new mesh, whatever was there
fresh_mesh() { "$mesh" down; "$mesh" up "$1"; }
# ready_mesh: one with multi-root on and one istiod, that stands at no rotation's middle: that of the case before, if it
# is like that, or a new one
ready_mesh() {
  if kubectl get istio default >/dev/null 2>&1 && replicas 1 && ica status --check >/dev/null 2>&1; then
    say "the mesh of the case before"
  else
    fresh_mesh sail
    expect 0 ica enable-multi-root --yes --restart-workloads
  fi
}
# any_mesh: for cases that only look
any_mesh() { kubectl get --raw /readyz >/dev/null 2>&1 || fresh_mesh sail; }

# expect CODE COMMAND...: runs it, keeps $work/out and $work/err, and wants that exit code
expect() {
  local want=$1 got=0; shift
  say "$(basename "$1") ${*:2}"
  "$@" >"$work/out" 2>"$work/err" </dev/null || got=$?
  sed 's/^/    /' "$work/out" "$work/err" | cut -c 1-300
  [ "$got" = "$want" ] || fail "exit code $got instead of $want"
}
says() { grep -qF -- "$1" "$work/out" "$work/err" || fail "does not say: $1"; } # TEXT: the last command did
silent_about() { ! grep -qF -- "$1" "$work/out" "$work/err" || fail "says: $1"; }

# under_load COMMAND...: with every ordered pair of proxies talking meanwhile. No request may fail, and the
# load has to span every write of the command.
under_load() {
  local since
  since=$(now)
  "$mesh" load start
  "$@"
  "$mesh" load stop >"$work/load.json" || { jq 'del(.pairs)' "$work/load.json"; fail "failed requests"; }
  jq -c '{requests, failed, start, stop}' "$work/load.json"
  "$mesh" audit --since "$since" "$(jq -r .start "$work/load.json")" "$(jq -r .stop "$work/load.json")" || fail "a write without load"
}

# new_ca FOLDER [ARGUMENT...]: a root in FOLDER and an intermediate in FOLDER/intermediate
new_ca() { local to=$1; shift; expect 0 "$plugin" create-ca --out "$to" --name intermediate "$@"; }

# proxies: each as POD.NAMESPACE
proxies() {
  kubectl get pods -A -o json | jq -r '.items[] | select(.metadata.deletionTimestamp == null)
    | select([.spec.containers[], .spec.initContainers[]?] | any(.name == "istio-proxy")) | "\(.metadata.name).\(.metadata.namespace)"'
}
# secret_of PROXY NAME: the PEM of a secret in its Envoy
secret_of() {
  istioctl proxy-config secret "$1" -o json | jq -r --arg name "$2" '.dynamicActiveSecrets[] | select(.name == $name).secret
    | (.tlsCertificate.certificateChain // .validationContext.trustedCa).inlineBytes' | base64 -d
}
fingerprints() { # FILE: of each certificate in it, sorted, each once
  openssl storeutl -noout -text -certs "$1" >/dev/null # all of it can be read
  awk '/BEGIN CERT/ {c = ""} {c = c $0 "\n"} /END CERT/ {print c | "openssl x509 -noout -fingerprint -sha256"; close("openssl x509 -noout -fingerprint -sha256")}' "$1" | sort -u
}

# independent_check ROOT INTERMEDIATE: with istioctl and openssl alone, every proxy trusts that root and no
# other, and presents a leaf that this intermediate issued.
independent_check() {
  local proxy n=0
  for proxy in $(proxies); do
    secret_of "$proxy" ROOTCA >"$work/roots.pem"
    [ "$(fingerprints "$work/roots.pem")" = "$(fingerprints "$1")" ] || fail "$proxy trusts other roots: $(fingerprints "$work/roots.pem")"
    secret_of "$proxy" default >"$work/chain.pem"
    openssl x509 -in "$work/chain.pem" -out "$work/leaf.pem" # the first one
    openssl verify -partial_chain -trusted "$2" "$work/leaf.pem" >/dev/null || fail "$proxy has a leaf of another issuer"
    openssl verify -CAfile "$1" -untrusted "$2" "$work/leaf.pem" >/dev/null || fail "$proxy has a leaf that the root does not verify"
    n=$((n + 1))
  done
  say "$n proxies trust $1 alone and are issued by $2"
  [ "$n" -ge 4 ] || fail "there should be four proxies at least"
}

# a_pod_is_born: another pod of shop/server, which takes half of its requests; for so long that all met it
a_pod_is_born() {
  say "another pod of shop/server"
  kubectl -n shop scale deployment/server --replicas=2 >/dev/null
  kubectl -n shop rollout status deployment/server --timeout=120s >/dev/null
  sleep 10
}

# until_holds SECONDS COMMAND...: asks again and again; fails if it never holds
until_holds() {
  local left=$(($1 * 10)); shift
  until "$@"; do [ $((left -= 1)) -gt 0 ] || fail "never held: $*"; sleep 0.1; done
}
replicas() { [ "$(kubectl -n istio-system get deployment istiod -o jsonpath='{.status.readyReplicas}')" = "$1" ]; }
# two_istiods: the deployment gets a second replica
two_istiods() {
  kubectl patch istio default --type=merge -p '{"spec":{"values":{"pilot":{"replicaCount":2}}}}'
  until_holds 60 replicas 2
}

# begin COMMAND...: the program in the background, as $running, with its output in $work/out and $work/err
begin() {
  : >"$work/err"
  "$mesh" run "$plugin" "$@" >"$work/out" 2>"$work/err" </dev/null &
  running=$!
}
runs() { kill -0 "$running" 2>/dev/null; }
# ended CODE: it ended by itself, with that
ended() {
  local got=0
  wait "$running" || got=$?
  sed 's/^/    /' "$work/out" "$work/err" | cut -c 1-300
  [ "$got" = "$1" ] || fail "exit code $got instead of $1"
}
audit_log=$("$mesh" audit-log)
# our_writes [SINCE]: how often the program has changed something that matters, by the audit log: not its lease, its
# journal, or what makes a volume fresh
our_writes() {
  grep -F '"userAgent":"kubectl-istio-ca/' "$audit_log" | grep -E '"resource":"(secrets|deployments|statefulsets|istios|configmaps)"' |
    jq -c --arg since "${1:-}" 'select(.requestReceivedTimestamp > $since and .responseStatus.code < 400 and .objectRef.name != "istio-ca-rotation-journal"
      and (.requestURI | contains("dryRun=All") | not)) | [.requestReceivedTimestamp, .verb, .objectRef.resource, .objectRef.name]'
}
# after_a_write: waits until the program that runs has changed something more; fails if it ends before
after_a_write() {
  local before
  before=$(our_writes | wc -l)
  until [ "$(our_writes | wc -l)" -gt "$before" ]; do runs || return 1; sleep 0.05; done
}
a_moment() { # LONGEST: sleeps for a random time up to so many milliseconds, and says how long
  local ms=$((RANDOM % $1))
  printf -v moment '%d.%03d' $((ms / 1000)) $((ms % 1000))
  sleep "$moment"
}
seed() { RANDOM=${SEED:=$((RANDOM * 32768 + RANDOM))}; say "SEED=$SEED"; } # of what is left to chance; SEED=N repeats it

# stands CA: where the mesh stands by what its CA secret holds, read with openssl alone; CA is the new one's folder
stands() {
  local secret
  secret=$(kubectl -n istio-system get secret cacerts -o json 2>/dev/null) || { echo no-cacerts; return; }
  jq -r '.data["ca-cert.pem"]' <<<"$secret" | base64 -d >"$work/stands.ca"
  jq -r '.data["root-cert.pem"]' <<<"$secret" | base64 -d >"$work/stands.roots"
  if ! grep -qF "$(sed -n 2p "$1/root-cert.pem")" "$work/stands.roots"; then echo before
  elif ! cmp -s "$work/stands.ca" "$1/intermediate/ca-cert.pem"; then echo both-roots
  elif [ "$(fingerprints "$work/stands.roots")" != "$(fingerprints "$1/root-cert.pem")" ]; then
    [ "$(grep -c BEGIN "$work/stands.roots")" -gt 2 ] && echo new-leaves || echo new-signer
  else
    our_writes | grep -E '"cacerts"|"deployments"' | tail -n 1 | grep -q deployments && echo last-restart || echo old-root-removed
  fi
}

# state: what a command that must change nothing leaves as it is; not what istiod and Kubernetes renew all the time
state() {
  kubectl get secrets,configmaps,deployments,statefulsets,leases -A -o json | jq -c '.items[]
    | select(.metadata.name | test("leader|election|autoallocate|gateway-deployment|^apiserver-") | not)
    | [.kind, .metadata.namespace, .metadata.name, .metadata.resourceVersion]'
  kubectl get istios -o json 2>/dev/null | jq -c '.items[] | [.kind, .metadata.name, .metadata.generation]' || true
}

# kubeconfig_with TOKEN: a kubeconfig for this mesh that has nothing but a token, as a file
kubeconfig_with() {
  local file
  file=$(mktemp -p "$work")
  kubectl config view --raw --flatten -o json |
    jq --arg token "$1" '.users[0].user = {token: $token}' >"$file"
  echo "$file"
}

# account NAME: makes a service account in istio-system that may do what the rules on standard input say (YAML flow,
# one a line), and gives a kubeconfig for it
account() {
  kubectl apply -f - >/dev/null <<END
apiVersion: v1
kind: ServiceAccount
metadata: {name: $1, namespace: istio-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: $1}
rules: [$(paste -sd ,)]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: $1}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: $1}
subjects: [{kind: ServiceAccount, name: $1, namespace: istio-system}]
END
  kubeconfig_with "$(kubectl -n istio-system create token "$1")"
}

# may_look: the rules for reading a mesh, but for the proxies themselves
may_look() {
  cat <<'END'
{apiGroups: [""], resources: [pods, namespaces, nodes, configmaps, secrets, services], verbs: [get, list, watch]}
{apiGroups: [apps], resources: [deployments, replicasets, statefulsets, daemonsets], verbs: [get, list, watch]}
{apiGroups: [batch], resources: [jobs, cronjobs], verbs: [get, list, watch]}
{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations, validatingwebhookconfigurations], verbs: [get, list, watch]}
{apiGroups: [networking.istio.io], resources: [workloadentries, workloadgroups], verbs: [get, list, watch]}
{apiGroups: [sailoperator.io], resources: [istios, istiorevisions], verbs: [get, list, watch]}
{apiGroups: [networking.istio.io], resources: [workloadentries], verbs: [get, list, watch]}
{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, list, watch]}
END
}
