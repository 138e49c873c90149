// Command mesh-node is a Kubernetes node whose pods are local processes.
//
// It binds every pending pod to itself, gives each pod its own network namespace
// (a veth pair into a bridge) and each container its own mount namespace (an
// overlay of this machine's root with the pod's volumes bound in), keeps secret and
// config-map volumes fresh the way a kubelet does, reports pod status and serves
// exec, port-forward and logs on :10250. Images are not pulled: one that `mesh image` has
// unpacked is a container's root, the name of any other only chooses the entry point (pilot,
// proxyv2, or the container's own command).
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

var (
	kubeconfig = flag.String("kubeconfig", "", "admin kubeconfig")
	runDir     = flag.String("run", "/run/mesh", "state directory (a tmpfs)")
	binDir     = flag.String("bin", "", "directory bound at /usr/local/bin in every container")
	bootstrap  = flag.String("bootstrap", "", "envoy_bootstrap.json for proxy containers")
	netns      = flag.String("netns", "mesh-", "what the names of the pods' network namespaces begin with")
	nodeIP     = flag.String("node-ip", "10.244.0.1", "bridge address")
	refresh    = flag.Duration("volume-refresh", 3*time.Second, "how often secret and config-map volumes are refreshed")
)

// The first thread is for main alone: it is the process's own in /proc. A port-forward on it would leave it in a pod's
// network namespace, and the node would kill itself with what is left of that pod.
func init() { runtime.LockOSThread() }

func main() {
	if len(os.Args) > 2 && os.Args[1] == "container" {
		if err := containerMain(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "container:", err)
			os.Exit(127)
		}
	}
	flag.Parse()
	cfg, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	must(err)
	cfg.QPS, cfg.Burst = 500, 1000
	n := &node{kc: kubernetes.NewForConfigOrDie(cfg), pods: map[types.UID]*pod{}, next: 2}
	must(n.register())
	go n.serve()
	go n.heartbeat()
	go n.stopOnSignal()
	n.loop()
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func sh(args ...string) error {
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %v: %s", strings.Join(args, " "), err, out)
	}
	return nil
}
