package langevin

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// targets are those that the samplers with a test have to draw from without bias.
var targets = map[string]target{
	"gaussian": conditioned(50, 1e4),
	"funnel":   funnel{dimensions: 10, spread: 1},
	"banana":   banana{bend: 0.5, width: 0.5},
}

func TestSamplersWithATestAreExact(t *testing.T) {
	for name, model := range targets {
		time := map[string]float64{"gaussian": 15, "funnel": 2, "banana": 2}[name]
		for _, sampler := range []Sampler{
			HMC{Time: time},
			AdjustedMCLMC{},
			AdjustedMCLMC{Refresh: 1, Leapfrog: true},
		} {
			t.Run(fmt.Sprintf("%s, %T", name, sampler), func(t *testing.T) {
				o, chain := sample(t, model, Config{Sampler: sampler, Seed: 1}, 1000, 5000)
				worst, k := o.worst()
				t.Logf("%v: acceptance %.2f, %.1f gradients a step, worst %.1f standard errors (function %d)", chain.Tuned(), chain.Stats().MeanAcceptance(),
					float64(chain.Stats().Gradients)/float64(chain.Stats().Steps), worst, k)
				for k := max(0, len(o.mean)-8); k < len(o.mean); k++ {
					t.Logf("%d: %.4f, want %.4f ± %.4f", k, o.mean[k], o.expected[k], o.deviation[k])
				}
				assert.Less(t, worst, 4.0)
			})
		}
	}
}
