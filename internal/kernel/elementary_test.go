package kernel

import (
	"fmt"
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

// padded returns numbers followed by ones, a multiple of Lanes in all.
func padded(x []float64) []float64 {
	for len(x)%Lanes > 0 {
		x = append(x, 1)
	}
	return x
}

// exp against a value with 160 bits.
func TestExp(t *testing.T) {
	rng := newRand(97)
	x := []float64{0, expMost, -expMost, 0x1p-60, -0x1p-60, math.Ln2 / 2, -math.Ln2 / 2, math.Ln2, 1, -1}
	for len(x) < 4000 {
		x = append(x, (2*rng.Float64()-1)*[]float64{expMost, 30, 1, 1e-3}[len(x)%4])
	}
	x = padded(x)
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			k := &Exp{X: x, Dst: make([]float64, len(x))}
			on(table, k.Run)
			worst := 0.0
			for i, x := range x {
				worst = max(worst, inUnits(new(big.Float).Sub(bigExp(x), big.NewFloat(k.Dst[i])), k.Dst[i]))
			}
			t.Logf("largest error: %.2f units in the last place", worst)
			assert.Less(t, worst, 2.0)
		})
	}
}

// y = ln x is off by x·exp(−y) − 1, to first order.
func TestLog(t *testing.T) {
	rng := newRand(98)
	x := []float64{1, 2, 0.5, math.Sqrt2, math.Sqrt2 / 2, math.Nextafter(math.Sqrt2/2, 0), math.Nextafter(1, 0), math.Nextafter(1, 2), 0x1p-1022, math.MaxFloat64, math.E}
	for len(x) < 4000 {
		x = append(x, []float64{1 + rng.Float64(), rng.Float64(), 1 + 1e-6*rng.NormFloat64(), math.Exp(1400 * (rng.Float64() - 0.5))}[len(x)%4])
	}
	x = padded(x)
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			k := &Log{X: x, Dst: make([]float64, len(x))}
			on(table, k.Run)
			worst := 0.0
			for i, x := range x {
				y := k.Dst[i]
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

// What the machine code cannot have is as in package math, wherever it stands, and leaves
// the other numbers' bits alone.
func TestElementarySpecials(t *testing.T) {
	inf := math.Inf(1)
	special := []float64{
		math.NaN(), inf, -inf, 0, math.Copysign(0, -1), -1, 709, 710, -709, -745, -746, 1e300, -1e300,
		0x1p-1023, math.SmallestNonzeroFloat64, math.Nextafter(expMost, inf), math.MaxFloat64,
	}
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			for n := 0; n <= 4*Lanes; n += Lanes {
				x := make([]float64, n)
				for i := range x {
					x[i] = 0.1 + float64(i)
				}
				exp, log := &Exp{X: x, Dst: make([]float64, n)}, &Log{X: x, Dst: make([]float64, n)}
				on(table, exp.Run)
				on(table, log.Run)
				exps, logs := slices.Clone(exp.Dst), slices.Clone(log.Dst)
				for at := range x {
					before := x[at]
					for _, v := range special {
						x[at] = v
						on(table, exp.Run)
						on(table, log.Run)
						if math.Abs(v) > expMost || v != v {
							require.Equal(t, fmt.Sprint(math.Exp(v)), fmt.Sprint(exp.Dst[at]), "exp(%v)", v)
						} else {
							require.InEpsilon(t, 1+math.Exp(v), 1+exp.Dst[at], 1e-15)
						}
						if !(v > 0x1p-1022 && v <= math.MaxFloat64) {
							require.Equal(t, fmt.Sprint(math.Log(v)), fmt.Sprint(log.Dst[at]), "ln %v", v)
						}
						for i := range x {
							if i != at {
								require.Equal(t, []float64{exps[i], logs[i]}, []float64{exp.Dst[i], log.Dst[i]})
							}
						}
					}
					x[at] = before
				}
			}
		})
	}
	assert.Panics(t, (&Exp{X: make([]float64, 8), Dst: make([]float64, 16)}).Run)
	assert.Panics(t, (&Exp{X: make([]float64, 7), Dst: make([]float64, 7)}).Run)
	assert.Panics(t, (&Log{X: make([]float64, 8), Dst: make([]float64, 16)}).Run)
	assert.Panics(t, (&Log{X: make([]float64, 7), Dst: make([]float64, 7)}).Run)
}

func BenchmarkElementary(b *testing.B) {
	x, dst := make([]float64, 64), make([]float64, 64)
	for i := range x {
		x[i] = 0.1 + float64(i)/7
	}
	for name, table := range tables() {
		for kernel, run := range map[string]func(){"exp": (&Exp{X: x, Dst: dst}).Run, "log": (&Log{X: x, Dst: dst}).Run} {
			b.Run(kernel+"/"+name, func(b *testing.B) {
				on(table, func() {
					for b.Loop() {
						run()
					}
				})
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(64*b.N), "ns/number")
			})
		}
	}
}
