package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// image is one that `mesh image` has unpacked: the container's root is its own, and nothing of this machine's.
type image struct {
	Entrypoint []string // as its OCI configuration says, as is User
	User       string
	root       string
	uid, gid   uint32
}

var notInFileNames = regexp.MustCompile("[^A-Za-z0-9._-]")

// unpacked gives nil for an image of which there is only a name.
func unpacked(name string) (*image, error) {
	dir := filepath.Join(*runDir, "images", notInFileNames.ReplaceAllString(name, "_"))
	b, err := os.ReadFile(filepath.Join(dir, "config.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	img := &image{root: filepath.Join(dir, "root")}
	if err := json.Unmarshal(b, img); err != nil {
		return nil, fmt.Errorf("image %s: %w", name, err)
	}
	if img.User != "" {
		if _, err := fmt.Sscanf(img.User, "%d:%d", &img.uid, &img.gid); err != nil {
			return nil, fmt.Errorf("image %s: user %q is not UID:GID", name, img.User)
		}
	}
	return img, nil
}
