package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// containerSpec is what a parent hands to the process that becomes the container.
type containerSpec struct {
	Dir, Name, Netns string
	Root             string // of the unpacked image; this machine's if empty
	ReadOnly         bool
	Binds            [][2]string
	Tmpfs            []string
	Argv, Env        []string
	UID, GID         uint32
	Cwd              string
}

func containerMain(spec string) error {
	b, err := os.ReadFile(spec)
	if err != nil {
		return err
	}
	var s containerSpec
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	root := filepath.Join(s.Dir, "root-"+s.Name)
	for _, d := range []string{"upper", "work", "merged"} {
		os.MkdirAll(filepath.Join(root, d), 0755)
	}
	m := filepath.Join(root, "merged")
	lower, fresh := "/", []string{"/tmp", "/run", "/var/lib/istio", "/etc/istio"}
	if s.Root != "" {
		lower, fresh = s.Root, []string{"/run"}
	}
	if err := unix.Mount("overlay", m, "overlay", 0, fmt.Sprintf("lowerdir=%s,upperdir=%s/upper,workdir=%s/work", lower, root, root)); err != nil {
		return fmt.Errorf("overlay: %w", err)
	}
	for _, d := range []string{"/proc", "/sys", "/dev"} {
		os.MkdirAll(m+d, 0755)
		if err := unix.Mount(d, m+d, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
	}
	for _, d := range fresh {
		os.RemoveAll(m + d)
		os.MkdirAll(m+d, 0777)
		os.Chmod(m+d, 0777)
	}
	os.MkdirAll(m+"/var", 0755)
	os.Remove(m + "/var/run")
	os.Symlink("/run", m+"/var/run")
	for _, bd := range s.Binds {
		dst := m + strings.Replace(bd[1], "/var/run/", "/run/", 1)
		fi, err := os.Stat(bd[0])
		if err != nil {
			return err
		}
		if fi.IsDir() {
			os.MkdirAll(dst, 0755)
		} else {
			os.MkdirAll(filepath.Dir(dst), 0755)
			os.Remove(dst)
			os.WriteFile(dst, nil, 0644)
		}
		if err := unix.Mount(bd[0], dst, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("bind %s: %w", bd[1], err)
		}
	}
	if s.ReadOnly {
		if err := unix.Mount("", m, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""); err != nil {
			return fmt.Errorf("read-only root: %w", err)
		}
	}
	if err := unix.Chroot(m); err != nil {
		return err
	}
	if err := os.Chdir(s.Cwd); err != nil {
		return err
	}
	if s.UID != 0 {
		if err := syscall.Setgroups([]int{int(s.GID)}); err != nil {
			return err
		}
		if err := syscall.Setgid(int(s.GID)); err != nil {
			return err
		}
		if err := syscall.Setuid(int(s.UID)); err != nil {
			return err
		}
	}
	path := s.Argv[0]
	if !strings.Contains(path, "/") {
		for _, d := range []string{"/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"} {
			if _, err := os.Stat(d + "/" + path); err == nil {
				path = d + "/" + path
				break
			}
		}
	}
	return syscall.Exec(path, s.Argv, s.Env)
}
