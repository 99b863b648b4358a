package tps

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The conditional distribution of a model is where the density of the path measure
// has its maximum, and curved as it is.
func TestConditional(t *testing.T) {
	prior := &Gaussian{Mean: []float32{1, -2, 0.5}, Sigma: 0.7}
	for name, path := range map[string]Path{
		"flat":        {Sigma: 0.3},
		"first model": {Sigma: 0.3, Prior: prior},
		"every model": {Sigma: 0.3, Prior: prior, EveryModel: true},
		"wide":        {Sigma: 0.3, Prior: &Gaussian{Sigma: 20}},
	} {
		for _, tau := range []int{1, 2, 4} {
			for time := range tau {
				t.Run(fmt.Sprintf("%s τ=%d %d", name, tau, time), func(t *testing.T) {
					c := path.Conditional(time, tau)
					walk, err := RandomWalk(tau, []float32{0.25, -1, 2}, 0.5, normalSource(uint64(tau)))
					require.NoError(t, err)
					mean := []float64{9, 9, 9}
					c.Mean(mean, walk)
					if math.IsInf(c.Width, 1) {
						assert.True(t, path.Prior == nil && tau == 1)
						assert.Equal(t, path.Sigma, c.Scale)
						assert.Equal(t, []float64{0, 0, 0}, mean)
						return
					}
					for i := range mean {
						// log p(x)/p(θ) for x at equal distances of both sides, and at the mean.
						ratio := func(x float64) float64 {
							after := walk.Clone()
							after.Model(time)[i] = float32(x)
							exact := float64(after.Model(time)[i])
							p := Proposal{Current: walk, Proposed: after, First: time, Width: 1}
							offset := (exact-mean[i])*(exact-mean[i]) - (x-mean[i])*(x-mean[i])
							return path.LogRatio(&p) + offset/(2*c.Width*c.Width) // as if x were not rounded
						}
						left, at, right := ratio(mean[i]-c.Width), ratio(mean[i]), ratio(mean[i]+c.Width)
						assert.InDelta(t, 0.5, at-left, 1e-5)
						assert.InDelta(t, 0.5, at-right, 1e-5)
					}
					wanted := c.Width
					if tau == 1 {
						wanted = math.Min(c.Width, path.Sigma)
					}
					assert.InDelta(t, wanted, c.Scale, 1e-15)
				})
			}
		}
	}
}
