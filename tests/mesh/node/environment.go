package main

import (
	"context"
	"fmt"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func expand(s string, env map[string]string) string {
	for k, v := range env {
		s = strings.ReplaceAll(s, "$("+k+")", v)
	}
	return s
}

func (r *pod) field(path string) string {
	p := r.p
	switch path {
	case "metadata.name":
		return p.Name
	case "metadata.namespace":
		return p.Namespace
	case "metadata.uid":
		return string(p.UID)
	case "status.podIP", "status.podIPs":
		return r.ip
	case "status.hostIP":
		return *nodeIP
	case "spec.nodeName":
		return nodeName
	case "spec.serviceAccountName":
		return p.Spec.ServiceAccountName
	case "metadata.labels", "metadata.annotations":
		m := p.Labels
		if path == "metadata.annotations" {
			m = p.Annotations
		}
		keys := make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		var b strings.Builder
		for _, k := range keys {
			fmt.Fprintf(&b, "%s=%q\n", k, m[k])
		}
		return b.String()
	}
	for pre, m := range map[string]map[string]string{"metadata.labels['": p.Labels, "metadata.annotations['": p.Annotations} {
		if strings.HasPrefix(path, pre) {
			return m[strings.TrimSuffix(strings.TrimPrefix(path, pre), "']")]
		}
	}
	return ""
}

func (r *pod) envFrom(f *corev1.EnvVarSource) (string, error) {
	ctx := context.Background()
	switch {
	case f.FieldRef != nil:
		return r.field(f.FieldRef.FieldPath), nil
	case f.ResourceFieldRef != nil:
		if strings.Contains(f.ResourceFieldRef.Resource, "memory") {
			return "1073741824", nil
		}
		return "2", nil
	case f.ConfigMapKeyRef != nil:
		cm, err := r.n.kc.CoreV1().ConfigMaps(r.p.Namespace).Get(ctx, f.ConfigMapKeyRef.Name, metav1.GetOptions{})
		if err != nil {
			if f.ConfigMapKeyRef.Optional != nil && *f.ConfigMapKeyRef.Optional {
				return "", nil
			}
			return "", err
		}
		return cm.Data[f.ConfigMapKeyRef.Key], nil
	case f.SecretKeyRef != nil:
		s, err := r.n.kc.CoreV1().Secrets(r.p.Namespace).Get(ctx, f.SecretKeyRef.Name, metav1.GetOptions{})
		if err != nil {
			return "", err
		}
		return string(s.Data[f.SecretKeyRef.Key]), nil
	}
	return "", nil
}
