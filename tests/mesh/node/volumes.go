package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	authv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func opt(b *bool) bool { return b != nil && *b }

// volumes writes every volume's content; first also makes the empty directories.
func (r *pod) volumes(first bool) error {
	r.volMu.Lock()
	defer r.volMu.Unlock()
	if err := r.hosts(); err != nil {
		return err
	}
	for _, v := range r.p.Spec.Volumes {
		d := filepath.Join(r.dir, "vol", v.Name)
		if first {
			must(os.MkdirAll(d, 0777))
			os.Chmod(d, 0777)
		}
		sources := sourcesOf(v)
		if sources == nil {
			continue
		}
		files := map[string][]byte{}
		for _, source := range sources {
			if err := r.project(files, source, d); err != nil {
				return err
			}
		}
		if err := atomicWrite(d, files); err != nil {
			return err
		}
	}
	return nil
}

// sourcesOf gives what a volume is filled from; nil for one that is not filled.
func sourcesOf(v corev1.Volume) []corev1.VolumeProjection {
	switch {
	case v.Secret != nil:
		return []corev1.VolumeProjection{{Secret: &corev1.SecretProjection{
			LocalObjectReference: corev1.LocalObjectReference{Name: v.Secret.SecretName}, Items: v.Secret.Items, Optional: v.Secret.Optional}}}
	case v.ConfigMap != nil:
		return []corev1.VolumeProjection{{ConfigMap: &corev1.ConfigMapProjection{
			LocalObjectReference: v.ConfigMap.LocalObjectReference, Items: v.ConfigMap.Items, Optional: v.ConfigMap.Optional}}}
	case v.DownwardAPI != nil:
		return []corev1.VolumeProjection{{DownwardAPI: &corev1.DownwardAPIProjection{Items: v.DownwardAPI.Items}}}
	case v.Projected != nil:
		return v.Projected.Sources
	}
	return nil
}

// project adds one source's content to the files of the volume in directory d.
func (r *pod) project(files map[string][]byte, source corev1.VolumeProjection, d string) error {
	switch {
	case source.Secret != nil:
		return r.secret(files, source.Secret)
	case source.ConfigMap != nil:
		return r.configMap(files, source.ConfigMap)
	case source.DownwardAPI != nil:
		for _, it := range source.DownwardAPI.Items {
			if it.FieldRef != nil {
				files[it.Path] = []byte(r.field(it.FieldRef.FieldPath))
			} else {
				files[it.Path] = []byte("2")
			}
		}
	case source.ServiceAccountToken != nil:
		t, err := r.token(source.ServiceAccountToken, filepath.Join(d, source.ServiceAccountToken.Path))
		if err != nil {
			return err
		}
		files[source.ServiceAccountToken.Path] = t
	}
	return nil
}

func (r *pod) secret(files map[string][]byte, p *corev1.SecretProjection) error {
	s, err := r.n.kc.CoreV1().Secrets(r.p.Namespace).Get(context.Background(), p.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) && opt(p.Optional) {
		return nil
	}
	if err != nil {
		return err
	}
	pick(files, s.Data, p.Items)
	return nil
}

func (r *pod) configMap(files map[string][]byte, p *corev1.ConfigMapProjection) error {
	s, err := r.n.kc.CoreV1().ConfigMaps(r.p.Namespace).Get(context.Background(), p.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) && opt(p.Optional) {
		return nil
	}
	if err != nil {
		return err
	}
	data := map[string][]byte{}
	for k, x := range s.Data {
		data[k] = []byte(x)
	}
	for k, x := range s.BinaryData {
		data[k] = x
	}
	pick(files, data, p.Items)
	return nil
}

func (r *pod) token(s *corev1.ServiceAccountTokenProjection, path string) ([]byte, error) {
	if at, ok := r.tokens[path]; ok && time.Since(at) < 30*time.Minute {
		return os.ReadFile(path)
	}
	tr := &authv1.TokenRequest{Spec: authv1.TokenRequestSpec{ExpirationSeconds: s.ExpirationSeconds, BoundObjectRef: &authv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: r.p.Name, UID: r.p.UID}}}
	if s.Audience != "" {
		tr.Spec.Audiences = []string{s.Audience}
	}
	out, err := r.n.kc.CoreV1().ServiceAccounts(r.p.Namespace).CreateToken(context.Background(), r.p.Spec.ServiceAccountName, tr, metav1.CreateOptions{})
	if err != nil {
		return nil, err
	}
	r.tokens[path] = time.Now()
	return []byte(out.Status.Token), nil
}

func pick(files, data map[string][]byte, items []corev1.KeyToPath) {
	if len(items) == 0 {
		for k, v := range data {
			files[k] = v
		}
		return
	}
	for _, it := range items {
		if v, ok := data[it.Key]; ok {
			files[it.Path] = v
		}
	}
}

// atomicWrite swaps a ..data link as a kubelet does, so that watchers see one change.
func atomicWrite(d string, files map[string][]byte) error {
	same := true
	cur, _ := os.ReadDir(filepath.Join(d, "..data"))
	if len(cur) != len(files) {
		same = false
	}
	for k, v := range files {
		b, err := os.ReadFile(filepath.Join(d, "..data", k))
		if err != nil || !bytes.Equal(b, v) {
			same = false
		}
	}
	if _, err := os.Stat(filepath.Join(d, "..data")); err == nil && same {
		return nil
	}
	ts := "..ts" + strconv.FormatInt(time.Now().UnixNano(), 10)
	old, _ := os.Readlink(filepath.Join(d, "..data"))
	must(os.MkdirAll(filepath.Join(d, ts), 0755))
	for k, v := range files {
		f := filepath.Join(d, ts, k)
		os.MkdirAll(filepath.Dir(f), 0755)
		if err := os.WriteFile(f, v, 0644); err != nil {
			return err
		}
	}
	os.Remove(filepath.Join(d, "..tmp"))
	if err := os.Symlink(ts, filepath.Join(d, "..tmp")); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(d, "..tmp"), filepath.Join(d, "..data")); err != nil {
		return err
	}
	for k := range files {
		top := strings.SplitN(k, "/", 2)[0]
		os.Symlink(filepath.Join("..data", top), filepath.Join(d, top))
	}
	ents, _ := os.ReadDir(d)
	for _, e := range ents {
		if strings.HasPrefix(e.Name(), "..") {
			continue
		}
		if _, err := os.Stat(filepath.Join(d, e.Name())); err != nil {
			os.Remove(filepath.Join(d, e.Name()))
		}
	}
	if old != "" {
		os.RemoveAll(filepath.Join(d, old))
	}
	return nil
}

func (r *pod) hosts() error {
	svcs, err := r.n.kc.CoreV1().Services("").List(context.Background(), metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "127.0.0.1 localhost\n%s %s\n", r.ip, r.p.Name)
	for _, s := range svcs.Items {
		if s.Spec.ClusterIP == "" || s.Spec.ClusterIP == "None" {
			continue
		}
		n := s.Name + "." + s.Namespace
		fmt.Fprintf(&b, "%s %s %s.svc %s.svc.cluster.local", s.Spec.ClusterIP, n, n, n)
		if s.Namespace == r.p.Namespace {
			fmt.Fprintf(&b, " %s", s.Name)
		}
		b.WriteString("\n")
	}
	f := filepath.Join(r.dir, "hosts")
	if cur, err := os.ReadFile(f); err == nil && string(cur) == b.String() {
		return nil
	}
	os.WriteFile(filepath.Join(r.dir, "resolv.conf"), []byte("nameserver 127.0.0.1\n"), 0644)
	return os.WriteFile(f, []byte(b.String()), 0644)
}
