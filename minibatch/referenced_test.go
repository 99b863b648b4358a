package minibatch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// guided is a proposal of known differences with a reference: losses that tell
// something of the size of the differences, and slopes that are near them.
type guided struct {
	values  []float64
	shift   float64 // added to the values
	slopes  []float64
	slope   float64 // their mean
	strata  [1]*Strata
	drawn   int
	offset  float64
	noSlope bool
}

// A reference says how good that of a guided proposal is.
type reference struct {
	name  string
	scale float64 // of the differences in the slopes: 1 is right
	noise float64 // standard deviation in the slopes relative to the difference
	stale bool    // the losses tell nothing
}

var references = []reference{
	{name: "good", scale: 1, noise: 0.3},
	{name: "far", scale: 1, noise: 3},
	{name: "stale", scale: 0.5, noise: 0.5, stale: true},
	{name: "of the wrong sign", scale: -1, noise: 0.3},
}

func (ref reference) of(values []float64, source rand.Source) *guided {
	r := rand.New(source)
	g := &guided{values: values, slopes: make([]float64, len(values)), strata: [1]*Strata{new(Strata)}}
	losses := make([]float64, len(values))
	for i, x := range values {
		losses[i] = math.Abs(x) * math.Exp(0.5*r.NormFloat64())
		if ref.stale {
			losses[i] = math.Exp(2 * r.NormFloat64())
		}
		// Skewed, as what second-order terms leave is.
		g.slopes[i] = ref.scale*x + ref.noise*math.Abs(x)*(r.ExpFloat64()-1) + 0.5
		g.slope += g.slopes[i] / float64(len(values))
	}
	g.strata[0].Set(losses)
	return g
}

func (g *guided) Samples() int      { return len(g.values) }
func (g *guided) Strata() []*Strata { return g.strata[:] }
func (g *guided) Offset() float64   { return g.offset }
func (g *guided) Slope() (mean, scale float64, known bool) {
	return g.slope, 1, !g.noSlope
}

func (g *guided) Differences(dst []float64, samples []int) error {
	for j, i := range samples {
		dst[j] = g.values[i] + g.shift
	}
	g.drawn += len(samples)
	return nil
}

func (g *guided) Weighted(dst, slopes []float64, samples []int, _ []float64) error {
	for j, i := range samples {
		if slopes != nil {
			slopes[j] = g.slopes[i]
		}
	}
	return g.Differences(dst, samples)
}

// acceptance returns the rate of a test on a guided proposal of a Δ after it has
// settled, in standard errors from Barker's, and its mean batch.
func acceptance(t testing.TB, test Test, g *guided, s, delta float64, decisions int, source rand.Source) (rate, standardErrors, batch float64, used [Estimates]int) {
	t.Helper()
	g.shift = -delta / s
	accepted := 0
	for i := range settled + decisions {
		if i == settled {
			accepted, g.drawn = 0, 0
		}
		decision, err := test.Decide(g, s, source)
		require.NoError(t, err)
		if decision.Accepted {
			accepted++
		}
		used[decision.Estimate]++
	}
	expected := barkerRate(delta)
	rate = float64(accepted) / float64(decisions)
	return rate, (rate - expected) / math.Sqrt(expected*(1-expected)/float64(decisions)), float64(g.drawn) / float64(decisions), used
}

// Proposals of any Δ are accepted at Barker's rate by each estimate, with an offset
// and while the reference changes.
func TestAcceptanceCurveWithReferences(t *testing.T) {
	const n, s = 5000, 15
	for _, p := range []population{exponentialPopulation, logNormalPopulation, studentPopulation} {
		values, _ := p.differences(n, newSource(83))
		for _, e := range []Estimate{0, Weighted, Controlled} {
			t.Run(fmt.Sprintf("%s/%v", p.name, e), func(t *testing.T) {
				t.Parallel()
				test, err := NewAdaptive(n, AdaptiveConfig{Estimate: e})
				require.NoError(t, err)
				var list []*guided
				for k, ref := range references {
					list = append(list, ref.of(values, newSource(84+uint64(k))))
				}
				source := newSource(85)
				for _, delta := range []float64{-8, -4, -2, -1, 0, 1, 2, 4, 8} {
					// Half of Δ is an offset.
					const rounds, each = 20, 200
					decisions := longer(rounds*each, 20*rounds*each)
					accepted, offset := 0, delta/2
					for i := range decisions {
						g := list[i*rounds/decisions%len(list)]
						g.shift, g.offset = -(delta-offset)/s, offset
						decision, err := test.Decide(g, s, source)
						require.NoError(t, err)
						if decision.Accepted {
							accepted++
						}
					}
					expected := barkerRate(delta)
					rate, standardError := float64(accepted)/float64(decisions), math.Sqrt(expected*(1-expected)/float64(decisions))
					t.Logf("Δ = %+v: rate %.4f, Barker's %.4f, %+.1f standard errors", delta, rate, expected, (rate-expected)/standardError)
					// A shift of Δ that is allowed, and chance.
					assert.InDelta(t, expected, rate, shiftBound(p.skewness)*expected*(1-expected)+4*standardError+2e-5)
				}
			})
		}
	}
}

// Whatever the reference and the estimate, skewed differences do not shift Δ.
func TestShiftWithReferences(t *testing.T) {
	const n = 20_000
	allowed := map[bool]float64{false: 4, true: 3}[*long] // standard errors
	for _, p := range []population{exponentialPopulation, logNormalPopulation} {
		values, _ := p.differences(n, newSource(80))
		for _, ref := range references {
			for _, e := range []Estimate{0, Weighted, Controlled} {
				for _, b := range []float64{50, 1000} {
					if (b > 50 || p.skewness > 2) && ref.name != "good" && !*long {
						continue
					}
					decisions := longer(1_500_000/int(b+50), 1_000_000)
					t.Run(fmt.Sprintf("%s/%s/%v/s²=%v", p.name, ref.name, e, b), func(t *testing.T) {
						t.Parallel()
						test, err := NewAdaptive(n, AdaptiveConfig{Estimate: e})
						require.NoError(t, err)
						rate, _, batch, used := acceptance(t, test, ref.of(values, newSource(81)), math.Sqrt(b), 0, decisions, newSource(82))
						shift, standardError := 4*(rate-0.5), 2/math.Sqrt(float64(decisions))
						t.Logf("shift %+.4f ± %.4f at mean b = %.0f, %d uniform, %d weighted, %d controlled",
							shift, standardError, batch, used[Uniform], used[Weighted], used[Controlled])
						assert.LessOrEqual(t, math.Abs(shift), shiftBound(p.skewness)+allowed*standardError)
						if e != 0 {
							assert.Greater(t, used[e], settled+decisions/2)
						}
					})
				}
			}
		}
	}
}
