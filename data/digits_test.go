package data

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// constant is a source of always the same number.
type constant uint64

func (c constant) Uint64() uint64 { return uint64(c) }

func digits(t testing.TB, n int, seed uint64) *Dataset {
	t.Helper()
	d, err := Digits(n, constant(seed))
	require.NoError(t, err)
	return d
}

func TestDigitsGolden(t *testing.T) {
	// The digits of a seed must stay the same for all versions and processors:
	// do not change this sum without need.
	const want = "4899238767b552de4a5de96307fd550376d2fb2a62c6c63d2c59fa95419f7bdc"
	d := digits(t, 500, 1)
	h := sha256.New()
	for i := range d.Len() {
		pixels := make([]byte, d.Size(), d.Size()+1)
		for k, v := range d.Input(i) {
			pixels[k] = byte(math.Round(255 * float64(v)))
			require.Equal(t, float32(pixels[k])/255, v, "pixel %d of sample %d", k, i)
		}
		h.Write(append(pixels, byte(d.Label(i))))
	}
	assert.Equal(t, want, hex.EncodeToString(h.Sum(nil)))
}

func TestDigitsDependOnSeedAndIndexOnly(t *testing.T) {
	large, small, other := digits(t, 40, 7), digits(t, 15, 7), digits(t, 40, 8)
	assert.Equal(t, []int{1, 28, 28}, large.Shape())
	assert.Equal(t, 10, large.Classes())
	for i := range small.Len() {
		require.Equal(t, large.Input(i), small.Input(i))
		require.Equal(t, large.Label(i), small.Label(i))
	}
	for i := range large.Len() {
		require.NotEqual(t, large.Input(i), other.Input(i))
		for j := range i {
			require.NotEqual(t, large.Input(i), large.Input(j))
		}
	}
}

func TestDigitsBadCount(t *testing.T) {
	for _, n := range []int{-1, 0} {
		_, err := Digits(n, constant(1))
		require.ErrorContains(t, err, "digits, want at least 1")
	}
}

// Two calls with the same source draw other images, of one number of the
// source each.
func TestDigitsTakeOneNumberOfTheSource(t *testing.T) {
	source, twin := random.Source(1), random.Source(1)
	first, err := Digits(3, source)
	require.NoError(t, err)
	second, err := Digits(3, source)
	require.NoError(t, err)
	assert.Equal(t, digits(t, 3, twin.Uint64()).Input(2), first.Input(2))
	assert.Equal(t, digits(t, 3, twin.Uint64()).Input(2), second.Input(2))
	_, err = Digits(3, nil)
	require.ErrorContains(t, err, "source is nil")
}

func TestDigitsStatistics(t *testing.T) {
	const n = 5000
	d := digits(t, n, 2)
	var count, ink [10]float64
	zeros := 0.0
	for i := range n {
		label := d.Label(i)
		count[label]++
		for _, v := range d.Input(i) {
			ink[label] += float64(v) / digitPixels
			if v == 0 {
				zeros++
			}
		}
	}
	chi2 := 0.0
	for label := range count {
		chi2 += (count[label] - n/10) * (count[label] - n/10) / (n / 10)
		ink[label] /= count[label]
	}
	// 27.9 is the 0.999 quantile of chi-square with 9 degrees of freedom.
	assert.Less(t, chi2, 27.9, "classes are equally likely")
	assert.InDelta(t, 0.818, zeros/n/digitPixels, 0.004, "zeros, of which MNIST has 0.809")
	// The mean of a class varies by 0.002 from seed to seed.
	for label, want := range []float64{0.133, 0.076, 0.128, 0.123, 0.110, 0.119, 0.118, 0.098, 0.150, 0.121} {
		assert.InDelta(t, want, ink[label], 0.008, "mean ink of %d", label)
	}
}

// The digits are a problem for which a model's shape matters. The nearest
// class mean is a linear classifier, the nearest neighbor is not.
func TestDigitsAreHardForALinearModel(t *testing.T) {
	train, test := digits(t, 2000, 3), digits(t, 400, 4)
	means := make([][]float32, 10)
	labels := make([]int, 10)
	counts := make([]float32, 10)
	for k := range means {
		means[k] = make([]float32, digitPixels)
		labels[k] = k
	}
	var images [][]float32
	var classes []int
	for i := range train.Len() {
		images = append(images, train.Input(i))
		classes = append(classes, train.Label(i))
		counts[train.Label(i)]++
		for k, v := range train.Input(i) {
			means[train.Label(i)][k] += v
		}
	}
	for c := range means {
		for k := range means[c] {
			means[c][k] /= counts[c]
		}
	}
	linear := accuracy(test, means, labels)
	neighbor := accuracy(test, images, classes)
	// The standard errors are 0.024 and 0.019.
	t.Logf("nearest mean %.3f, nearest neighbor %.3f", linear, neighbor)
	assert.InDelta(t, 0.62, linear, 0.1)
	assert.Greater(t, neighbor, 0.76)
	assert.Greater(t, neighbor, linear+0.12)
}

// accuracy is that of the class of the nearest point.
func accuracy(test *Dataset, points [][]float32, classes []int) float64 {
	right := 0
	for i := range test.Len() {
		x := test.Input(i)
		nearest, best := -1, float32(math.Inf(1))
		for p, point := range points {
			d := float32(0)
			for k, v := range x {
				d += (v - point[k]) * (v - point[k])
			}
			if d < best {
				nearest, best = classes[p], d
			}
		}
		if nearest == test.Label(i) {
			right++
		}
	}
	return float64(right) / float64(test.Len())
}

func BenchmarkDigits(b *testing.B) {
	for b.Loop() {
		if _, err := Digits(1000, constant(1)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1000/float64(b.N), "ns/digit")
}
