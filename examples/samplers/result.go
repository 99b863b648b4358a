package main

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/tps/diagnostics"
)

// A result is what came out for one sampler at one s. What is not known is NaN.
type result struct {
	S               float64    `json:"s"`
	Sampler         string     `json:"sampler"`
	Sizes           string     `json:"sizes"`
	Tuned           bool       `json:"tuned"`
	Steps           int        `json:"steps"`
	Seconds         float64    `json:"seconds"`
	Acceptance      cli.Number `json:"acceptance"`
	MeanBatch       cli.Number `json:"mean_batch"`
	LossesPerStep   cli.Number `json:"losses_per_step"`
	StepsPerSecond  cli.Number `json:"steps_per_second"`
	JumpPerSecond   cli.Number `json:"jump_per_second"`
	JumpPerMillion  cli.Number `json:"jump_per_million"`
	Loss            cli.Number `json:"loss"`
	LossesPerSecond cli.Number `json:"loss_samples_per_second"`
	LogitsPerSecond cli.Number `json:"logit_samples_per_second"`
	Recordings      int        `json:"recordings"`
	note            string     // for people
	curve           []point
}

// leaveOut makes r that of a sampler that was not run, as a step needs so many seconds.
func (r *result) leaveOut(need float64) {
	nan := cli.Number(math.NaN())
	r.Acceptance, r.MeanBatch, r.LossesPerStep, r.StepsPerSecond, r.JumpPerSecond = nan, nan, nan, nan, nan
	r.JumpPerMillion, r.Loss, r.LossesPerSecond, r.LogitsPerSecond = nan, nan, nan, nan
	r.note = fmt.Sprintf("%s was left out: a step takes about %.2g s. -seconds %.0f is enough for %d of them.",
		r.Sampler, need, math.Ceil(need*fewestProposals), fewestProposals)
}

// fill takes the numbers from a trial whose measured steps took some seconds.
func (r *result) fill(t *trial, seconds float64) {
	stats := t.chain.Stats()
	cost := t.costOf(t.chain)
	steps := float64(stats.Steps)
	jump := t.jump() * steps // of all steps
	r.Steps, r.Seconds = stats.Steps, seconds
	r.Acceptance, r.MeanBatch = cli.Number(stats.Acceptance()), cli.Number(stats.MeanBatch())
	r.LossesPerStep, r.StepsPerSecond = cli.Number(cost/steps), cli.Number(steps/seconds)
	r.JumpPerSecond, r.JumpPerMillion = cli.Number(jump/seconds), cli.Number(jump/cost*1e6)
	r.Loss = cli.Number(floats.Sum(t.lossSeries) / float64(len(t.lossSeries)))
	r.LossesPerSecond, r.LogitsPerSecond = cli.Number(math.NaN()), cli.Number(math.NaN())
	if !drifts(t.lossSeries) {
		r.LossesPerSecond = cli.Number(effective(t.lossSeries) / seconds)
		r.LogitsPerSecond = cli.Number(effective(t.logitSeries...) / seconds)
	}
	r.Recordings, r.curve = len(t.lossSeries), t.curve
}

// longEnough is how many autocorrelation times a series must have, and shortest how many
// values, for its effective size to be told.
const longEnough, shortest = 20, 50

// effective returns the mean effective size of series of the same length, NaN if they are
// too short to tell.
func effective(series ...[]float64) float64 {
	size, time := 0.0, 0.0
	for _, values := range series {
		a := diagnostics.IntegratedTime(values, 0)
		size += a.EffectiveSize() / float64(len(series))
		time += a.Tau / float64(len(series))
	}
	if n := len(series[0]); n < shortest || !(float64(n) >= longEnough*time) {
		return math.NaN()
	}
	return size
}

// surely is how many standard errors the beginning of a series must be off for a drift.
const surely = 4

// drifts says whether a series has not settled, as far as one can tell.
func drifts(series []float64) bool { return math.Abs(diagnostics.Geweke(series).Z) > surely }
