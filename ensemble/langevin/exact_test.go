package langevin

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An exactCase is a sampler that has to draw from a target without bias.
type exactCase struct {
	name    string
	target  target
	sampler Sampler
	steps   int
}

// The precision that the tests have is that of the most precise function of each target:
// all functions are expected within 4 standard errors.
func exactCases() []exactCase {
	gaussian, funnel, banana := conditioned(50, 1e4), funnel{dimensions: 10, spread: 1}, banana{bend: 0.5, width: 0.5}
	tuning := DualAveraging{Target: 0.8}
	return []exactCase{
		{"gaussian", gaussian, HMC{Time: 15, Tuning: tuning}, 2000},
		{"gaussian", gaussian, AdjustedMCLMC{Step: 1.2, Length: 25}, 6000},
		{"gaussian", gaussian, AdjustedMCLMC{Step: 0.6, Length: 25, Refresh: 1, Leapfrog: true}, 5000},
		{"gaussian", gaussian, AdjustedMCLMC{Tuning: AdjustedTuning{Precondition: true}}, 20_000},
		{"funnel", funnel, HMC{Time: 3, Tuning: tuning}, 40_000},
		{"funnel", funnel, AdjustedMCLMC{}, 40_000},
		{"funnel", funnel, AdjustedMCLMC{Step: 0.7, Length: 6, Refresh: 1, Leapfrog: true}, 40_000},
		{"banana", banana, HMC{Step: 0.2, Time: 3}, 40_000},
		{"banana", banana, AdjustedMCLMC{}, 40_000},
		{"banana", banana, AdjustedMCLMC{Step: 0.35, Length: 3, Refresh: 1, Leapfrog: true}, 40_000},
	}
}

func TestSamplersWithATestAreExact(t *testing.T) {
	for _, c := range exactCases() {
		t.Run(fmt.Sprintf("%s, %T", c.name, c.sampler), func(t *testing.T) {
			if *long {
				c.steps *= 30
			}
			o, chain := sample(t, c.target, Config{Sampler: c.sampler, Seed: 1}, 2000, c.steps)
			stats := chain.Stats()
			worst, k := o.worst()
			t.Logf("%v: acceptance %.2f, %.1f gradients a step, worst %.1f standard errors (function %d)\n%s",
				chain.Tuned(), stats.MeanAcceptance(), float64(stats.Gradients)/float64(stats.Steps), worst, k, o)
			require.Greater(t, stats.MeanAcceptance(), 0.5)
			assert.Less(t, worst, 4.0)
		})
	}
}
