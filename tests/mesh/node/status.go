package main

import (
	"context"
	"fmt"
	"log"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (r *pod) reportLoop() {
	t := time.NewTicker(500 * time.Millisecond)
	var last, lastErr string
	for {
		st := r.status()
		k := fmt.Sprint(st.Phase, st.Conditions, st.ContainerStatuses, st.InitContainerStatuses)
		if k != last {
			cur, err := r.n.kc.CoreV1().Pods(r.p.Namespace).Get(context.Background(), r.p.Name, metav1.GetOptions{})
			if err == nil && cur.UID == r.p.UID {
				st.QOSClass = cur.Status.QOSClass
				cur.Status = st
				_, err = r.n.kc.CoreV1().Pods(r.p.Namespace).UpdateStatus(context.Background(), cur, metav1.UpdateOptions{})
			}
			switch {
			case err == nil:
				last, lastErr = k, ""
			case err.Error() != lastErr && !apierrors.IsConflict(err):
				lastErr = err.Error()
				log.Printf("%s/%s: status: %v", r.p.Namespace, r.p.Name, err)
			}
		}
		select {
		case <-r.stop:
			return
		case <-t.C:
		}
	}
}

func (r *pod) status() corev1.PodStatus {
	st := corev1.PodStatus{Phase: corev1.PodRunning, HostIP: *nodeIP, PodIP: r.ip, PodIPs: []corev1.PodIP{{IP: r.ip}}, StartTime: &metav1.Time{Time: r.started.Truncate(time.Second)}}
	all, initDone := true, true
	one := func(c corev1.Container, init bool) corev1.ContainerStatus {
		cs := corev1.ContainerStatus{Name: c.Name, Image: c.Image, ImageID: c.Image}
		r.mu.Lock()
		pr := r.procs[c.Name]
		running := pr != nil && pr.running
		r.mu.Unlock()
		ended := false
		if pr != nil {
			select {
			case <-pr.done:
				ended = true
			default:
			}
		}
		f := false
		cs.Started = &f
		switch {
		case !running && !ended: // what is being started has not ended either: a status cannot be taken back
			cs.State.Waiting = &corev1.ContainerStateWaiting{Reason: "PodInitializing"}
		case running:
			tr := true
			cs.Started = &tr
			cs.RestartCount = pr.restarts
			cs.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.Time{Time: pr.startedAt.Truncate(time.Second)}}
			cs.ContainerID = fmt.Sprintf("local://%d", pr.cmd.Process.Pid)
			cs.Ready = r.probe(c, c.ReadinessProbe)
		default:
			cs.RestartCount = pr.restarts
			cs.State.Terminated = &corev1.ContainerStateTerminated{ExitCode: pr.exit, Reason: "Completed"}
			cs.Ready = init && pr.exit == 0
		}
		return cs
	}
	for _, c := range r.p.Spec.InitContainers {
		cs := one(c, true)
		initDone = initDone && cs.Ready
		st.InitContainerStatuses = append(st.InitContainerStatuses, cs)
	}
	for _, c := range r.p.Spec.Containers {
		cs := one(c, false)
		all = all && cs.Ready
		st.ContainerStatuses = append(st.ContainerStatuses, cs)
	}
	all = all && initDone
	switch {
	case !initDone:
		st.Phase = corev1.PodPending
	case r.p.Spec.RestartPolicy == corev1.RestartPolicyNever:
		st.Phase = phaseOfTask(st.ContainerStatuses)
	}
	b := func(v bool) corev1.ConditionStatus {
		if v {
			return corev1.ConditionTrue
		}
		return corev1.ConditionFalse
	}
	st.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}, {Type: corev1.PodInitialized, Status: b(initDone)}, {Type: corev1.ContainersReady, Status: b(all)}, {Type: corev1.PodReady, Status: b(all)}}
	return st
}

// phaseOfTask is that of a pod whose containers are not started again.
func phaseOfTask(containers []corev1.ContainerStatus) corev1.PodPhase {
	phase := corev1.PodSucceeded
	for _, c := range containers {
		switch {
		case c.State.Terminated == nil:
			return corev1.PodRunning
		case c.State.Terminated.ExitCode != 0:
			phase = corev1.PodFailed
		}
	}
	return phase
}
