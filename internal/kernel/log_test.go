package kernel

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inUnits returns a difference in units of the last place of x.
func inUnits(difference *big.Float, x float64) float64 {
	_, exponent := math.Frexp(x)
	d, _ := difference.Float64()
	return math.Abs(math.Ldexp(d, 53-exponent))
}

// y = ln x is off by x·exp(−y) − 1, to first order.
func TestLog(t *testing.T) {
	rng := newRand(98)
	x := []float64{1, 2, 0.5, math.Sqrt2, math.Sqrt2 / 2, math.Nextafter(math.Sqrt2/2, 0), math.Nextafter(1, 0), math.Nextafter(1, 2), 0x1p-1022, math.MaxFloat64, math.E}
	for len(x) < 1501 {
		x = append(x, []float64{1 + rng.Float64(), rng.Float64(), 1 + 1e-6*rng.NormFloat64(), math.Exp(1400 * (rng.Float64() - 0.5))}[len(x)%4])
	}
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			k := &Log{X: slices.Clone(x)}
			on(table, k.Run)
			worst := 0.0
			for i, x := range x {
				y := k.X[i]
				if x == 1 {
					require.Zero(t, y)
					continue
				}
				ratio := new(big.Float).Mul(big.NewFloat(x), bigExp(-y))
				worst = max(worst, inUnits(ratio.Sub(ratio, big.NewFloat(1)), y))
			}
			t.Logf("largest error: %.2f units in the last place", worst)
			assert.Less(t, worst, 1.0)
		})
	}
}

// A number that the machine code cannot have leaves the bits of all others alone, wherever
// it stands, and so does how many there are.
func TestLogOfOthers(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			for n := range 3 * Lanes {
				all := make([]float64, n+8) // of which the outer ones are guards
				for i := range all {
					all[i] = 0.1 + float64(i)
				}
				want := slices.Clone(all)
				for i := range n {
					one := &Log{X: want[4+i : 5+i]}
					on(table, one.Run)
				}
				for at := range n {
					for _, special := range []float64{1, math.NaN(), math.Inf(1), -1, 0, math.SmallestNonzeroFloat64} {
						x := slices.Clone(all)
						x[4+at] = special
						on(table, (&Log{X: x[4 : 4+n]}).Run)
						x[4+at] = want[4+at]
						require.Equal(t, want, x, "%v at %d of %d", special, at, n)
					}
				}
			}
		})
	}
}

func BenchmarkElementary(b *testing.B) {
	x, numbers := make([]float64, 64), make([]float64, 64)
	for i := range x {
		numbers[i] = 0.1 + float64(i)/70
	}
	for name, table := range tables() {
		for kernel, run := range map[string]func(){"exp": (&Exp{X: x}).Run, "log": (&Log{X: x}).Run} {
			b.Run(kernel+"/"+name, func(b *testing.B) {
				on(table, func() {
					for b.Loop() {
						copy(x, numbers)
						run()
					}
				})
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(64*b.N), "ns/number")
			})
		}
	}
}
