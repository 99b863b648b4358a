package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/trajens/trajens/correction"
)

// Problems.
const (
	perceptron = "perceptron" // a line through points of a line, whose answer is known
	cnn        = "cnn"        // the paper's network on digits
)

// Moves.
const (
	redraw         = "redraw"         // the paper's: a share of one model's parameters is drawn anew
	autoregressive = "autoregressive" // all of one model's parameters move a little
)

// A config is all that a run depends on: with the same config, the result is the same, bit
// for bit, on one kind of processor. Its JSON names are the keys of descriptions.
type config struct {
	// Problem is perceptron or cnn.
	Problem string `json:"problem"`
	// Data is what cnn is trained on: mnist, fashion or digits, which the library draws.
	Data string `json:"data"`
	// Samples is N, the number of samples to train on. 0: all, or 20,000 drawn digits.
	Samples int `json:"samples"`

	// Tau is τ, the number of models, S the tilt and Sigma the width of the random walk.
	Tau   int     `json:"tau"`
	S     float64 `json:"s"`
	Sigma float64 `json:"sigma"`
	// Prior is the standard deviation of the parameters of the first model, whose means
	// are 0. 0: the prior is flat, as in the paper.
	Prior float64 `json:"prior,omitempty"`

	// Sampler is the name of the settings that follow, for figures.
	Sampler string `json:"sampler"`
	// Move is redraw or autoregressive, Fraction the share of a model's parameters that it
	// changes.
	Move     string  `json:"move"`
	Fraction float64 `json:"fraction"`
	// Tuned lets the chain tune the size of the moves in the first half of the burn-in.
	Tuned bool `json:"tuned"`
	// Sweep changes every second model at once, and then the others (tps.Config.Sweep).
	Sweep bool `json:"sweep"`
	// Rule, planned or stopping, Chunk, SigmaC (σ_c) and Infinite, which leaves the factor
	// 1 − b/N out, are those of the acceptance test (minibatch.AdaptiveConfig).
	Rule     string  `json:"rule"`
	Chunk    int     `json:"chunk"`
	SigmaC   float64 `json:"sigma_c"`
	Infinite bool    `json:"infinite"`

	// BurnIn steps come before the Steps that are measured.
	BurnIn int `json:"burn_in"`
	Steps  int `json:"steps"`
	// Every is after how many steps for each model the loss is measured: after Every·τ.
	Every int `json:"every"`
	// Measured is on how many samples, drawn anew each time. 0: all.
	Measured int `json:"measured"`
	// Votes is how often, in equal distances while measured, the ensemble is evaluated on
	// all test images.
	Votes int `json:"votes"`
	// Curve is how many points the training curve has at most, from the first sweep to the
	// end in equal ratios, and Tested on how many test images the ensemble is evaluated
	// for each. 0: all.
	Curve  int `json:"curve"`
	Tested int `json:"tested"`
	// LookAt are the steps after which the loss differences of a proposal are checked for
	// normality, ascending, and Batches the sizes of the minibatches.
	LookAt  []int `json:"look_at,omitempty"`
	Batches []int `json:"batches,omitempty"`

	// Seed is what all random numbers of the chain derive from.
	Seed uint64 `json:"seed"`
}

// usual is what a description leaves out: the paper's sampler (see samplers.json).
var usual = config{
	Problem: cnn, Data: "mnist",
	Tau: 8, S: 50, Sigma: 0.05,
	Sampler: "paper", Move: redraw, Fraction: 0.25, Rule: "stopping", Chunk: 60, SigmaC: 1, Infinite: true,
	BurnIn: 20_000, Steps: 20_000, Every: 8, Measured: 128,
	Seed: 1,
}

// check returns an error that names the first key that is out of its range. What depends
// on the number of samples is checked when they are there.
func (c config) check() error {
	oneOf := func(key, value string, allowed ...string) error {
		if slices.Contains(allowed, value) {
			return nil
		}
		return fmt.Errorf("%s = %q, want one of %q", key, value, allowed)
	}
	atLeast := func(key string, value, least int) error {
		if value >= least {
			return nil
		}
		return fmt.Errorf("%s = %d, want at least %d", key, value, least)
	}
	for _, err := range []error{
		oneOf("problem", c.Problem, perceptron, cnn),
		oneOf("data", c.Data, "mnist", "fashion", "digits"),
		oneOf("move", c.Move, redraw, autoregressive),
		oneOf("rule", c.Rule, "planned", "stopping"),
		atLeast("samples", c.Samples, 0), atLeast("tau", c.Tau, 1), atLeast("chunk", c.Chunk, 2),
		atLeast("burn_in", c.BurnIn, 0), atLeast("steps", c.Steps, 1), atLeast("every", c.Every, 1),
		atLeast("measured", c.Measured, 0), atLeast("votes", c.Votes, 0), atLeast("curve", c.Curve, 0), atLeast("tested", c.Tested, 0),
	} {
		if err != nil {
			return err
		}
	}
	switch {
	case c.Sampler == "":
		return fmt.Errorf("sampler is empty, want a name")
	case !(c.S > 0) || math.IsInf(c.S, 1):
		return fmt.Errorf("s = %v, want a finite number > 0", c.S)
	case !(c.Sigma > 0) || c.Sigma > 1e30:
		return fmt.Errorf("sigma = %v, want a number > 0, at most 1e+30", c.Sigma)
	case !(c.Prior >= 0) || c.Prior > 1e30:
		return fmt.Errorf("prior = %v, want a number > 0, at most 1e+30, or 0 for a flat one", c.Prior)
	case c.Problem == perceptron && c.Prior > 0:
		return fmt.Errorf("prior = %v, want 0 for the perceptron, whose exact lines have a flat one", c.Prior)
	case !(c.Fraction > 0 && c.Fraction <= 1):
		return fmt.Errorf("fraction = %v, want a number in (0, 1]", c.Fraction)
	case !(c.SigmaC >= correction.MinSigma && c.SigmaC <= correction.AccurateSigma):
		return fmt.Errorf("sigma_c = %v, want %v to %v", c.SigmaC, correction.MinSigma, correction.AccurateSigma)
	case c.Problem == perceptron && c.Samples < 2:
		return fmt.Errorf("samples = %d, want at least 2 for the perceptron", c.Samples)
	case c.Problem == perceptron && c.Votes > 0:
		return fmt.Errorf("votes = %d, want 0 for the perceptron, which does not vote", c.Votes)
	case c.Votes > c.Steps:
		return fmt.Errorf("votes = %d, want at most steps = %d", c.Votes, c.Steps)
	case c.Tuned && c.tuning() < fewestTuning:
		return fmt.Errorf("burn_in = %d, want at least %d, the first half of which tunes the moves", c.BurnIn, 2*fewestTuning)
	case len(c.LookAt) > 0 && (c.LookAt[0] < 0 || !ascends(c.LookAt) || c.LookAt[len(c.LookAt)-1] > c.total()):
		return fmt.Errorf("look_at = %v, want ascending numbers from 0 to burn_in + steps = %d", c.LookAt, c.total())
	case (len(c.LookAt) > 0) != (len(c.Batches) > 0):
		return fmt.Errorf("look_at = %v and batches = %v, want both or none", c.LookAt, c.Batches)
	case len(c.Batches) > 0 && slices.Min(c.Batches) < 1:
		return fmt.Errorf("batches = %v, want numbers of at least 1", c.Batches)
	}
	return nil
}

// fewestTuning is how many steps tps.Tuning needs.
const fewestTuning = 300

// tuning returns how many steps tune the moves.
func (c config) tuning() int {
	if !c.Tuned {
		return 0
	}
	return c.BurnIn / 2
}

// total returns the number of steps of the run.
func (c config) total() int { return c.BurnIn + c.Steps }

func ascends(numbers []int) bool {
	for i := 1; i < len(numbers); i++ {
		if numbers[i] <= numbers[i-1] {
			return false
		}
	}
	return true
}

// curveSteps returns after which steps there are points of the curve.
func (c config) curveSteps() (steps []int) {
	low, high := math.Log(float64(min(c.Tau, c.total()))), math.Log(float64(c.total()))
	for k := range c.Curve {
		at := high
		if c.Curve > 1 {
			at = low + (high-low)*float64(k)/float64(c.Curve-1)
		}
		step := min(max(1, int(math.Round(math.Exp(at)))), c.total())
		if len(steps) == 0 || step > steps[len(steps)-1] {
			steps = append(steps, step)
		}
	}
	return steps
}

// voteSteps returns after which steps the ensemble is evaluated.
func (c config) voteSteps() (steps []int) {
	for k := range c.Votes {
		steps = append(steps, c.BurnIn+(k+1)*c.Steps/c.Votes)
	}
	return steps
}
