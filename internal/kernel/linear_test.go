package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// describe prints arguments without the slices.
func (k Linear) describe() string {
	k.Dst, k.X, k.W, k.Bias = nil, nil, nil, nil
	return fmt.Sprintf("%+v", k)
}

// randomLinear has random distances, down to 0, for a shape; the results may
// overlap. Dst is missing, and returned is its length.
func randomLinear(rng *rand.Rand, vectors, pixels, strips, segments, length int) (*Linear, int) {
	k := &Linear{
		Vectors: vectors, Pixels: pixels, Strips: strips, Segments: segments, Length: length,
		XPixel: rng.IntN(2 * length), XStrip: rng.IntN(20), Segment: rng.IntN(3 * length),
		DstPixel: rng.IntN(3 * Lanes * vectors), DstStrip: rng.IntN(3 * Lanes * vectors * pixels),
	}
	if rng.IntN(2) == 0 {
		k.Floor = negativeInfinity
	}
	k.X = floats((strips-1)*k.XStrip+(pixels-1)*k.XPixel+(segments-1)*k.Segment+length, rng.Uint64())
	k.W = floats(segments*length*Lanes*vectors, rng.Uint64())
	k.Bias = floats(Lanes*vectors, rng.Uint64())
	return k, (strips-1)*k.DstStrip + (pixels-1)*k.DstPixel + Lanes*vectors
}

// exactLinear is the definition of Linear, for n results.
func exactLinear(k *Linear, n int) []exact {
	dst := make([]exact, n)
	lanes := Lanes * k.Vectors
	for i := range k.Strips {
		for p := range k.Pixels {
			for l := range lanes {
				e := exact{sum: float64(k.Bias[l]), written: true, roundings: k.Segments*k.Length + 1}
				e.absolute = abs(e.sum)
				for g := range k.Segments {
					for r := range k.Length {
						term := float64(k.X[i*k.XStrip+p*k.XPixel+g*k.Segment+r]) * float64(k.W[(g*k.Length+r)*lanes+l])
						e.sum += term
						e.absolute += abs(term)
					}
				}
				dst[i*k.DstStrip+p*k.DstPixel+l] = e
			}
		}
	}
	return dst
}

func abs(x float64) float64 { return max(x, -x) }

// forLinearShapes calls do for all numbers of vectors and pixels, numbers of
// strips around those that are done at once (up to 12 or 24 registers of sums,
// down to one strip), and lengths around the two terms of an iteration.
func forLinearShapes(table *table, do func(vectors, pixels, strips, segments, length int)) {
	for vectors := 1; vectors <= 2; vectors++ {
		for pixels := 1; pixels <= table.maxPixels[vectors]; pixels++ {
			for _, strips := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 25} {
				for _, segments := range []int{1, 2, 6} {
					for _, length := range []int{1, 2, 3, 4, 5, 8, 9, 39, 40} {
						do(vectors, pixels, strips, segments, length)
					}
				}
			}
			for length := 10; length < 39; length++ {
				do(vectors, pixels, 2, 3, length)
			}
			do(vectors, pixels, 3, 1, 801)
		}
	}
}

func TestLinear(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(1)
			forLinearShapes(table, func(vectors, pixels, strips, segments, length int) {
				k, n := randomLinear(rng, vectors, pixels, strips, segments, length)
				dst, intact := guarded(n)
				k.Dst = dst
				on(table, k.Run)
				intact(t)
				requireAgree(t, exactLinear(k, n), dst, k.Floor, k.describe())
			})
		})
	}
}

// The bound must be tight enough to notice that one small term is missing.
func TestLinearBoundHasTeeth(t *testing.T) {
	rng := newRand(2)
	k, n := randomLinear(rng, 2, 6, 1, 1, 784)
	k.XPixel, k.DstPixel, k.Floor = 0, 2*Lanes, negativeInfinity
	n = 6 * 2 * Lanes
	k.Dst = make([]float32, n)
	k.X[783], k.W[783*2*Lanes+3] = 1, 0.05
	k.Run()
	want := exactLinear(k, n)
	require.True(t, want[3].agrees(k.Dst[3], k.Floor))
	k.X[783] = 0
	k.Run()
	assert.False(t, want[3].agrees(k.Dst[3], k.Floor))
}

// A pixel has the same bits whatever strip it is in.
func TestLinearDoesNotDependOnStriping(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			for vectors := 1; vectors <= 2; vectors++ {
				const all, length, segments = 60, 11, 3
				k := &Linear{
					X: floats(all*length+2*length, 1), W: floats(segments*length*Lanes*vectors, 2), Bias: floats(Lanes*vectors, 3),
					Vectors: vectors, XPixel: length, Segment: length, Segments: segments, Length: length,
					DstPixel: Lanes * vectors, Floor: negativeInfinity,
				}
				run := func(pixels, strips int) []float32 {
					k.Pixels, k.Strips = pixels, strips
					k.XStrip, k.DstStrip = pixels*k.XPixel, pixels*k.DstPixel
					k.Dst = make([]float32, all*Lanes*vectors)
					on(table, k.Run)
					return k.Dst[:pixels*strips*Lanes*vectors]
				}
				want := run(1, all)
				for pixels := 1; pixels <= table.maxPixels[vectors]; pixels++ {
					for strips := 1; pixels*strips <= all; strips++ {
						requireSame(t, want[:pixels*strips*Lanes*vectors], run(pixels, strips), fmt.Sprint(vectors, pixels, strips))
					}
				}
			}
		})
	}
}

// NaN and infinities in any argument have the same effect as in the twin. A
// zero times an infinity is NaN.
func TestLinearSpecials(t *testing.T) {
	twins := portable()
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(3)
			seen := map[string]int{}
			for range 20 {
				for vectors := 1; vectors <= 2; vectors++ {
					for pixels := 1; pixels <= table.maxPixels[vectors]; pixels++ {
						k, n := randomLinear(rng, vectors, pixels, 1+rng.IntN(13), 1+rng.IntN(3), 1+rng.IntN(9))
						for _, x := range [][]float32{k.X, k.W, k.Bias} {
							spoil(rng, x, rng.IntN(3))
						}
						k.Dst = make([]float32, n)
						on(twins, k.Run)
						want := k.Dst
						k.Dst = make([]float32, n)
						on(table, k.Run)
						requireClasses(t, want, k.Dst, k.describe())
						for _, x := range want {
							seen[class(float64(x))]++
						}
					}
				}
			}
			for _, c := range []string{"NaN", "+Inf", "-Inf", "finite"} {
				assert.Greater(t, seen[c], 1000, c)
			}
		})
	}
}

func TestLinearChecks(t *testing.T) {
	valid := func() *Linear {
		k, n := randomLinear(newRand(4), 2, 6, 3, 2, 5)
		k.Dst = make([]float32, n)
		return k
	}
	assert.NotPanics(t, valid().Run)
	for name, spoil := range map[string]func(k *Linear){
		"Dst":      func(k *Linear) { k.Dst = k.Dst[:len(k.Dst)-1] },
		"X":        func(k *Linear) { k.X = k.X[:len(k.X)-1] },
		"W":        func(k *Linear) { k.W = k.W[:len(k.W)-1] },
		"Bias":     func(k *Linear) { k.Bias = k.Bias[:len(k.Bias)-1] },
		"Vectors":  func(k *Linear) { k.Vectors = 3 },
		"Pixels":   func(k *Linear) { k.Pixels = MaxPixels(2) + 1 },
		"Strips":   func(k *Linear) { k.Strips = 0 },
		"Segments": func(k *Linear) { k.Segments = 0 },
		"Length":   func(k *Linear) { k.Length = 0 },
		"XPixel":   func(k *Linear) { k.XPixel = -1 },
		"XStrip":   func(k *Linear) { k.XStrip = -1 },
		"Segment":  func(k *Linear) { k.Segment = -1 },
		"DstPixel": func(k *Linear) { k.DstPixel = -1 },
		"DstStrip": func(k *Linear) { k.DstStrip = -1 },
	} {
		k := valid()
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}
