package tps

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/estimate"
)

// wells is a model with one parameter x and the mean loss (x² − 1)² + x/30: two wells
// with a barrier of one between them.
type wells struct{}

func (wells) Samples() int     { return 64 }
func (wells) Params() int      { return 1 }
func (wells) Concurrent() bool { return true }

func (wells) mean(x float64) float64 { return (x*x-1)*(x*x-1) + x/30 }

func (w wells) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		x := float64(model[0])
		for j, i := range samples {
			dst[k][j] = w.mean(x) + (float64(i)-31.5)/64*x
		}
	}
}

// weight returns how probable it is that the last of τ models is above 0, by quadrature,
// model after model. The prior is that of the first.
func (w wells) weight(tau int, s, sigma, prior float64) float64 {
	const n, width = 400, 2.5
	at := func(i int) float64 { return width * (2*(float64(i)+0.5)/n - 1) }
	density := make([]float64, n)
	for i := range density {
		density[i] = math.Exp(-at(i)*at(i)/(2*prior*prior) - s*w.mean(at(i)))
	}
	for range tau - 1 {
		next := make([]float64, n)
		for i := range next {
			for j, p := range density {
				step := (at(i) - at(j)) / sigma
				next[i] += p * math.Exp(-step*step/2-s*w.mean(at(i)))
			}
		}
		density = next
	}
	above, all := 0.0, 0.0
	for i, p := range density {
		all += p
		if at(i) > 0 {
			above += p
		}
	}
	return above / all
}

// Where one chain is stuck in the well it starts in, an exchange finds both, with their
// weights.
func TestExchangeFindsBothWells(t *testing.T) {
	const sigma, prior = 0.3, 1
	tilts := []float64{0.3, 1, 3, 8, 20}
	for _, tau := range []int{1, 2} {
		start := func(k int) Config {
			trajectory, err := NewTrajectory(tau, 1)
			require.NoError(t, err)
			for time := range tau {
				trajectory.Model(time)[0] = 1
			}
			return Config{Tau: tau, Sigma: sigma, S: tilts[k], Prior: &Gaussian{Sigma: prior}, Start: trajectory, Seed: 31, Stream: uint64(k)}
		}
		steps := 80_000 * tau
		if *long {
			steps *= 20
		}
		above := func(series *[]float64) Observer {
			return Every(2*tau, func(chain *Chain) error {
				x := 0.0
				if chain.Trajectory().Model(tau - 1)[0] > 0 {
					x = 1
				}
				*series = append(*series, x)
				return nil
			})
		}

		var stuck []float64
		alone := newChain(t, start(4), wells{})
		require.NoError(t, alone.Run(context.Background(), steps, above(&stuck)))
		assert.NotContains(t, stuck, 0.0, "τ = %d", tau)

		var chains []*Chain
		for k := range tilts {
			chains = append(chains, newChain(t, start(k), wells{}))
		}
		x := newExchange(t, ExchangeConfig{Every: 2 * tau}, chains...)
		require.NoError(t, x.Run(context.Background(), steps/20, nil))
		series := make([][]float64, len(chains))
		require.NoError(t, x.Run(context.Background(), steps, func(k int) []Observer { return []Observer{above(&series[k])} }))
		for k, s := range tilts {
			want := wells{}.weight(tau, s, sigma, prior)
			mean, standardError := estimate.Mean(series[k])
			t.Logf("τ = %d, s = %v: %.4f ± %.4f above 0, exact %.4f", tau, s, mean, standardError, want)
			assert.InDelta(t, want, mean, 0.005*want+4*standardError)
			assert.Less(t, standardError, 0.02)
		}
		stats := x.Stats()
		t.Logf("%d round trips in %d rounds", stats.TotalRoundTrips(), stats.Rounds)
		assert.Greater(t, stats.TotalRoundTrips(), 100)
	}
}
