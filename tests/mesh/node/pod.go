package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

type pod struct {
	n       *node
	p       *corev1.Pod
	ip      string
	netns   string
	link    string // its end of the cable, in the node's network namespace
	dir     string
	mu      sync.Mutex
	procs   map[string]*proc
	started time.Time
	stop    chan struct{}
	once    sync.Once
	tokens  map[string]time.Time
	volMu   sync.Mutex
	notes   string // the annotations last seen
}

func (r *pod) network() error {
	for _, c := range [][]string{
		{"ip", "netns", "add", r.netns},
		{"ip", "link", "add", r.link, "type", "veth", "peer", "name", "eth0", "netns", r.netns},
		{"ip", "link", "set", r.link, "master", "br0", "up"},
		{"ip", "-n", r.netns, "link", "set", "lo", "up"},
		{"ip", "-n", r.netns, "addr", "add", r.ip + "/16", "dev", "eth0"},
		{"ip", "-n", r.netns, "link", "set", "eth0", "up"},
		{"ip", "-n", r.netns, "route", "add", "default", "via", *nodeIP},
	} {
		if err := sh(c...); err != nil {
			return err
		}
	}
	return nil
}

func (r *pod) run() {
	p := r.p
	logf := func(f string, a ...any) { log.Printf(p.Namespace+"/"+p.Name+": "+f, a...) }
	must(os.MkdirAll(filepath.Join(r.dir, "log"), 0755))
	if err := r.network(); err != nil {
		logf("network: %v", err)
		return
	}
	for {
		err := r.volumes(true)
		if err == nil {
			break
		}
		logf("volumes: %v", err)
		select {
		case <-r.stop:
			return
		case <-time.After(time.Second):
		}
	}
	go func() {
		t := time.NewTicker(*refresh)
		for {
			select {
			case <-r.stop:
				return
			case <-t.C:
				if err := r.volumes(false); err != nil {
					logf("refresh: %v", err)
				}
			}
		}
	}()
	go r.reportLoop()
	for _, c := range p.Spec.InitContainers {
		always := c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
		pr := r.start(c)
		if always {
			for !r.isReady(c.Name) || !startupOK(r, c) {
				select {
				case <-r.stop:
					return
				case <-time.After(200 * time.Millisecond):
				}
			}
			continue
		}
		select {
		case <-pr.done:
		case <-r.stop:
			return
		}
		if pr.exit != 0 {
			b, _ := os.ReadFile(r.log(c.Name))
			if len(b) > 1500 {
				b = b[len(b)-1500:]
			}
			logf("init %s: exit %d: %s", c.Name, pr.exit, b)
			return
		}
	}
	for _, c := range p.Spec.Containers {
		r.start(c)
	}
}

func startupOK(r *pod, c corev1.Container) bool {
	if c.StartupProbe == nil {
		return true
	}
	return r.probe(c, c.StartupProbe)
}

func (r *pod) isReady(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	pr := r.procs[name]
	return pr != nil && pr.running
}

func (r *pod) log(c string) string { return filepath.Join(r.dir, "log", c) }

func (r *pod) probe(c corev1.Container, pb *corev1.Probe) bool {
	if pb == nil || pb.HTTPGet == nil {
		if pb != nil && pb.TCPSocket != nil {
			conn, err := net.DialTimeout("tcp", net.JoinHostPort(r.ip, pb.TCPSocket.Port.String()), time.Second)
			if err != nil {
				return false
			}
			conn.Close()
		}
		return true
	}
	port := pb.HTTPGet.Port.String()
	for _, cp := range c.Ports {
		if cp.Name == port {
			port = strconv.Itoa(int(cp.ContainerPort))
		}
	}
	cl := http.Client{Timeout: time.Second}
	resp, err := cl.Get("http://" + net.JoinHostPort(r.ip, port) + pb.HTTPGet.Path)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return resp.StatusCode >= 200 && resp.StatusCode < 400
}
