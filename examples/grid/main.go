// Grid samples trajectories of a user's own model for each configuration of a grid:
// here a decay A·exp(−k·x) through points with noise, with several τ and seeds.
//
//	go run ./examples/grid run tau=1,4,16 seed=1..3
//	go run ./examples/grid export
//
// Ctrl-C interrupts it, and the first command again goes on. As many of these commands
// at once as there are machines that share the directory share the work. Go run
// ./examples/grid help lists the commands.
//
// The mean of the τ models has nearly the same distribution for each τ, as s is N/τ over
// the noise's variance: that of one model in Bayesian inference.
package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/diagnostics"
	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/grid/chain"
	"github.com/trajens/trajens/tps/grid/command"
	"github.com/trajens/trajens/tps/trace"
)

// A config is what the runs of a grid differ in: its JSON names are the keys of the
// command line, and of descriptions such as
//
//	{"fixed": {"sigma": 0.02}, "grid": {"tau": [1, 4, 16], "seed": "1..3"}}
type config struct {
	Tau    int     `json:"tau"`
	Sigma  float64 `json:"sigma"`
	Points int     `json:"points"`
	Steps  int     `json:"steps"`
	Seed   uint64  `json:"seed"`
}

// A result is what is kept of a run, beside its trace.
type result struct {
	Height estimate `json:"height"`
	Rate   estimate `json:"rate"`
}

// An estimate is that of a parameter: the spread is how far the data leave it open, the
// standard error how far a run as short as this leaves the mean open.
type estimate struct {
	Mean          float64 `json:"mean"`
	Spread        float64 `json:"spread"`
	StandardError float64 `json:"standard_error"`
}

// A decay is the model: the losses of A and ln k, half the squared errors.
type decay struct{ x, y []float64 }

const noise = 0.1

var truth = [...]float64{2, 0.5} // A and k

func newDecay(points int, source rand.Source) *decay {
	rng := rand.New(source)
	d := &decay{make([]float64, points), make([]float64, points)}
	for i := range d.x {
		d.x[i] = 5 * rng.Float64()
		d.y[i] = truth[0]*math.Exp(-truth[1]*d.x[i]) + noise*rng.NormFloat64()
	}
	return d
}

// Samples, Params and Losses are what a chain asks for.
func (d *decay) Samples() int { return len(d.x) }

func (d *decay) Params() int { return len(truth) }

// Losses writes the loss of each sample for each model.
func (d *decay) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, θ := range models {
		height, rate := float64(θ[0]), math.Exp(float64(θ[1]))
		for j, i := range samples {
			miss := height*math.Exp(-rate*d.x[i]) - d.y[i]
			dst[k][j] = miss * miss / 2
		}
	}
}

// check tells what is wrong with a configuration, before any run begins.
func check(c config) error {
	if c.Tau < 1 || c.Sigma <= 0 || c.Points < 1 || c.Steps < 1 {
		return fmt.Errorf("tau, sigma, points and steps: want positive numbers")
	}
	return nil
}

// fit is a run. After an interruption or a kill chain.Run goes on where it was, with
// the sums of the observer, so that the result is that of an undisturbed run.
func fit(ctx context.Context, run *grid.Run, c config) (any, error) {
	d := newDecay(c.Points, rand.NewPCG(1, 0))
	start, err := tps.RandomWalk(c.Tau, []float32{1, 0}, c.Sigma, rand.NewPCG(c.Seed, 1))
	if err != nil {
		return nil, err
	}
	s := float64(c.Points) / (float64(c.Tau) * noise * noise)
	sampled, err := tps.NewChain(tps.Config{Tau: c.Tau, Sigma: c.Sigma, S: s, Start: start, Seed: c.Seed}, d)
	if err != nil {
		return nil, err
	}
	var height, rate diagnostics.Accumulator
	watch := tps.Every(10, func(sampled *tps.Chain) error {
		if sampled.Steps() <= c.Steps/4 {
			return nil // burn-in
		}
		var a, k float64
		for _, model := range sampled.Trajectory().Models() {
			a += float64(model[0]) / float64(c.Tau)
			k += math.Exp(float64(model[1])) / float64(c.Tau)
		}
		height.Add(a)
		rate.Add(k)
		return nil
	})
	err = chain.Run(ctx, run, sampled, chain.Config{
		Steps:     c.Steps,
		Observers: []tps.Observer{watch},
		Parts:     []tps.Part{{Name: "height", State: &height}, {Name: "rate", State: &rate}},
		Trace:     trace.Config{Columns: []trace.Column{trace.Loss(), trace.Acceptance()}, Every: 1000},
	})
	if err != nil {
		return nil, err
	}
	return result{estimateOf(&height), estimateOf(&rate)}, nil
}

func estimateOf(a *diagnostics.Accumulator) estimate {
	return estimate{a.Mean(), math.Sqrt(a.Variance()), a.StandardError()}
}

func main() {
	command.Main(grid.Program[config]{
		Name:    "grid",
		Default: config{Tau: 4, Sigma: 0.02, Points: 200, Steps: 200_000, Seed: 1},
		Check:   check,
		Run:     fit,
	})
}
