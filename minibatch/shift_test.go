package minibatch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// settled is how many decisions a test is given to learn from.
const settled = 2000

// shiftOf returns the shift in Δ of a test on proposals of Δ = 0, which is, to
// first order, 4·(acceptance − ½), its standard error, and the mean batch.
// The standard deviation of a difference is such that b* samples give ρ = 1.
func shiftOf(t testing.TB, test Test, values []float64, b, decisions int, size func(*rand.Rand) float64) (shift, standardError, batch float64) {
	source := newSource(60)
	sizes := rand.New(newSource(61))
	r := rate(t, test, &sized{values: values}, math.Sqrt(float64(b)), settled, decisions,
		func() float64 { return size(sizes) }, source)
	return 4 * (r.rate - 0.5), 4 * r.standardError, r.batch
}

// shiftBound is the shift that skewed differences may give rise to.
func shiftBound(skewness float64) float64 {
	if skewness > 2 {
		return 0.03
	}
	return 0.01
}

// Skewed differences do not shift Δ: the acceptance of proposals of Δ = 0 is ½,
// whether proposals are all alike or of different sizes. The rule Planned pays
// for that with at most 1.5 times the samples of the rule Stopping, which fails
// the same bound, and 2 times if it does not know how different the sizes are.
func TestShiftOfSkewedDifferences(t *testing.T) {
	decisions := longer(40_000, 1_000_000)
	allowed := map[bool]float64{false: 4, true: 3}[*long] // standard errors
	for _, n := range []int{60_000, 500} {
		for _, p := range []population{normalPopulation, exponentialPopulation, logNormalPopulation} {
			values, skewness := p.differences(n, newSource(62))
			for _, b := range []int{50, 200} {
				for _, sizes := range []struct {
					name string
					draw func(*rand.Rand) float64
					cost float64
				}{{"alike", alike, 1.5}, {"unequal", unequal, 2}} {
					t.Run(fmt.Sprintf("N=%d/%s/b=%d/%s", n, p.name, b, sizes.name), func(t *testing.T) {
						t.Parallel()
						test, err := NewAdaptive(n, AdaptiveConfig{})
						require.NoError(t, err)
						shift, standardError, batch := shiftOf(t, test, values, b, decisions, sizes.draw)
						stopping, err := NewAdaptive(n, AdaptiveConfig{Rule: Stopping, Chunk: 37})
						require.NoError(t, err)
						was, wasError, before := shiftOf(t, stopping, values, b, max(10_000, decisions/4), sizes.draw)
						t.Logf("%d, %s, %d, %s, skewness %.2f: shift %+.4f ± %.4f at mean b = %.2f b*; stopping %+.4f ± %.4f at %.2f b*",
							n, p.name, b, sizes.name, skewness, shift, standardError, batch/float64(b), was, wasError, before/float64(b))
						assert.LessOrEqual(t, math.Abs(shift), shiftBound(p.skewness)+allowed*standardError)
						assert.LessOrEqual(t, batch, sizes.cost*before)
					})
				}
			}
		}
	}
}

// Negative controls: tests that stop or plan by their own draws fail the bound
// of TestShiftOfSkewedDifferences.
func TestShiftHasTeeth(t *testing.T) {
	const n, decisions = 60_000, 40_000
	for _, p := range []population{exponentialPopulation, logNormalPopulation} {
		values, _ := p.differences(n, newSource(62))
		for _, b := range []int{50, 200} {
			stopping, err := NewAdaptive(n, AdaptiveConfig{Rule: Stopping, Chunk: 37})
			require.NoError(t, err)
			for name, test := range map[string]Test{"stopping": stopping, "planned by its own draws": newSelfPlanned(t, n)} {
				t.Run(fmt.Sprintf("%s/b=%d/%s", p.name, b, name), func(t *testing.T) {
					t.Parallel()
					shift, standardError, batch := shiftOf(t, test, values, b, decisions, alike)
					t.Logf("shift %+.4f ± %.4f at mean b = %.2f b*", shift, standardError, batch/float64(b))
					assert.Greater(t, math.Abs(shift), shiftBound(p.skewness)+4*standardError)
				})
			}
		}
	}
}

// selfPlanned plans its batch by the variance of a pilot that then counts as
// much as the other samples.
type selfPlanned struct{ *Adaptive }

func newSelfPlanned(t testing.TB, n int) *selfPlanned {
	t.Helper()
	test, err := NewAdaptive(n, AdaptiveConfig{})
	require.NoError(t, err)
	return &selfPlanned{test}
}

func (p *selfPlanned) Decide(d Differences, s float64, source rand.Source) (Decision, error) {
	p.deck.Reset()
	var drawn moments
	draw := func(k int) error {
		samples := p.deck.Draw(k, source)
		differences := make([]float64, k)
		err := d.Differences(differences, samples[len(samples)-k:])
		drawn.add(differences)
		return err
	}
	if err := draw(p.config.Chunk); err != nil {
		return Decision{}, err
	}
	b := int(math.Ceil(margin * s * s * drawn.variance()))
	if err := draw(max(4, b-drawn.n)); err != nil {
		return Decision{}, err
	}
	variance := min(1, s*s*drawn.variance()/float64(drawn.n))
	delta := -s * drawn.mean
	return Decision{Accepted: delta+p.noise(variance, 0, source) > 0, By: Correction, Samples: drawn.n, Delta: delta, Variance: variance}, nil
}
