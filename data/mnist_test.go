package data

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/mnistdir"
)

// smallMNIST returns files named and formatted like those of MNIST, with 5
// images to train on and 3 to test on.
func smallMNIST() [4][]byte {
	return [4][]byte{
		idxFile(ramp(5*784), 5, 28, 28), idxFile([]byte{5, 0, 4, 1, 9}, 5),
		idxFile(ramp(3*784), 3, 28, 28), idxFile([]byte{7, 2, 1}, 3),
	}
}

func writeMNIST(t *testing.T, dir string, rename func(part string) string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for k, content := range smallMNIST() {
		name := rename(imageSetParts[k])
		if strings.HasSuffix(name, ".gz") {
			content = gzipped(content)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o644))
	}
}

func asIs(part string) string { return part }

// isolate gives the test empty folders instead of the user's.
func isolate(t *testing.T) {
	t.Setenv("TRAJENS_MNIST", "")
	t.Setenv("TRAJENS_FASHION_MNIST", "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("LocalAppData", t.TempDir())
}

func checkSmallMNIST(t *testing.T, dir string) {
	t.Helper()
	train, test, err := MNIST(dir)
	require.NoError(t, err)
	assert.Equal(t, 5, train.Len())
	assert.Equal(t, 3, test.Len())
	assert.Equal(t, []int{1, 28, 28}, test.Shape())
	assert.Equal(t, 9, train.Label(4))
	assert.Equal(t, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, train.ClassNames())
	assert.Equal(t, 7, test.Label(0))
	assert.Equal(t, float32(ramp(784)[100])/255, test.Input(0)[100])
}

func TestMNISTNames(t *testing.T) {
	for name, rename := range map[string]func(string) string{
		"original": func(s string) string { return s + ".gz" },
		"plain":    asIs,
		"dotted":   func(s string) string { return strings.Replace(s, "-idx", ".idx", 1) },
		"dotted gz": func(s string) string {
			return strings.Replace(s, "-idx", ".idx", 1) + ".gz"
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeMNIST(t, dir, rename)
			checkSmallMNIST(t, dir)
		})
	}
}

func TestMNISTPlaces(t *testing.T) {
	isolate(t)
	_, _, err := MNIST("")
	require.ErrorIs(t, err, ErrNoMNIST)

	cache, named, err := mnist.place("")
	require.NoError(t, err)
	require.False(t, named)
	require.Equal(t, filepath.Join("trajens", "mnist"), cache[len(cache)-len("trajens/mnist"):])
	writeMNIST(t, cache, asIs)
	checkSmallMNIST(t, "")

	// A folder that the environment names comes first.
	folder := t.TempDir()
	t.Setenv("TRAJENS_MNIST", folder)
	writeMNIST(t, folder, asIs)
	path := filepath.Join(folder, imageSetParts[1])
	require.NoError(t, os.WriteFile(path, idxFile([]byte{99, 0, 4, 1, 9}, 5), 0o644))
	_, _, err = MNIST("")
	require.ErrorContains(t, err, path+": label 99 of sample 0")

	// An argument comes before the environment.
	checkSmallMNIST(t, cache)
}

// Who names a folder wants its data and no others: files that are not there are
// an error of their own, and not looked for elsewhere.
func TestMNISTNotInANamedFolder(t *testing.T) {
	isolate(t)
	cache, _, err := mnist.place("")
	require.NoError(t, err)
	writeMNIST(t, cache, asIs)
	half := t.TempDir()
	writeMNIST(t, half, asIs)
	require.NoError(t, os.Remove(filepath.Join(half, imageSetParts[2])))
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	for folder, says := range map[string]string{
		half:        half + " has no " + imageSetParts[2],
		t.TempDir(): " has no " + imageSetParts[0],
		nowhere:     nowhere,
	} {
		t.Setenv("TRAJENS_MNIST", "")
		_, _, err := MNIST(folder)
		require.ErrorContains(t, err, "data: ")
		require.ErrorContains(t, err, says)
		require.NotErrorIs(t, err, ErrNoMNIST)
		t.Setenv("TRAJENS_MNIST", folder)
		_, _, err = MNIST("")
		require.ErrorContains(t, err, "data: TRAJENS_MNIST: ")
		require.ErrorContains(t, err, says)
		require.NotErrorIs(t, err, ErrNoMNIST)
	}
	_, _, err = MNIST(nowhere)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// The error is short enough for a line, and says how to get the files.
func TestMNISTNotInTheCache(t *testing.T) {
	isolate(t)
	cache, _, err := mnist.place("")
	require.NoError(t, err)
	_, _, err = MNIST("")
	require.EqualError(t, err, "data: MNIST not found in "+cache+": use DownloadMNIST or set TRAJENS_MNIST")
	writeMNIST(t, cache, asIs)
	require.NoError(t, os.Remove(filepath.Join(cache, imageSetParts[3])))
	_, _, err = MNIST("")
	require.ErrorIs(t, err, ErrNoMNIST, "a part of the files")
}

func TestMNISTWithoutCacheDirectory(t *testing.T) {
	isolate(t)
	t.Setenv("HOME", "")
	t.Setenv("LocalAppData", "")
	_, _, err := MNIST("")
	require.ErrorIs(t, err, ErrNoMNIST)
	require.Error(t, DownloadMNIST(t.Context(), "", DownloadConfig{}))
}

func TestMNISTMissingFile(t *testing.T) {
	dir := t.TempDir()
	writeMNIST(t, dir, asIs)
	for _, part := range imageSetParts {
		path := filepath.Join(dir, part)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.Remove(path))
		_, _, err = MNIST(dir)
		require.EqualError(t, err, "data: "+dir+" has no "+part)
		require.NoError(t, os.WriteFile(path, content, 0o644))
	}
	checkSmallMNIST(t, dir)
}

func TestMNISTOfAnotherSize(t *testing.T) {
	dir := t.TempDir()
	writeMNIST(t, dir, asIs)
	path := filepath.Join(dir, imageSetParts[2])
	require.NoError(t, os.WriteFile(path, idxFile(ramp(3*32*32), 3, 32, 32), 0o644))
	_, _, err := MNIST(dir)
	require.ErrorContains(t, err, path+": images of shape [1 32 32], want [1 28 28]")
	require.NotErrorIs(t, err, ErrNoMNIST)
}

func TestRealMNIST(t *testing.T) {
	train, test, err := MNIST(mnistdir.Find(t))
	require.NoError(t, err)
	// Facts about MNIST: the class counts, and the mean 0.1307 of the training
	// pixels by which images are commonly centered.
	assert.Equal(t, []int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}, classCounts(train))
	assert.Equal(t, []int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, classCounts(test))
	mean, _ := pixelMoments(train)
	assert.InDelta(t, 0.1307, mean, 5e-5)
	assert.Equal(t, "7", test.ClassNames()[test.Label(0)])
}

func classCounts(d *Dataset) []int {
	list := make([]int, d.Classes())
	for i := range d.Len() {
		list[d.Label(i)]++
	}
	return list
}

// pixelMoments returns mean and standard deviation of all pixels.
func pixelMoments(d *Dataset) (mean, deviation float64) {
	sum, squares := 0.0, 0.0
	for i := range d.Len() {
		for _, v := range d.Input(i) {
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
	}
	n := float64(d.Len() * d.Size())
	return sum / n, math.Sqrt(squares/n - sum*sum/(n*n))
}

func BenchmarkMNIST(b *testing.B) {
	dir := mnistdir.Find(b)
	for b.Loop() {
		if _, _, err := MNIST(dir); err != nil {
			b.Fatal(err)
		}
	}
}
