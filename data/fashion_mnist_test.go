package data

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/mnistdir"
)

// Fashion-MNIST has a folder of its own, so that neither dataset is taken for
// the other.
func TestFashionMNISTPlaces(t *testing.T) {
	isolate(t)
	digits := t.TempDir()
	writeMNIST(t, digits, asIs)
	t.Setenv("TRAJENS_MNIST", digits)
	_, _, err := FashionMNIST("")
	require.ErrorIs(t, err, ErrNoFashionMNIST)
	require.NotErrorIs(t, err, ErrNoMNIST)
	cache, named, err := fashionMNIST.place("")
	require.NoError(t, err)
	require.False(t, named)
	require.Equal(t, filepath.Join("trajens", "fashion-mnist"), cache[len(cache)-len("trajens/fashion-mnist"):])
	_, _, err = FashionMNIST("")
	require.EqualError(t, err, "data: Fashion-MNIST not found in "+cache+": use DownloadFashionMNIST or set TRAJENS_FASHION_MNIST")

	writeMNIST(t, cache, asIs)
	train, test, err := FashionMNIST("")
	require.NoError(t, err)
	require.Equal(t, 5, train.Len())
	require.Equal(t, 10, test.Classes())
	require.Equal(t, "Sneaker", test.ClassNames()[test.Label(0)])
	require.Equal(t, "Ankle boot", train.ClassNames()[train.Label(4)])

	t.Setenv("TRAJENS_FASHION_MNIST", filepath.Join(digits, "nowhere"))
	_, _, err = FashionMNIST("")
	require.ErrorContains(t, err, "data: TRAJENS_FASHION_MNIST: ")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NotErrorIs(t, err, ErrNoFashionMNIST)
	_, _, err = FashionMNIST(digits)
	require.NoError(t, err, "an argument comes before the environment")
}

func TestRealFashionMNIST(t *testing.T) {
	train, test, err := FashionMNIST(mnistdir.FindFashion(t))
	require.NoError(t, err)
	// Facts about Fashion-MNIST: all classes have as many images, and mean and
	// deviation of the training pixels are 0.2860 and 0.3530.
	for class := range 10 {
		assert.Equal(t, 6000, classCounts(train)[class])
		assert.Equal(t, 1000, classCounts(test)[class])
	}
	mean, deviation := pixelMoments(train)
	assert.InDelta(t, 0.2860, mean, 5e-5)
	assert.InDelta(t, 0.3530, deviation, 5e-5)
}
