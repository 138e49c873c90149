package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
	"k8s.io/apimachinery/pkg/types"
	toolsrc "k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"
	"k8s.io/kubelet/pkg/cri/streaming/portforward"
	"k8s.io/kubelet/pkg/cri/streaming/remotecommand"
)

type streams struct{ r *pod }

func (s streams) ExecInContainer(ctx context.Context, name string, uid types.UID, container string, cmd []string, in io.Reader, out, errw io.WriteCloser, tty bool, resize <-chan toolsrc.TerminalSize, timeout time.Duration) error {
	s.r.mu.Lock()
	pr := s.r.procs[container]
	s.r.mu.Unlock()
	if pr == nil || !pr.running {
		return fmt.Errorf("container %q is not running", container)
	}
	pid := strconv.Itoa(pr.cmd.Process.Pid)
	c := exec.CommandContext(ctx, "nsenter", append([]string{"-t", pid, "-m", "-n", "-r", "-w", "-S", strconv.Itoa(int(pr.uid)), "-G", strconv.Itoa(int(pr.gid)), "env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin"}, cmd...)...)
	c.Stdin = in
	if out != nil {
		c.Stdout = out
	}
	if errw != nil {
		c.Stderr = errw
	}
	err := c.Run()
	if ee, ok := err.(*exec.ExitError); ok {
		return utilexec.CodeExitError{Err: ee, Code: ee.ExitCode()}
	}
	return err
}

func (s streams) PortForward(ctx context.Context, name string, uid types.UID, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	type res struct {
		c   net.Conn
		err error
	}
	ch := make(chan res, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: this thread stays in the pod's network namespace
		f, err := os.Open("/run/netns/" + s.r.netns)
		if err == nil {
			err = unix.Setns(int(f.Fd()), unix.CLONE_NEWNET)
			f.Close()
		}
		if err != nil {
			ch <- res{nil, err}
			return
		}
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err == nil {
			err = unix.Connect(fd, &unix.SockaddrInet4{Port: int(port), Addr: [4]byte{127, 0, 0, 1}})
		}
		if err != nil {
			ch <- res{nil, err}
			return
		}
		ff := os.NewFile(uintptr(fd), "pf")
		c, err := net.FileConn(ff)
		ff.Close()
		ch <- res{c, err}
	}()
	x := <-ch
	if x.err != nil {
		return x.err
	}
	defer x.c.Close()
	done := make(chan struct{}, 2)
	go func() { io.Copy(x.c, stream); x.c.(*net.TCPConn).CloseWrite(); done <- struct{}{} }()
	go func() { io.Copy(stream, x.c); stream.Close(); done <- struct{}{} }()
	<-done
	<-done
	return nil
}

func (n *node) serve() {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(8760 * time.Hour), DNSNames: []string{nodeName}, IPAddresses: []net.IP{net.ParseIP(*nodeIP)}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	must(err)
	mux := http.NewServeMux()
	mux.HandleFunc("/exec/{ns}/{pod}/{container}", func(w http.ResponseWriter, q *http.Request) {
		r := n.find(q.PathValue("ns"), q.PathValue("pod"))
		if r == nil {
			http.Error(w, "pod not found", 404)
			return
		}
		o, err := remotecommand.NewOptions(q)
		if err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		remotecommand.ServeExec(w, q, streams{r}, r.p.Name, r.p.UID, q.PathValue("container"), q.URL.Query()["command"], o, 4*time.Hour, 30*time.Second, []string{"v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"})
	})
	mux.HandleFunc("/portForward/{ns}/{pod}", func(w http.ResponseWriter, q *http.Request) {
		r := n.find(q.PathValue("ns"), q.PathValue("pod"))
		if r == nil {
			http.Error(w, "pod not found", 404)
			return
		}
		o, err := portforward.NewV4Options(q)
		if err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		portforward.ServePortForward(w, q, streams{r}, r.p.Name, r.p.UID, o, 4*time.Hour, 30*time.Second, portforward.SupportedProtocols)
	})
	mux.HandleFunc("/containerLogs/{ns}/{pod}/{container}", func(w http.ResponseWriter, q *http.Request) {
		r := n.find(q.PathValue("ns"), q.PathValue("pod"))
		if r == nil {
			http.Error(w, "pod not found", 404)
			return
		}
		http.ServeFile(w, q, r.log(q.PathValue("container")))
	})
	srv := &http.Server{Addr: ":10250", Handler: mux, TLSConfig: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}}
	must(srv.ListenAndServeTLS("", ""))
}
