package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// images returns a labeled dataset of n copies of an image.
func images(t *testing.T, n int, image []float32, shape ...int) *Dataset {
	t.Helper()
	var inputs []float32
	labels := make([]int, n)
	for i := range n {
		inputs = append(inputs, image...)
		labels[i] = i % 3
	}
	d, err := NewLabeled(inputs, shape, labels, 3)
	require.NoError(t, err)
	return d
}

func shifted(t *testing.T, d *Dataset, shift Shift, level int, seed uint64) *Dataset {
	t.Helper()
	other, err := d.Shifted(shift, level, rand.NewPCG(seed, 0))
	require.NoError(t, err)
	require.Equal(t, d.Shape(), other.Shape())
	require.Equal(t, d.Len(), other.Len())
	return other
}

func TestRotationIsEitherWay(t *testing.T) {
	golden := readShiftGolden(t)
	d := images(t, 40, golden.Image, 1, golden.Height, golden.Width)
	right, left := golden.Rotated["-60"], golden.Rotated["60"]
	ways := [2]int{}
	turned := shifted(t, d, Rotation, 5, 1)
	for i := range d.Len() {
		way := 0
		want := right
		if math.Abs(float64(turned.Input(i)[10])-left[10]) < 1e-6 {
			way, want = 1, left
		}
		requireNear(t, want, turned.Input(i), "turned by 60 degrees")
		ways[way]++
	}
	// Of 40 fair coins between 6 and 34 show heads but for a chance of 1e-5.
	require.Greater(t, ways[0], 5)
	require.Greater(t, ways[1], 5)

	// A wheel with six spokes does not change by 60 degrees. Its pixels do, but by
	// little; by 36 degrees it changes a lot.
	wheel := make([]float32, 28*28)
	for k := range wheel {
		y, x := float64(k/28)-13.5, float64(k%28)-13.5
		fade := max(0, 1-math.Hypot(x, y)/12)
		wheel[k] = float32(fade * (1 + math.Cos(6*math.Atan2(y, x))) / 2)
	}
	difference := func(level int) float64 {
		sum := 0.0
		for k, v := range shifted(t, images(t, 1, wheel, 1, 28, 28), Rotation, level, 1).Input(0) {
			sum += math.Abs(float64(v) - float64(wheel[k]))
		}
		return sum / 784
	}
	require.Less(t, difference(5), 0.01)
	require.Greater(t, difference(3), 0.05)
}

func TestTranslation(t *testing.T) {
	image := blob(28, 28)
	mass, y0, x0, _ := moments(image, 28)
	d := images(t, 200, image, 1, 28, 28)
	for level := 1; level <= ShiftLevels; level++ {
		moved := shifted(t, d, Translation, level, 1)
		sumY, sumX := 0.0, 0.0
		for i := range d.Len() {
			m, y, x, _ := moments(moved.Input(i), 28)
			// Interpolation keeps mass and center of mass.
			require.InDelta(t, mass, m, sumTolerance)
			require.InDelta(t, float64(level), math.Hypot(y-y0, x-x0), 1e-5)
			sumY += (y - y0) / float64(level)
			sumX += (x - x0) / float64(level)
		}
		// The mean of 200 cosines has the deviation 0.05.
		assert.InDelta(t, 0, sumY/200, 0.25)
		assert.InDelta(t, 0, sumX/200, 0.25)
	}
}

func TestContrast(t *testing.T) {
	d, err := Digits(20, rand.NewPCG(1, 1))
	require.NoError(t, err)
	for level, factor := range shiftKinds[Contrast].strength {
		faded := shifted(t, d, Contrast, level, 1)
		for i := range d.Len() {
			old, before := pixelMoments(one(t, d, i))
			mean, after := pixelMoments(one(t, faded, i))
			require.InDelta(t, old, mean, 1e-6)
			require.InDelta(t, factor*before, after, 1e-6)
		}
	}
}

func one(t *testing.T, d *Dataset, i int) *Dataset {
	t.Helper()
	view, err := d.Slice(i, i+1)
	require.NoError(t, err)
	return view
}

// On a gray of 1/2 the noise of a deviation of 0.08 is never clipped, and that of
// 0.38 in one of five pixels.
func TestNoise(t *testing.T) {
	gray := make([]float32, 784)
	for k := range gray {
		gray[k] = 0.5
	}
	d := images(t, 100, gray, 1, 28, 28)
	mean, deviation := pixelMoments(shifted(t, d, Noise, 1, 1))
	// 78,400 numbers: five standard errors.
	assert.InDelta(t, 0.5, mean, 5*0.08/280)
	assert.InDelta(t, 0.08, deviation, 5*0.08/280/math.Sqrt2)
	_, clipped := pixelMoments(shifted(t, d, Noise, 5, 1))
	assert.Less(t, clipped, 0.34)
	assert.Greater(t, clipped, 0.30)

	// Levels have the same noise but for its strength: 1.5 times the one of level
	// 1 at level 2, to the rounding of numbers near 1.
	weak, strong := shifted(t, d, Noise, 1, 2), shifted(t, d, Noise, 2, 2)
	for k, v := range weak.Input(3) {
		if v > 0.2 && v < 0.8 {
			require.InDelta(t, 1.5*(v-0.5), strong.Input(3)[k]-0.5, 1e-6)
		}
	}
}

func TestShiftedLevelZero(t *testing.T) {
	d, err := Digits(5, rand.NewPCG(1, 1))
	require.NoError(t, err)
	for _, shift := range Shifts() {
		same := shifted(t, d, shift, 0, 1)
		require.Equal(t, d.Fingerprint(), same.Fingerprint())
		require.NotEqual(t, d.Fingerprint(), shifted(t, d, shift, 1, 1).Fingerprint())
	}
}

// A sample depends on the seed and its index: not on how many there are, on who
// computes, or on whether the dataset is a view.
func TestShiftedIsDeterministic(t *testing.T) {
	d, err := Digits(30, rand.NewPCG(1, 1))
	require.NoError(t, err)
	few, err := d.First(10)
	require.NoError(t, err)
	order := make([]int, 30)
	for i := range order {
		order[i] = i
	}
	order[0], order[29] = 29, 0
	view, err := d.Subset(order)
	require.NoError(t, err)
	for _, shift := range Shifts() {
		all := shifted(t, d, shift, 3, 7)
		previous := runtime.GOMAXPROCS(1)
		again := shifted(t, d, shift, 3, 7)
		runtime.GOMAXPROCS(previous)
		require.Equal(t, all.Fingerprint(), again.Fingerprint())
		part := shifted(t, few, shift, 3, 7)
		swapped := shifted(t, view, shift, 3, 7)
		for i := range 10 {
			require.Equal(t, all.Input(i), part.Input(i))
			require.Equal(t, all.Label(i), part.Label(i))
		}
		for i := 1; i < 29; i++ {
			require.Equal(t, all.Input(i), swapped.Input(i))
			require.Equal(t, all.Label(i), swapped.Label(i))
		}
		require.Equal(t, d.Label(29), swapped.Label(0))
		require.Equal(t, d.ClassNames(), swapped.ClassNames())
		if shift != Blur && shift != Contrast {
			require.NotEqual(t, all.Fingerprint(), shifted(t, d, shift, 3, 8).Fingerprint(), shift)
		}
	}
}

// All numbers stay in [0, 1], channels are shifted alike, and targets stay.
func TestShiftedChannelsAndTargets(t *testing.T) {
	golden := readShiftGolden(t)
	n := len(golden.Image)
	pair := make([]float32, 0, 4*n)
	for range 2 {
		pair = append(append(pair, golden.Image...), golden.Image...)
	}
	d, err := NewTargets(pair, []int{2, golden.Height, golden.Width}, []float32{1, 2, 3, 4})
	require.NoError(t, err)
	view, err := d.Subset([]int{1, 0})
	require.NoError(t, err)
	for _, shift := range Shifts() {
		other := shifted(t, view, shift, 5, 3)
		require.Equal(t, []float32{3, 4}, other.Target(0))
		require.Equal(t, []float32{1, 2}, other.Target(1))
		first, second := other.Input(0)[:n], other.Input(0)[n:]
		if shift == Noise {
			require.NotEqual(t, first, second)
		} else {
			require.Equal(t, first, second)
		}
		for _, v := range other.Input(1) {
			require.True(t, v >= 0 && v <= 1)
		}
	}
}

func TestShiftedRefuses(t *testing.T) {
	d, err := Digits(3, rand.NewPCG(1, 1))
	require.NoError(t, err)
	source := rand.NewPCG(1, 1)
	_, err = d.Shifted(Shift(5), 1, source)
	require.EqualError(t, err, "data: shift = 5, want 0 to 4")
	_, err = d.Shifted(-1, 1, source)
	require.EqualError(t, err, "data: shift = -1, want 0 to 4")
	_, err = d.Shifted(Blur, 6, source)
	require.EqualError(t, err, "data: level = 6, want 0 to 5")
	_, err = d.Shifted(Blur, -1, source)
	require.EqualError(t, err, "data: level = -1, want 0 to 5")
	_, err = d.Shifted(Blur, 1, (*rand.PCG)(nil))
	require.ErrorIs(t, err, errNoSource)
	flat, err := NewInputs(make([]float32, 784), []int{784})
	require.NoError(t, err)
	_, err = flat.Shifted(Noise, 1, source)
	require.EqualError(t, err, "data: inputs of shape [784] cannot be shifted, want images [channels, height, width]")
	for _, v := range []float32{-0.5, 1.5} {
		wrong, err := NewInputs([]float32{0, 1, 0.5, v}, []int{1, 1, 2})
		require.NoError(t, err)
		_, err = wrong.Shifted(Blur, 0, source)
		require.EqualError(t, err, fmt.Sprintf("data: input 1 of sample 1 is %v, want an image in [0, 1]", v))
	}
}

func TestShiftString(t *testing.T) {
	require.Equal(t, "[rotation noise blur contrast translation]", fmt.Sprint(Shifts()))
	require.Equal(t, "Shift(7)", Shift(7).String())
	require.Equal(t, "Shift(-1)", Shift(-1).String())
	require.Len(t, shiftKinds, len(Shifts()))
}

func BenchmarkShifted(b *testing.B) {
	d, err := Digits(1000, rand.NewPCG(1, 1))
	require.NoError(b, err)
	for _, shift := range Shifts() {
		b.Run(shift.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := d.Shifted(shift, 3, rand.NewPCG(1, 1)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
