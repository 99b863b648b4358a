package kernel

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// randomSoftmax has logits of some size.
func randomSoftmax(rows, classes int, size float32, seed uint64) *Softmax {
	k := &Softmax{Logits: floats(rows*classes, seed), Classes: classes}
	rng := newRand(seed, 1)
	for i := range k.Logits {
		k.Logits[i] *= size
	}
	for range rows {
		k.Labels = append(k.Labels, int32(rng.IntN(classes)))
	}
	k.makeResults()
	return k
}

func (k *Softmax) makeResults() {
	k.Others, k.Gaps = make([]float64, len(k.Labels)), make([]float64, len(k.Labels))
}

// Each term of a sum of C is off by at most 3 units in the last place (2 of
// exp, with half of one in its argument), and goes through at most C + 4
// additions, all by relative 2⁻⁵³ at most. What is below exp(−708) may be 0.
func TestSoftmax(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			for classes := 1; classes <= 70; classes++ {
				for rows := range 4 {
					for _, size := range []float32{1e-3, 1, 30, 500, 1e30} {
						k := randomSoftmax(rows, classes, size, uint64(40+classes))
						on(table, k.Run)
						for j, label := range k.Labels {
							row := k.Logits[j*classes:][:classes]
							top, others := row[0], 0.0
							for _, z := range row {
								top = max(top, z)
							}
							for class, z := range row {
								if class != int(label) {
									others += math.Exp(float64(z) - float64(top))
								}
							}
							require.Equal(t, float64(top)-float64(row[label]), k.Gaps[j])
							require.InDelta(t, others, k.Others[j], float64(2*classes+14)*0x1p-53*others+float64(classes)*1e-307, "%d classes, size %v", classes, size)
						}
					}
				}
			}
		})
	}
}

// exp(x) for [−708, 0] against a value with 160 bits, by way of rows of two
// logits, 0 and x.
func TestSoftmaxExponential(t *testing.T) {
	const n = 6000
	rng := newRand(41)
	x := []float32{0, -708, -707.99994, -0x1p-30, -0x1p-149, -0.34657359, -0.3465736, -0.6931472}
	for len(x) < n {
		x = append(x, -float32(rng.Float64())*[]float32{708, 30, 1, 1e-3}[len(x)%4])
	}
	want := make([]*big.Float, n)
	for j := range want {
		want[j] = bigExp(float64(x[j]))
	}
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			k := &Softmax{Classes: 2, Labels: make([]int32, n)}
			for _, x := range x {
				k.Logits = append(k.Logits, 0, x)
			}
			k.makeResults()
			on(table, k.Run)
			worst := 0.0
			for j, w := range want {
				_, exponent := math.Frexp(k.Others[j])
				difference, _ := new(big.Float).Sub(w, big.NewFloat(k.Others[j])).Float64()
				worst = max(worst, math.Abs(math.Ldexp(difference, 53-exponent)))
			}
			t.Logf("largest error: %.2f units in the last place", worst)
			assert.Less(t, worst, 2.0)

			k = &Softmax{Classes: 2, Labels: make([]int32, 3), Logits: []float32{0, -709, 0, -1e30, 0, -math.MaxFloat32}}
			k.makeResults()
			on(table, k.Run)
			for _, others := range k.Others {
				assert.InDelta(t, 0, others, 1e-307)
			}
		})
	}
}

// bigExp sums the Taylor series of x/2¹², and squares.
func bigExp(x float64) *big.Float {
	const precision, halvings = 160, 12
	r := new(big.Float).SetPrec(precision).SetFloat64(math.Ldexp(x, -halvings))
	sum, term := new(big.Float).SetPrec(precision).SetInt64(1), new(big.Float).SetPrec(precision).SetInt64(1)
	for i := int64(1); i < 40; i++ {
		term.Mul(term, r)
		term.Quo(term, new(big.Float).SetPrec(precision).SetInt64(i))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

// A logit that is not finite makes Others NaN, wherever it is, and leaves the
// other rows alone.
func TestSoftmaxSpecials(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			for classes := 1; classes <= 20; classes++ {
				for at := range classes {
					for _, special := range specials[:3] {
						k := randomSoftmax(3, classes, 1, 42)
						on(table, k.Run)
						before, after := k.Others[0], k.Others[2]
						k.Logits[classes+at] = special
						on(table, k.Run)
						require.True(t, math.IsNaN(k.Others[1]), "%v at %d of %d", special, at, classes)
						require.Equal(t, []float64{before, after}, []float64{k.Others[0], k.Others[2]})
					}
				}
			}
		})
	}
}

func TestSoftmaxChecks(t *testing.T) {
	valid := func() *Softmax { return randomSoftmax(3, 10, 1, 43) }
	assert.NotPanics(t, valid().Run)
	for name, spoil := range map[string]func(k *Softmax){
		"Others":  func(k *Softmax) { k.Others = k.Others[:2] },
		"Gaps":    func(k *Softmax) { k.Gaps = k.Gaps[:2] },
		"Logits":  func(k *Softmax) { k.Logits = k.Logits[:29] },
		"Labels":  func(k *Softmax) { k.Labels[2] = 10 },
		"Classes": func(k *Softmax) { k.Classes = 0 },
	} {
		k := valid()
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}
