// Package mnistdir finds copies of MNIST and Fashion-MNIST for tests and
// benchmarks.
package mnistdir

import (
	"os"
	"path/filepath"
	"testing"
)

// Find returns a folder with the MNIST files: the one that the environment
// variable TRAJENS_MNIST names, or else trajens/mnist in the user's cache
// directory, or shared/data/mnist in the working directory or any folder
// above it. If there is none it skips the test, but if TRAJENS_MNIST names one
// that lacks files the test fails.
func Find(tb testing.TB) string {
	tb.Helper()
	if dir := os.Getenv("TRAJENS_MNIST"); dir != "" {
		if !holdsFiles(dir) {
			tb.Fatalf("TRAJENS_MNIST: %s does not have the four files of MNIST", dir)
		}
		return dir
	}
	for _, dir := range places() {
		if holdsFiles(dir) {
			return dir
		}
	}
	tb.Skip("MNIST not found: set TRAJENS_MNIST to a folder with its four files, " +
		"or fetch it with data.DownloadMNIST or go run ./examples/mnist -download")
	return ""
}

// FindFashion returns the folder with the Fashion-MNIST files that the
// environment variable TRAJENS_FASHION_MNIST names. If there is no such variable
// it skips the test, but if the folder lacks files the test fails.
func FindFashion(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("TRAJENS_FASHION_MNIST")
	if dir == "" {
		tb.Skip("Fashion-MNIST not found: set TRAJENS_FASHION_MNIST to a folder with its four files; " +
			"data.DownloadFashionMNIST fetches them, and so does go run ./examples/mnist -dataset fashion -download")
	}
	if !holdsFiles(dir) {
		tb.Fatalf("TRAJENS_FASHION_MNIST: %s does not have the four files of Fashion-MNIST", dir)
	}
	return dir
}

func places() []string {
	var dirs []string
	if cache, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, filepath.Join(cache, "trajens", "mnist"))
	}
	if dir, err := os.Getwd(); err == nil {
		for {
			dirs = append(dirs, filepath.Join(dir, "shared", "data", "mnist"))
			parent := filepath.Dir(dir)
			if parent == dir {
				break
			}
			dir = parent
		}
	}
	return dirs
}

// holdsFiles tells whether all four files are in dir, each plain or gzipped.
func holdsFiles(dir string) bool {
	for _, name := range []string{
		"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
		"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
	} {
		if !isFile(filepath.Join(dir, name)) && !isFile(filepath.Join(dir, name+".gz")) {
			return false
		}
	}
	return true
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
