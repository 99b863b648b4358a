package data

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNoMNIST is the error, found with errors.Is, of a folder that lacks files
// of MNIST.
var ErrNoMNIST = errors.New("MNIST not found")

// mnistParts are the names of the four files without the suffix .gz: images
// and labels for training, images and labels for testing.
var mnistParts = [4]string{
	"train-images-idx3-ubyte",
	"train-labels-idx1-ubyte",
	"t10k-images-idx3-ubyte",
	"t10k-labels-idx1-ubyte",
}

// MNIST reads the MNIST handwritten digits (LeCun, Cortes, Burges): 60,000
// images to train on and 10,000 to test on, ten classes, inputs of shape
// [1, 28, 28] in [0, 1].
//
// The folder dir must hold the four files train-images-idx3-ubyte,
// train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte,
// each with or without the suffix .gz; the spelling train-images.idx3-ubyte
// is also known. If dir is empty, MNIST takes the first of these folders that
// has all four files:
//
//   - the one that the environment variable TRAJENS_MNIST names,
//   - trajens/mnist in the user's cache directory (os.UserCacheDir), where
//     DownloadMNIST puts them.
//
// If files are missing the error is ErrNoMNIST and says where MNIST looked.
// Other data in the same format, such as Fashion-MNIST, can be read too.
//
// Neighbors in the training file are not alike: it alternates between two
// groups of writers of unequal difficulty. Take subsets at random (Split) or
// as a block (First), never every k-th sample.
func MNIST(dir string) (train, test *Dataset, err error) {
	dirs := []string{dir}
	if dir == "" {
		dirs = mnistDirs()
	}
	paths, err := findMNIST(dirs)
	if err != nil {
		return nil, nil, err
	}
	if train, err = loadDigits(paths[0], paths[1]); err != nil {
		return nil, nil, err
	}
	if test, err = loadDigits(paths[2], paths[3]); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

func loadDigits(images, labels string) (*Dataset, error) {
	d, err := LoadIDX(images, labels, 10)
	if err != nil {
		return nil, err
	}
	if want := []int{1, 28, 28}; !slices.Equal(d.Shape(), want) {
		return nil, fmt.Errorf("data: %s: images of shape %v, want %v", images, d.Shape(), want)
	}
	return d, nil
}

// mnistDirs lists where MNIST may be. A system without a cache directory has
// one place less.
func mnistDirs() []string {
	var dirs []string
	if dir := os.Getenv("TRAJENS_MNIST"); dir != "" {
		dirs = append(dirs, dir)
	}
	if dir, err := mnistCache(); err == nil {
		dirs = append(dirs, dir)
	}
	return dirs
}

func mnistCache() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("data: no folder for MNIST: %w", err)
	}
	return filepath.Join(cache, "trajens", "mnist"), nil
}

// findMNIST returns the paths of the four files in the first folder that has
// them all.
func findMNIST(dirs []string) (paths [4]string, err error) {
	var lacks []string
	for _, dir := range dirs {
		missing := ""
		for k, part := range mnistParts {
			if paths[k], err = findPart(dir, part); err != nil {
				return paths, err
			}
			if paths[k] == "" {
				missing = part
				break
			}
		}
		if missing == "" {
			return paths, nil
		}
		lacks = append(lacks, fmt.Sprintf("%s has no %s", dir, missing))
	}
	if len(lacks) == 0 {
		lacks = append(lacks, "no folder to look in")
	}
	return paths, fmt.Errorf("data: %w: %s (plain or .gz); download it with data.DownloadMNIST, "+
		"or put %s there, or set TRAJENS_MNIST to the folder that has them",
		ErrNoMNIST, strings.Join(lacks, "; "), strings.Join(mnistParts[:], ", "))
}

// findPart returns the path of one file, or "" if it is not in dir. The
// original name and compression come first: DownloadMNIST writes those.
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
