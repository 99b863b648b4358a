package data

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shiftGolden is what testdata/shift.py writes.
type shiftGolden struct {
	Height, Width int
	Image         []float32
	Rotated       map[string][]float64 // by degrees, against the clock
	Translated    map[string][]float64 // by rows and columns
	Blurred       map[string][]float64 // by standard deviation
	Faded         map[string][]float64 // by factor
}

func readShiftGolden(t *testing.T) shiftGolden {
	t.Helper()
	text, err := os.ReadFile("testdata/shift.json")
	require.NoError(t, err)
	var golden shiftGolden
	require.NoError(t, json.Unmarshal(text, &golden))
	require.Len(t, golden.Image, golden.Height*golden.Width)
	return golden
}

// requireNear compares images. What rounding to float32 does to a number in
// [0, 1] is below 6e-8.
func requireNear(t *testing.T, want []float64, got []float32, name string) {
	t.Helper()
	require.Len(t, got, len(want))
	for k, v := range got {
		if d := math.Abs(want[k] - float64(v)); !(d <= 1e-7) {
			t.Fatalf("%s: pixel %d is %v, want %v", name, k, v, want[k])
		}
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return v
}

func TestShiftsLikeSciPy(t *testing.T) {
	golden := readShiftGolden(t)
	require.Len(t, golden.Rotated, 8)
	require.Len(t, golden.Translated, 5)
	require.Len(t, golden.Blurred, ShiftLevels)
	require.Len(t, golden.Faded, 2)
	got := make([]float32, len(golden.Image))
	canvasOf := func(kind Shift, strength float64) *canvas {
		return newCanvas(golden.Height, golden.Width, kind, strength)
	}
	for angle, want := range golden.Rotated {
		canvasOf(Rotation, 0).rotate(got, golden.Image, number(t, angle)*math.Pi/180)
		requireNear(t, want, got, "rotated by "+angle)
	}
	for by, want := range golden.Translated {
		var dy, dx float64
		_, err := fmt.Sscan(by, &dy, &dx)
		require.NoError(t, err)
		canvasOf(Translation, 0).translate(got, golden.Image, dy, dx)
		requireNear(t, want, got, "translated by "+by)
	}
	for deviation, want := range golden.Blurred {
		canvasOf(Blur, number(t, deviation)).blur(got, golden.Image)
		requireNear(t, want, got, "blurred by "+deviation)
	}
	for factor, want := range golden.Faded {
		canvasOf(Contrast, number(t, factor)).fade(got, golden.Image)
		requireNear(t, want, got, "faded by "+factor)
	}
}

// A half turn of an image that is its own half turn changes nothing, and four
// quarter turns lead back.
func TestRotationExact(t *testing.T) {
	golden := readShiftGolden(t)
	c := newCanvas(golden.Height, golden.Width, Rotation, 0)
	n := len(golden.Image)
	even := make([]float32, n)
	for k, v := range golden.Image {
		even[k] = (v + golden.Image[n-1-k]) / 2
	}
	got := make([]float32, n)
	c.rotate(got, even, math.Pi)
	for k := range got {
		assert.InDelta(t, even[k], got[k], 1e-6)
	}
	// In the square of the first seven rows the top left goes down at a quarter
	// turn against the clock.
	square := newCanvas(7, 7, Rotation, 0)
	src, quarter := golden.Image[:49], make([]float32, 49)
	square.rotate(quarter, src, math.Pi/2)
	for i := range 7 {
		for j := range 7 {
			assert.InDelta(t, src[i*7+j], quarter[(6-j)*7+i], 1e-6)
		}
	}
}

// By whole pixels nothing is interpolated, and 0 comes in.
func TestTranslationExact(t *testing.T) {
	image := blob(28, 28)
	c := newCanvas(28, 28, Translation, 0)
	got := make([]float32, len(image))
	c.translate(got, image, 3, -2)
	for i := range 28 {
		for j := range 28 {
			want := float32(0)
			if i >= 3 && j < 26 {
				want = image[(i-3)*28+j+2]
			}
			require.Equal(t, want, got[i*28+j])
		}
	}
}

// A round blob far from the edges.
func blob(height, width int) []float32 {
	image := make([]float32, height*width)
	for i := range height {
		for j := range width {
			y, x := float64(i)-float64(height-1)/2, float64(j)-float64(width-1)/2
			image[i*width+j] = float32(max(0, 1-(y*y+x*x)/16))
		}
	}
	return image
}

// moments returns the mass of an image, the center of the mass, and its mean
// squared distance from the center.
func moments(image []float32, width int) (mass, y, x, spread float64) {
	for k, v := range image {
		mass += float64(v)
		y += float64(v) * float64(k/width)
		x += float64(v) * float64(k%width)
	}
	y, x = y/mass, x/mass
	for k, v := range image {
		dy, dx := float64(k/width)-y, float64(k%width)-x
		spread += float64(v) * (dy*dy + dx*dx) / mass
	}
	return mass, y, x, spread
}

// One number of 784 is rounded by 3e-8 at most, so sums of all by 3e-5.
const sumTolerance = 3e-5

func TestBlur(t *testing.T) {
	image := blob(28, 28)
	mass, y0, x0, spread := moments(image, 28)
	for level, deviation := range shiftKinds[Blur].strength {
		blurred := shifted(t, images(t, 1, image, 1, 28, 28), Blur, level, 1).Input(0)
		m, y, x, s := moments(blurred, 28)
		if level == 5 { // the cut-off at 10 pixels just leaves the image
			assert.InDelta(t, mass, m, 0.01*mass)
			continue
		}
		assert.InDelta(t, mass, m, sumTolerance)
		assert.InDelta(t, y0, y, 1e-5)
		assert.InDelta(t, x0, x, 1e-5)
		if level == 0 {
			continue
		}
		// Variances add, in two dimensions. Sampled at whole pixels a Gaussian of
		// σ = 0.5 has the variance 0.215, and others are within 1 % of σ².
		sum, variance := 0.0, 0.0
		for k := -10.0; k <= 10; k++ {
			weight := math.Exp(-k * k / (2 * deviation * deviation))
			sum += weight
			variance += k * k * weight
		}
		variance /= sum
		assert.InDelta(t, spread+2*variance, s, 2*0.01*variance, "level %d", level)
	}
}
