package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
)

type proc struct {
	cmd       *exec.Cmd
	done      chan struct{}
	restarts  int32
	ready     bool
	running   bool
	exit      int32
	startedAt time.Time
	uid, gid  uint32
	spec      corev1.Container
}

func (r *pod) start(c corev1.Container) *proc {
	pr := &proc{done: make(chan struct{}), spec: c}
	r.mu.Lock()
	if old := r.procs[c.Name]; old != nil {
		pr.restarts = old.restarts + 1
	}
	r.procs[c.Name] = pr
	r.mu.Unlock()
	spec, err := r.spec(c)
	if err != nil {
		log.Printf("%s/%s %s: %v", r.p.Namespace, r.p.Name, c.Name, err)
		pr.exit = 128
		close(pr.done)
		return pr
	}
	pr.uid, pr.gid = spec.UID, spec.GID
	b, _ := json.Marshal(spec)
	sp := filepath.Join(r.dir, c.Name+".json")
	must(os.WriteFile(sp, b, 0644))
	lf, err := os.OpenFile(r.log(c.Name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0644)
	must(err)
	self, _ := os.Executable()
	cmd := exec.Command("nsenter", "--net=/run/netns/"+r.netns, self, "container", sp)
	cmd.Stdout, cmd.Stderr = lf, lf
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	pr.cmd = cmd
	// Pdeathsig follows the starting thread: keep it alive.
	go func() {
		runtime.LockOSThread()
		if err := cmd.Start(); err != nil {
			log.Print(err)
			pr.exit = 128
			close(pr.done)
			return
		}
		r.mu.Lock()
		pr.running, pr.startedAt = true, time.Now()
		r.mu.Unlock()
		err := cmd.Wait()
		lf.Close()
		r.mu.Lock()
		pr.running, pr.ready = false, false
		if err != nil {
			pr.exit = 1
			if ee, ok := err.(*exec.ExitError); ok {
				pr.exit = int32(ee.ExitCode())
			}
		}
		r.mu.Unlock()
		close(pr.done)
		select {
		case <-r.stop:
			return
		default:
		}
		always := c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
		init := false
		for _, ic := range r.p.Spec.InitContainers {
			init = init || ic.Name == c.Name
		}
		if always || (!init && r.p.Spec.RestartPolicy == corev1.RestartPolicyAlways) {
			select {
			case <-r.stop:
			case <-time.After(2 * time.Second):
				r.start(c)
			}
		}
	}()
	return pr
}

func (r *pod) spec(c corev1.Container) (*containerSpec, error) {
	s := &containerSpec{Dir: r.dir, Name: c.Name, Netns: r.netns, Cwd: c.WorkingDir}
	img, err := unpacked(c.Image)
	if err != nil {
		return nil, err
	}
	if s.Cwd == "" {
		s.Cwd = "/"
	}
	env := map[string]string{"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/tmp", "HOSTNAME": r.p.Name,
		"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}
	order := []string{}
	for _, e := range c.Env {
		v := e.Value
		if e.ValueFrom != nil {
			var err error
			if v, err = r.envFrom(e.ValueFrom); err != nil {
				return nil, fmt.Errorf("env %s: %w", e.Name, err)
			}
		}
		env[e.Name] = expand(v, env)
		order = append(order, e.Name)
	}
	for k, v := range env {
		s.Env = append(s.Env, k+"="+v)
	}
	sort.Strings(s.Env)
	var argv []string
	switch {
	case len(c.Command) > 0:
		argv = append(argv, c.Command...)
	case img != nil:
		argv = append(argv, img.Entrypoint...)
	case strings.Contains(c.Image, "pilot"):
		argv = []string{"/usr/local/bin/pilot-discovery"}
	case strings.Contains(c.Image, "proxyv2"):
		argv = []string{"/usr/local/bin/pilot-agent"}
	default:
		return nil, fmt.Errorf("image %q has no known entry point and the container no command", c.Image)
	}
	for _, a := range append(argv[len(argv):], c.Args...) {
		argv = append(argv, a)
	}
	for i := range argv {
		argv[i] = expand(argv[i], env)
	}
	s.Argv = argv
	s.UID, s.GID = 1337, 1337
	if img != nil {
		s.Root, s.UID, s.GID = img.root, img.uid, img.gid
	}
	if sc := r.p.Spec.SecurityContext; sc != nil {
		if sc.RunAsUser != nil {
			s.UID = uint32(*sc.RunAsUser)
		}
		if sc.RunAsGroup != nil {
			s.GID = uint32(*sc.RunAsGroup)
		}
	}
	if img == nil && !strings.Contains(c.Image, "proxyv2") && !strings.Contains(c.Image, "pilot") {
		s.UID, s.GID = 1000, 1000
	}
	if sc := c.SecurityContext; sc != nil {
		if sc.RunAsUser != nil {
			s.UID = uint32(*sc.RunAsUser)
		}
		if sc.RunAsGroup != nil {
			s.GID = uint32(*sc.RunAsGroup)
		}
		s.ReadOnly = img != nil && opt(sc.ReadOnlyRootFilesystem)
	}
	mounts := append([]corev1.VolumeMount{}, c.VolumeMounts...)
	sort.Slice(mounts, func(i, j int) bool { return mounts[i].MountPath < mounts[j].MountPath })
	for _, m := range mounts {
		s.Binds = append(s.Binds, [2]string{filepath.Join(r.dir, "vol", m.Name, m.SubPath), m.MountPath})
	}
	if img == nil {
		s.Binds = append(s.Binds, [2]string{*binDir, "/usr/local/bin"})
	}
	s.Binds = append(s.Binds, [2]string{filepath.Join(r.dir, "hosts"), "/etc/hosts"}, [2]string{filepath.Join(r.dir, "resolv.conf"), "/etc/resolv.conf"})
	if strings.Contains(c.Image, "proxyv2") {
		s.Binds = append(s.Binds, [2]string{*bootstrap, "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json"})
	}
	return s, nil
}
