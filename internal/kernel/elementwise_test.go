package kernel

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGate(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(92)
			for n := range 50 {
				outputs, slopes := floats(n, rng.Uint64()), floats(n, rng.Uint64())
				for i := range outputs {
					outputs[i] = []float32{0, float32(math.Copysign(0, -1)), float32(math.NaN()), outputs[i]}[rng.IntN(4)]
				}
				if n > 0 {
					spoil(rng, slopes, rng.IntN(4))
				}
				want := slices.Clone(slopes)
				for i, y := range outputs {
					if y == 0 {
						want[i] = 0
					}
				}
				got, intact := guarded(n)
				copy(got, slopes)
				on(table, (&Gate{Slopes: got, Outputs: outputs}).Run)
				intact(t)
				requireSame(t, want, got, fmt.Sprint(n))
			}
		})
	}
	assert.Panics(t, (&Gate{Slopes: make([]float32, 2), Outputs: make([]float32, 3)}).Run)
}

func TestAccumulate(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(93)
			for n := range 50 {
				x := floats(n, rng.Uint64())
				if n > 0 {
					spoil(rng, x, rng.IntN(4))
				}
				all := make([]float64, n+16)
				for i := range all {
					all[i] = rng.NormFloat64()
				}
				want := slices.Clone(all)
				for i, v := range x {
					want[8+i] += float64(v)
				}
				on(table, (&Accumulate{Dst: all[8 : 8+n], X: x}).Run)
				for i, w := range want {
					require.Equal(t, fmt.Sprint(w), fmt.Sprint(all[i]), "at %d of %d", i-8, n)
				}
			}
		})
	}
	assert.Panics(t, (&Accumulate{Dst: make([]float64, 2), X: make([]float32, 3)}).Run)
}

func randomAdam(rng *rand.Rand, n int) *Adam {
	k := &Adam{
		Params: floats(n, rng.Uint64()), Gradient: floats(n, rng.Uint64()), Mean: floats(n, rng.Uint64()), Square: floats(n, rng.Uint64()),
		Beta1: 0.9, Rest1: 0.1, Beta2: 0.99, Rest2: 0.01, Keep: 0.999, Step: 0.3, Scale: 1.7, Epsilon: 1e-3,
	}
	for i, v := range k.Square {
		k.Square[i] = v * v
	}
	return k
}

// rounded is the result of an operation, exactly computed and rounded to
// float32 once.
func rounded(operation func(z *big.Float) *big.Float) float32 {
	x, _ := operation(new(big.Float).SetPrec(200)).Float32()
	return x
}

// definedAdam is the definition of Adam for one number, with each operation
// rounded on its own.
func definedAdam(k *Adam, i int) (p, m, v float32) {
	number := func(x float32) *big.Float { return big.NewFloat(float64(x)) }
	times := func(a, b float32) float32 {
		return rounded(func(z *big.Float) *big.Float { return z.Mul(number(a), number(b)) })
	}
	plus := func(a, b float32) float32 {
		return rounded(func(z *big.Float) *big.Float { return z.Add(number(a), number(b)) })
	}
	g := k.Gradient[i]
	m = plus(times(k.Beta1, k.Mean[i]), times(k.Rest1, g))
	v = plus(times(k.Beta2, k.Square[i]), times(times(k.Rest2, g), g))
	root := rounded(func(z *big.Float) *big.Float { return z.Sqrt(number(v)) })
	below := plus(times(k.Scale, root), k.Epsilon)
	change := rounded(func(z *big.Float) *big.Float { return z.Quo(number(times(k.Step, m)), number(below)) })
	return plus(times(k.Keep, k.Params[i]), -change), m, v
}

func TestAdam(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(94)
			for n := range 50 {
				k := randomAdam(rng, n)
				want := make([][3]float32, n)
				for i := range want {
					want[i][0], want[i][1], want[i][2] = definedAdam(k, i)
				}
				params, intact := guarded(n)
				copy(params, k.Params)
				k.Params = params
				gradient := slices.Clone(k.Gradient)
				on(table, k.Run)
				intact(t)
				require.Equal(t, gradient, k.Gradient)
				for i, w := range want {
					require.Equal(t, w, [3]float32{k.Params[i], k.Mean[i], k.Square[i]}, "at %d of %d", i, n)
				}
			}
		})
	}
	for _, spoil := range []func(k *Adam){
		func(k *Adam) { k.Params = k.Params[1:] }, func(k *Adam) { k.Gradient = k.Gradient[1:] },
		func(k *Adam) { k.Mean = k.Mean[1:] }, func(k *Adam) { k.Square = k.Square[1:] },
	} {
		k := randomAdam(newRand(95), 3)
		spoil(k)
		assert.Panics(t, k.Run)
	}
}

// What is not a number stays that, and does not spread.
func TestAdamClasses(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(96)
			for n := 1; n < 50; n++ {
				k := randomAdam(rng, n)
				spoil(rng, k.Gradient, 2)
				spoil(rng, k.Square, 2)
				twin := *k
				twin.Params, twin.Mean, twin.Square = slices.Clone(k.Params), slices.Clone(k.Mean), slices.Clone(k.Square)
				on(portable(), twin.Run)
				on(table, k.Run)
				requireSame(t, twin.Params, k.Params, fmt.Sprint(n))
				requireSame(t, twin.Mean, k.Mean, fmt.Sprint(n))
				requireSame(t, twin.Square, k.Square, fmt.Sprint(n))
			}
		})
	}
}

// Each step must be that of the twin, bit for bit, whatever the length.
func TestMomentum(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(95)
			for n := range 50 {
				k := &Momentum{
					Params: floats(n, rng.Uint64()), Gradient: floats(n, rng.Uint64()), Velocity: floats(n, rng.Uint64()),
					Decay: 0.01, Keep: 0.9, Step: 0.3, Now: float32(n % 2), Ahead: 0.7,
				}
				want := *k
				want.Params, want.Velocity = slices.Clone(k.Params), slices.Clone(k.Velocity)
				for i := range n {
					p, v := float64(k.Params[i]), float64(k.Velocity[i])
					g := float64(k.Gradient[i]) + 0.01*p
					v = 0.9*v + g
					p -= 0.3 * (float64(n%2)*g + 0.7*v)
					momentumGo(&Momentum{
						Params: want.Params[i : i+1], Gradient: want.Gradient[i : i+1], Velocity: want.Velocity[i : i+1],
						Decay: 0.01, Keep: 0.9, Step: 0.3, Now: float32(n % 2), Ahead: 0.7,
					})
					require.InDelta(t, v, want.Velocity[i], 1e-6)
					require.InDelta(t, p, want.Params[i], 1e-6)
				}
				params, intact := guarded(n)
				copy(params, k.Params)
				velocity, alsoIntact := guarded(n)
				copy(velocity, k.Velocity)
				k.Params, k.Velocity = params, velocity
				on(table, k.Run)
				intact(t)
				alsoIntact(t)
				requireSame(t, want.Params, params, fmt.Sprint(n))
				requireSame(t, want.Velocity, velocity, fmt.Sprint(n))
			}
		})
	}
	assert.Panics(t, (&Momentum{Params: make([]float32, 2), Gradient: make([]float32, 2), Velocity: make([]float32, 3)}).Run)
}

// exp to 2 units in the last place, for each length, whatever follows.
func TestExp(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(96)
			for n := range 40 {
				all := make([]float64, n+8)
				for i := range all {
					all[i] = (2*rng.Float64() - 1) * []float64{708, 30, 1, 1e-3, 0}[rng.IntN(5)]
				}
				if n > 0 {
					all[4+rng.IntN(n)] = -800
				}
				want := slices.Clone(all)
				if n > 2 {
					want[4+n/2], all[4+n/2] = math.NaN(), math.NaN()
				}
				on(table, (&Exp{X: all[4 : 4+n]}).Run)
				for i, x := range want {
					switch {
					case x != x: // anything
					case i < 4 || i >= 4+n:
						require.Equal(t, x, all[i], "outside")
					case x < -708:
						require.InDelta(t, 0, all[i], 1e-307)
					default:
						exact, _ := bigExp(x).Float64()
						require.InEpsilon(t, exact, all[i], 3*0x1p-53)
					}
				}
			}
		})
	}
}
