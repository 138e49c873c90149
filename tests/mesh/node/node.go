package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

const nodeName = "node-1"

type node struct {
	kc   kubernetes.Interface
	mu   sync.Mutex
	pods map[types.UID]*pod
	next int
}

func (n *node) register() error {
	ctx := context.Background()
	nd := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: nodeName, Labels: map[string]string{"kubernetes.io/hostname": nodeName, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}}}
	if _, err := n.kc.CoreV1().Nodes().Create(ctx, nd, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	cur, err := n.kc.CoreV1().Nodes().Get(ctx, nodeName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	cur.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: *nodeIP}, {Type: corev1.NodeHostName, Address: nodeName}}
	cur.Status.DaemonEndpoints.KubeletEndpoint.Port = 10250
	cur.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "Ready", LastHeartbeatTime: metav1.Now(), LastTransitionTime: metav1.Now()}}
	cur.Status.NodeInfo.KubeletVersion = "v1.34.4"
	_, err = n.kc.CoreV1().Nodes().UpdateStatus(ctx, cur, metav1.UpdateOptions{})
	return err
}

func (n *node) heartbeat() {
	for range time.Tick(30 * time.Second) {
		if err := n.register(); err != nil {
			log.Print("heartbeat: ", err)
		}
	}
}

// loop lists all pods every 300 ms: a rig has tens of pods, and a list can't miss an event.
func (n *node) loop() {
	for range time.Tick(300 * time.Millisecond) {
		l, err := n.kc.CoreV1().Pods("").List(context.Background(), metav1.ListOptions{ResourceVersion: "0"})
		if err != nil {
			log.Print("list: ", err)
			continue
		}
		seen := map[types.UID]bool{}
		for i := range l.Items {
			seen[l.Items[i].UID] = true
			n.sync(&l.Items[i])
		}
		n.mu.Lock()
		for uid, rp := range n.pods {
			if !seen[uid] {
				go rp.terminate(nil)
			}
		}
		n.mu.Unlock()
	}
}

// sync takes one pod a step further: bound to this node, started, refreshed or ended.
func (n *node) sync(p *corev1.Pod) {
	if p.Spec.NodeName == "" && p.DeletionTimestamp == nil {
		n.bind(p)
		return
	}
	if p.Spec.NodeName != nodeName {
		return
	}
	rp := n.adopt(p)
	if notes := fmt.Sprint(p.Annotations); rp != nil && rp.notes != notes {
		if rp.notes != "" { // a changed annotation makes a kubelet sync the pod, its volumes included
			go rp.volumes(false)
		}
		rp.notes = notes
	}
	switch {
	case p.DeletionTimestamp == nil:
	case rp != nil:
		go rp.terminate(p)
	default:
		n.forget(p)
	}
}

func (n *node) bind(p *corev1.Pod) {
	err := n.kc.CoreV1().Pods(p.Namespace).Bind(context.Background(), &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Name: p.Name, Namespace: p.Namespace, UID: p.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: nodeName}}, metav1.CreateOptions{})
	if err != nil && !apierrors.IsConflict(err) {
		log.Printf("bind %s: %v", p.Name, err)
	}
}

// adopt gives the pod as this node runs it, started if it is new; nil if it has ended.
func (n *node) adopt(p *corev1.Pod) *pod {
	n.mu.Lock()
	defer n.mu.Unlock()
	rp := n.pods[p.UID]
	if rp != nil || p.DeletionTimestamp != nil || p.Status.Phase == corev1.PodFailed || p.Status.Phase == corev1.PodSucceeded {
		return rp
	}
	ip := n.next
	n.next++
	rp = &pod{n: n, p: p.DeepCopy(), link: fmt.Sprintf("v%d", ip), procs: map[string]*proc{}, stop: make(chan struct{}), started: time.Now(), tokens: map[string]time.Time{},
		ip: fmt.Sprintf("10.244.%d.%d", ip/250, ip%250+1), netns: *netns + strconv.Itoa(ip), dir: filepath.Join(*runDir, "pods", string(p.UID))}
	n.pods[p.UID] = rp
	go rp.run()
	return rp
}

// forget removes a pod that has ended from the API.
func (n *node) forget(p *corev1.Pod) {
	zero := int64(0)
	n.kc.CoreV1().Pods(p.Namespace).Delete(context.Background(), p.Name, metav1.DeleteOptions{GracePeriodSeconds: &zero, Preconditions: &metav1.Preconditions{UID: &p.UID}})
}

func (n *node) find(ns, name string) *pod {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, r := range n.pods {
		if r.p.Namespace == ns && r.p.Name == name {
			return r
		}
	}
	return nil
}

// stopOnSignal takes every container down with the node: they would outlive it.
func (n *node) stopOnSignal() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGINT)
	<-c
	n.mu.Lock()
	var pods []*pod
	for _, r := range n.pods {
		pods = append(pods, r)
	}
	n.mu.Unlock()
	var wg sync.WaitGroup
	for _, r := range pods {
		wg.Add(1)
		go func() { defer wg.Done(); r.terminate(nil) }()
	}
	wg.Wait()
	os.Exit(0)
}
