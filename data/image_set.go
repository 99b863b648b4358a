package data

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An imageSet is a dataset in four files like those of MNIST.
type imageSet struct {
	folder   string // in trajens in the user's cache directory
	variable string // of the environment, to name another folder
	fetcher  string // the function that fetches the files
	missing  error  // of files in a folder that nobody has named
	classes  []string
	mirrors  []string
	files    [4]remoteFile // in the order of imageSetParts
}

// imageSetParts are the names of the four files without the suffix .gz: images
// and labels for training, images and labels for testing.
var imageSetParts = [4]string{
	"train-images-idx3-ubyte",
	"train-labels-idx1-ubyte",
	"t10k-images-idx3-ubyte",
	"t10k-labels-idx1-ubyte",
}

func (s *imageSet) load(dir string) (train, test *Dataset, err error) {
	paths, err := s.find(dir)
	if err != nil {
		return nil, nil, err
	}
	if train, err = s.loadPart(paths[0], paths[1]); err != nil {
		return nil, nil, err
	}
	if test, err = s.loadPart(paths[2], paths[3]); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

func (s *imageSet) loadPart(images, labels string) (*Dataset, error) {
	d, err := LoadIDX(images, labels, len(s.classes))
	if err != nil {
		return nil, err
	}
	if want := []int{1, digitSide, digitSide}; !slices.Equal(d.Shape(), want) {
		return nil, fmt.Errorf("data: %s: images of shape %v, want %v", images, d.Shape(), want)
	}
	return d.NameClasses(s.classes)
}

// download fetches the files that are not there into the folder in which load
// looks.
func (s *imageSet) download(ctx context.Context, dir string, config DownloadConfig) error {
	if ctx == nil {
		return errors.New("data: the context is nil")
	}
	folder, _, err := s.place(dir)
	if err != nil {
		return fmt.Errorf("data: no folder for the download: %w", err)
	}
	if len(config.Mirrors) == 0 {
		config.Mirrors = s.mirrors
	}
	return download(ctx, folder, s.files[:], config)
}

// place returns the folder of the files: dir, or else the one of the
// environment, or else the one in the user's cache directory. Named tells
// whether it is one of the first two.
func (s *imageSet) place(dir string) (folder string, named bool, err error) {
	if dir = cmp.Or(dir, os.Getenv(s.variable)); dir != "" {
		return dir, true, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", false, err
	}
	return filepath.Join(cache, "trajens", s.folder), false, nil
}

// find returns the paths of the four files.
func (s *imageSet) find(dir string) (paths [4]string, err error) {
	folder, named, err := s.place(dir)
	if err != nil {
		return paths, fmt.Errorf("data: %w: %w", s.missing, err)
	}
	for k, part := range imageSetParts {
		if paths[k], err = findPart(folder, part); err != nil {
			return paths, err
		}
		if paths[k] != "" {
			continue
		}
		if !named {
			return paths, fmt.Errorf("data: %w in %s: use %s or set %s", s.missing, folder, s.fetcher, s.variable)
		}
		_, err := os.Stat(folder)
		if err == nil {
			err = fmt.Errorf("%s has no %s", folder, part)
		}
		if dir == "" {
			err = fmt.Errorf("%s: %w", s.variable, err)
		}
		return paths, fmt.Errorf("data: %w", err)
	}
	return paths, nil
}

// findPart returns the path of one file, or "" if it is not in dir. The
// original name and compression come first: downloads have those.
func findPart(dir, part string) (string, error) {
	dotted := strings.Replace(part, "-idx", ".idx", 1)
	for _, name := range []string{part + ".gz", part, dotted + ".gz", dotted} {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err == nil && !info.IsDir() {
			return path, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("data: %w", err)
		}
	}
	return "", nil
}
