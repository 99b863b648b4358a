package engine

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

var gaussians = map[string]NewObjective{"exp": NewGaussianExp, "softplus": NewGaussianSoftplus}

// largest is the largest float32, smallest the smallest that is positive.
const largest, smallest = math.MaxFloat32, math.SmallestNonzeroFloat32

func gaussianOf(t *testing.T, loss NewObjective, outputs, targets []float32) float64 {
	t.Helper()
	d, err := data.NewTargets([]float32{0}, []int{1}, targets)
	require.NoError(t, err)
	return lossOf(t, loss, outputs, d)
}

func TestGaussian(t *testing.T) {
	half := math.Log(2*math.Pi) / 2
	for _, c := range []struct {
		name            string
		mean, z, target float32
		exp, softplus   float64
		tolerance       float64 // relative
	}{
		{"at the mean", 1, 0, 1, half, half + math.Log(math.Ln2+1e-6), 1e-14},
		{"one away", 1, 0, 2, half + 0.5, half + math.Log(math.Ln2+1e-6) + 0.5/math.Pow(math.Ln2+1e-6, 2), 1e-14},
		{"narrow", 2, -3, 1.5, half - 3 + 0.125*math.Exp(6), half + math.Log(math.Log1p(math.Exp(-3))+1e-6) + 0.125/math.Pow(math.Log1p(math.Exp(-3))+1e-6, 2), 1e-14},
		{"wide", -2, 50, 6, half + 50 + 32*math.Exp(-100), half + math.Log(50+1e-6) + 32/math.Pow(50+1e-6, 2), 1e-14},
		{"inverse overflows at the mean", 1, -800, 1, half - 800, half + math.Log(1e-6), 1e-14},
		{"square overflows", 1, -400, 2, math.Inf(1), half + math.Log(1e-6) + 0.5e12, 1e-14},
		{"inverse overflows", smallest, -800, 0, math.Inf(1), half + math.Log(1e-6), 1e-14},
		{"smallest residual", smallest, -400, 0, half - 400 + math.Pow(smallest*math.Exp(400), 2)/2, half + math.Log(1e-6), 1e-12},
		{"scale overflows", -largest, 800, largest, half + 800, half + math.Log(800) + 2*math.Pow(largest/(800+1e-6), 2), 1e-14},
		{"largest scale", -largest, largest, largest, half + largest, half + math.Log(largest) + 2, 1e-14},
		{"largest residual at the floor", -largest, -largest, largest, math.Inf(1), half + math.Log(1e-6) + 2*largest*largest*1e12, 1e-14},
		{"smallest scale", 3, -largest, 3, half - largest, half + math.Log(1e-6), 1e-14},
	} {
		for name, want := range map[string]float64{"exp": c.exp, "softplus": c.softplus} {
			got := gaussianOf(t, gaussians[name], []float32{c.mean, c.z}, []float32{c.target})
			if math.IsInf(want, 1) {
				assert.Equal(t, want, got, "%s, %s", c.name, name)
			} else {
				assert.InEpsilon(t, want, got, c.tolerance, "%s, %s", c.name, name)
			}
		}
	}
}

// Means come first, then scales, and targets add up.
func TestGaussianOfSeveralTargets(t *testing.T) {
	for name, loss := range gaussians {
		sum := gaussianOf(t, loss, []float32{1, -0.5}, []float32{3}) + gaussianOf(t, loss, []float32{2, 0.25}, []float32{-1})
		assert.InEpsilon(t, sum, gaussianOf(t, loss, []float32{1, 2, -0.5, 0.25}, []float32{3, -1}), 1e-14, name)
		assert.NotEqual(t, sum, gaussianOf(t, loss, []float32{1, -0.5, 2, 0.25}, []float32{3, -1}), name)
	}
}

// Of finite outputs a loss is never NaN nor −Inf, and where it is finite its
// derivatives are numbers, if infinite ones at times.
func TestGaussianExtremes(t *testing.T) {
	numbers := []float32{0, 1, 1e-3, 20, 88, 89, 104, 350, 500, 709, 710, 745, 746, 1e10, 1e30, smallest, largest}
	for _, x := range numbers {
		numbers = append(numbers, -x)
	}
	finite, infinite := 0, 0
	for name, loss := range gaussians {
		for _, target := range numbers {
			d, err := data.NewTargets([]float32{0}, []int{1}, []float32{target})
			require.NoError(t, err)
			o := loss(d, 1)
			for _, mean := range numbers {
				for _, z := range numbers {
					slopes, l := deriveOf(o, []float32{mean, z})
					require.Greater(t, l, math.Inf(-1), "%s, mean %v, z %v, target %v", name, mean, z, target)
					if math.IsInf(l, 1) {
						require.Equal(t, "exp", name)
						infinite++
						continue
					}
					finite++
					for _, slope := range slopes {
						require.False(t, slope != slope, "%s, mean %v, z %v, target %v", name, mean, z, target)
					}
				}
			}
		}
	}
	assert.Greater(t, finite, 10_000)
	assert.Greater(t, infinite, 1000)
}

// Slopes are central differences of the definition in float64, to the rounding of
// float32.
func TestGaussianSlopes(t *testing.T) {
	definitions := map[string]definition{"exp": gaussianBy(math.Exp), "softplus": gaussianBy(softplusBy)}
	source := random.Source(3)
	uniform := func(width float64) float32 { return float32(width * (2*random.Open(source) - 1)) }
	for name, loss := range gaussians {
		for range 500 {
			d, err := data.NewTargets([]float32{0}, []int{1}, []float32{uniform(3), uniform(3)})
			require.NoError(t, err)
			outputs := []float32{uniform(3), uniform(3), uniform(8), uniform(8)}
			slopes, _ := deriveOf(loss(d, 1), outputs)
			for k := range outputs {
				at := func(step float64) float64 {
					var moved [4]float64
					for i, v := range outputs {
						moved[i] = float64(v)
					}
					moved[k] += step
					return definitions[name](moved[:], d, 0)
				}
				// Of fourth order; its error is some 1e-12 of the loss over the step.
				const h = 1e-3
				want := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
				require.InDelta(t, want, slopes[k], 1e-6*math.Abs(want)+1e-11*(1+math.Abs(at(0)))/h, "%s, output %d of %v", name, k, outputs)
			}
		}
	}
}

// The softplus and its derivative keep their digits where exp(z) is far from 1.
func TestSoftplus(t *testing.T) {
	for _, c := range []struct{ z, want float64 }{
		{0, math.Ln2}, {-40, math.Exp(-40)}, {-700, math.Exp(-700)}, {-1e30, 0}, {50, 50}, {800, 800}, {1e30, 1e30},
		{1, 1.313261687518222834}, {-1, 0.313261687518222834},
	} {
		got := softplus(c.z, math.Exp(-math.Abs(c.z)))
		assert.InDelta(t, c.want, got, 1e-15*c.want, "z = %v", c.z)
		assert.Equal(t, got+1e-6, SoftplusScale(c.z))
	}
}
