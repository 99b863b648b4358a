package data

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNoMNIST is the error, found with errors.Is, of MNIST when nobody has named
// a folder for the files and they are not in the user's cache directory either.
// A folder that was named and lacks files has another error, so that a program
// with other data to fall back on does not take a typing error for that case.
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
// is also known. If dir is empty, the folder is the one that the environment
// variable TRAJENS_MNIST names, and if there is no such variable, trajens/mnist
// in the user's cache directory (os.UserCacheDir). DownloadMNIST puts the files
// into the same folder.
//
// A folder that lacks files is an error, which is ErrNoMNIST if neither dir nor
// TRAJENS_MNIST named the folder.
//
// Other data in the same format, such as Fashion-MNIST, can be read too.
//
// Neighbors in the training file are not alike: the file alternates between two
// groups of writers of unequal difficulty. Take subsets at random (Split) or
// as a block (First), never every k-th sample.
func MNIST(dir string) (train, test *Dataset, err error) {
	paths, err := findMNIST(dir)
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

// mnistVariable is the environment variable that names a folder for MNIST.
const mnistVariable = "TRAJENS_MNIST"

// mnistDir returns the folder for MNIST: dir, or else the one of the
// environment, or else the one in the user's cache directory. Named tells
// whether it is one of the first two.
func mnistDir(dir string) (folder string, named bool, err error) {
	if dir = cmp.Or(dir, os.Getenv(mnistVariable)); dir != "" {
		return dir, true, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", false, err
	}
	return filepath.Join(cache, "trajens", "mnist"), false, nil
}

// findMNIST returns the paths of the four files.
func findMNIST(dir string) (paths [4]string, err error) {
	folder, named, err := mnistDir(dir)
	if err != nil {
		return paths, fmt.Errorf("data: %w: %w", ErrNoMNIST, err)
	}
	for k, part := range mnistParts {
		if paths[k], err = findPart(folder, part); err != nil {
			return paths, err
		}
		if paths[k] != "" {
			continue
		}
		if !named {
			return paths, fmt.Errorf("data: %w in %s: use DownloadMNIST or set %s", ErrNoMNIST, folder, mnistVariable)
		}
		_, err := os.Stat(folder)
		if err == nil {
			err = fmt.Errorf("%s has no %s", folder, part)
		}
		if dir == "" {
			err = fmt.Errorf("%s: %w", mnistVariable, err)
		}
		return paths, fmt.Errorf("data: %w", err)
	}
	return paths, nil
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
