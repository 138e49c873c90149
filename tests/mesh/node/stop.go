package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// terminate stops a pod as a kubelet does: its containers first, each after its preStop sleep, then its
// sidecars; what is left when the grace period ends is killed.
func (r *pod) terminate(p *corev1.Pod) {
	r.once.Do(func() {
		close(r.stop)
		grace := 30 * time.Second
		if p == nil {
			grace = 0
		} else if p.DeletionGracePeriodSeconds != nil {
			grace = time.Duration(*p.DeletionGracePeriodSeconds) * time.Second
		}
		deadline := time.Now().Add(grace)
		r.stopAll(r.p.Spec.Containers, deadline)
		r.stopAll(r.p.Spec.InitContainers, deadline)
		// what has left its process group (Envoy does) is still in the pod's network namespace
		if out, err := exec.Command("ip", "netns", "pids", r.netns).Output(); err == nil {
			for _, f := range strings.Fields(string(out)) {
				if pid, err := strconv.Atoi(f); err == nil {
					syscall.Kill(pid, syscall.SIGKILL)
				}
			}
		}
		sh("ip", "netns", "del", r.netns)
		if p != nil {
			r.n.forget(p)
		}
		r.n.mu.Lock()
		delete(r.n.pods, r.p.UID)
		r.n.mu.Unlock()
		os.Rename(filepath.Join(r.dir, "log"), filepath.Join(*runDir, "oldlogs-"+r.p.Name))
		os.RemoveAll(r.dir)
	})
}

func (r *pod) stopAll(containers []corev1.Container, deadline time.Time) {
	var wg sync.WaitGroup
	for _, c := range containers {
		r.mu.Lock()
		pr := r.procs[c.Name]
		running := pr != nil && pr.running
		r.mu.Unlock()
		if !running {
			continue
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			if c.Lifecycle != nil && c.Lifecycle.PreStop != nil && c.Lifecycle.PreStop.Sleep != nil && time.Until(deadline) > 0 {
				time.Sleep(min(time.Duration(c.Lifecycle.PreStop.Sleep.Seconds)*time.Second, time.Until(deadline)))
			}
			syscall.Kill(-pr.cmd.Process.Pid, syscall.SIGTERM)
			select {
			case <-pr.done:
			case <-time.After(time.Until(deadline)):
				syscall.Kill(-pr.cmd.Process.Pid, syscall.SIGKILL)
				<-pr.done
			}
		}()
	}
	wg.Wait()
}
