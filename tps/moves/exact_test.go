package moves

import (
	"flag"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
)

// long makes the statistical tests precise enough to see a bias of 1 % in each case.
var long = flag.Bool("long", false, "take some minutes for precise statistical tests")

// A lineCase is a chain on a line.
type lineCase struct {
	tau      int
	s        float64
	prior    *tps.Gaussian
	every    bool
	estimate minibatch.Estimate // 0: the full-data test, on 16 samples
	move     func(Gradient) tps.Move
	steps    int // thousands
}

func (c lineCase) String() string {
	name := fmt.Sprintf("τ=%d s=%v", c.tau, c.s)
	if c.prior != nil {
		name += fmt.Sprintf(" prior every=%v", c.every)
	}
	if c.estimate != 0 {
		name += " " + c.estimate.String()
	}
	return name
}

// run returns the mean loss of the chain and its standard error, in units of the exact
// one.
func (c lineCase) run(t testing.TB, steps int) (ratio, standardError float64) {
	n := 16
	if c.estimate != 0 {
		n = 256
	}
	l := newLine(t, n)
	config := tps.Config{Tau: c.tau, Sigma: sigma, S: c.s, Prior: c.prior, EveryModel: c.every, Seed: 5, Test: barkerTest(t, n)}
	if c.estimate != 0 {
		config.Test = adaptive(t, n, c.estimate)
	}
	config.Move = c.move(l.gradients)
	path := tps.Path{Sigma: sigma, Prior: c.prior, EveryModel: c.every}
	mean, _ := l.ensemble(t, path, c.tau, c.s)
	var err error
	config.Start, err = tps.NewTrajectory(c.tau, 2)
	require.NoError(t, err)
	for i := range config.Start.Values() {
		config.Start.Values()[i] = float32(mean.AtVec(i))
	}
	return l.measureLoss(t, config, steps, max(1, c.tau/2))
}

var prior = &tps.Gaussian{Sigma: 0.4, Mean: []float32{0.1, -0.3}}

func langevinMove(beta float64, batch int) func(Gradient) tps.Move {
	return func(g Gradient) tps.Move { return Langevin{Gradient: g, Beta: beta, Batch: batch} }
}

func barkerMove(step float64, batch int) func(Gradient) tps.Move {
	return func(g Gradient) tps.Move { return Barker{Gradient: g, Step: step, Batch: batch} }
}

func hamiltonianMove(whole bool, step float64, steps int) func(Gradient) tps.Move {
	return func(g Gradient) tps.Move {
		return Hamiltonian{Gradient: g, Whole: whole, Step: step, Steps: steps}
	}
}

// mixed mixes a move with the paper's.
func mixed(move func(Gradient) tps.Move) func(Gradient) tps.Move {
	return func(g Gradient) tps.Move {
		return tps.Mix{{Weight: 2, Move: move(g)}, {Weight: 1, Move: tps.Autoregressive{Beta: 0.7}}}
	}
}

var lineCases = map[string][]lineCase{
	"Langevin": {
		{1, 30, nil, false, 0, langevinMove(0.9, 4), 150},
		{1, 100, prior, false, 0, langevinMove(0.6, 4), 150},
		{2, 100, nil, false, 0, langevinMove(0.6, 4), 150},
		{3, 30, prior, true, 0, langevinMove(0.8, 8), 150},
		{8, 100, nil, false, 0, mixed(langevinMove(0.6, 4)), 150},
		{64, 100, nil, false, 0, langevinMove(0.6, 4), 150},
		{2, 100, nil, false, minibatch.Uniform, langevinMove(0.6, 16), 100},
		{8, 30, prior, false, minibatch.Controlled, mixed(langevinMove(0.8, 16)), 150},
	},
	"Barker": {
		{1, 30, nil, false, 0, barkerMove(1.5, 4), 150},
		{1, 100, prior, false, 0, barkerMove(0.8, 4), 150},
		{2, 100, nil, false, 0, barkerMove(1, 4), 150},
		{3, 30, prior, true, 0, barkerMove(1.5, 8), 150},
		{8, 100, nil, false, 0, mixed(barkerMove(1, 4)), 150},
		{64, 100, nil, false, 0, barkerMove(1, 4), 150},
		{2, 100, nil, false, minibatch.Uniform, barkerMove(1, 16), 100},
		{8, 30, prior, false, minibatch.Controlled, mixed(barkerMove(1.5, 16)), 100},
	},
	"Hamiltonian": {
		{1, 30, nil, false, 0, hamiltonianMove(false, 0.6, 3), 50},
		{1, 100, prior, false, 0, hamiltonianMove(true, 0.4, 3), 50},
		{2, 100, nil, false, 0, hamiltonianMove(false, 0.5, 2), 50},
		{2, 30, nil, false, 0, hamiltonianMove(true, 0.6, 3), 40},
		{3, 30, prior, true, 0, hamiltonianMove(true, 0.6, 3), 40},
		{8, 100, nil, false, 0, hamiltonianMove(true, 0.4, 4), 10},
		{8, 30, prior, false, 0, mixed(hamiltonianMove(false, 0.8, 2)), 100},
		{64, 100, nil, false, 0, hamiltonianMove(true, 0.25, 5), 2},
		{2, 100, nil, false, minibatch.Controlled, mixed(hamiltonianMove(true, 0.4, 3)), 15},
	},
}

// The mean loss is the exact one, within 4 standard errors and 0.5 %: of each chain
// alone, and of all with one kind of move together, where a bias of 2 % would be seen.
func TestMeanLossIsExact(t *testing.T) {
	for kind, cases := range lineCases {
		t.Run(kind, func(t *testing.T) {
			sum, weight := 0.0, 0.0
			for _, c := range cases {
				t.Run(c.String(), func(t *testing.T) {
					steps := 1000 * c.steps
					if *long {
						steps *= 30
					}
					ratio, e := c.run(t, steps)
					assert.Less(t, e, 0.025)
					assert.LessOrEqual(t, math.Abs(ratio-1), bound+4*e)
					sum, weight = sum+ratio/(e*e), weight+1/(e*e)
				})
			}
			mean, e := sum/weight, 1/math.Sqrt(weight)
			t.Logf("together off by %+.2f ± %.2f %%", 100*(mean-1), 100*e)
			assert.Less(t, e, 0.004)
			assert.LessOrEqual(t, math.Abs(mean-1), bound+4*e)
		})
	}
}
