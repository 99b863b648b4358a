package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/tps"
)

const (
	// A run is recorded at least and at most so many times. In between, recording takes
	// about as long as the run itself.
	fewestRecordings, mostRecordings = 25, 1000
	// recordingsBySteps is about how many times a run of -steps is recorded.
	recordingsBySteps = 200
	// jumpSteps is how many steps after each recording have their jumps measured.
	jumpSteps = 16
	// fewestProposals is how many a run must have time for.
	fewestProposals = 10
	// settling is the share of a run's length that goes before it, after the tuning.
	settling = 0.25
)

// A trial is one sampler at one s: tuned, settled and measured.
type trial struct {
	*bench
	*recorder
	method *method
	s      float64
	show   func(phase string, share float64)
	shown  time.Time

	chain   *tps.Chain
	cost    float64 // in losses, of the chain before
	seconds float64 // of all steps

	curve     []point
	made      int // steps
	nextPoint int // how many steps are made then

	lossSeries  []float64
	logitSeries [][]float64
}

// A length is when a phase of a trial ends: after a number of steps, or a number of
// seconds of steps alone, whatever comes first. 0: no limit.
type length struct {
	steps   int
	seconds float64
}

// measure runs one sampler at one s.
func (b *bench) measure(ctx context.Context, m *method, s float64, show func(phase string, share float64)) (*result, error) {
	r := &result{S: s, Sampler: m.name}
	if need := float64(m.passes*b.losses.Samples()) * b.gradientSeconds; b.steps == 0 && need*fewestProposals > b.options.seconds {
		r.leaveOut(need)
		return r, nil
	}
	t := &trial{bench: b, recorder: newRecorder(b.watched, b.Tau), method: m, s: s, show: show, nextPoint: 1}
	known, err := t.tuneSizes(ctx)
	if err != nil {
		return nil, err
	}
	r.Tuned, r.Sizes = t.made >= b.tune || len(known) == 0, known.String()
	every, err := t.settle(ctx, known)
	if err != nil {
		return nil, err
	}
	seconds, err := t.sample(ctx, every)
	if err != nil {
		return nil, err
	}
	r.fill(t, seconds)
	return r, nil
}

// begin makes a chain that starts from a trajectory the one in hand. Chains of a sampler
// have the same random numbers at each s.
func (t *trial) begin(known sizes, start *tps.Trajectory, tuning int) (err error) {
	if t.chain != nil {
		t.cost += t.costOf(t.chain)
	}
	stream := 2 * slices.Index(methods, t.method)
	if tuning == 0 {
		stream++
	}
	config := tps.Config{
		Tau: t.Tau, Sigma: t.Sigma, S: t.s, Start: start, Sweep: t.method.sweep, Move: t.method.move(t.bench, t.s, known),
		Tuning: tps.Tuning{Steps: tuning}, Source: t.Source(sampler.ChainStream, stream),
	}
	if t.method.sweep {
		t.chain, err = tps.NewChain(config, t.apart[0], t.apart[1:]...)
	} else {
		t.chain, err = tps.NewChain(config, t.bench.losses)
	}
	if err == nil {
		t.follow(t.chain)
	}
	return err
}

// limit returns the length of a phase that takes a share of a run.
func (t *trial) limit(share float64) length {
	if t.steps > 0 {
		return length{steps: max(1, int(math.Round(share*float64(t.steps))))}
	}
	return length{seconds: share * t.options.seconds}
}

// tuneSizes lets a chain tune the sizes of the moves, and returns them. Time may end it
// early: then they are those of its last round.
func (t *trial) tuneSizes(ctx context.Context) (sizes, error) {
	if err := t.begin(nil, t.start, t.tune); err != nil {
		return nil, err
	}
	if t.tune == 0 {
		return t.chain.Tuned(), nil
	}
	end := t.limit(1)
	end.steps = t.tune
	_, err := t.run(ctx, "tuning", end, nil)
	return t.chain.Tuned(), err
}

// settle makes a chain of the tuned sizes forget the tuning, and returns after how many
// steps it is to be recorded.
func (t *trial) settle(ctx context.Context, known sizes) (every int, err error) {
	if err := t.begin(known, t.chain.Trajectory(), 0); err != nil {
		return 0, err
	}
	before := t.made
	seconds, err := t.run(ctx, "settling", t.limit(settling), nil)
	if err != nil {
		return 0, err
	}
	if t.steps > 0 {
		return max(1, t.steps/recordingsBySteps), nil
	}
	begin := time.Now()
	t.follow(t.chain) // for what all models cost
	t.meanLoss()
	t.meanLogits()
	recordings := min(max(t.options.seconds/time.Since(begin).Seconds(), fewestRecordings), mostRecordings)
	expected := float64(t.made-before) / seconds * t.options.seconds
	return max(1, int(expected/recordings)), nil
}

// sample measures the chain, and returns how long its steps took.
func (t *trial) sample(ctx context.Context, every int) (seconds float64, err error) {
	t.cost += t.costOf(t.chain)
	t.chain.ResetStats()
	left := 0
	record := func() {
		if left--; left > 0 {
			return
		}
		left = every
		t.lossSeries = append(t.lossSeries, t.meanLoss())
		for k, x := range t.meanLogits() {
			if k == len(t.logitSeries) {
				t.logitSeries = append(t.logitSeries, nil)
			}
			t.logitSeries[k] = append(t.logitSeries[k], x)
		}
		t.measureJumps(jumpSteps)
	}
	record()
	return t.run(ctx, "measuring", t.limit(1), record)
}

// run makes steps until the phase ends, at least one, calls after each of them what is
// not nil, and returns how long the steps took alone.
func (t *trial) run(ctx context.Context, phase string, end length, after func()) (seconds float64, err error) {
	for made := 0; made == 0 || (end.steps == 0 || made < end.steps) && (end.seconds == 0 || seconds < end.seconds); {
		if ctx.Err() != nil {
			return seconds, context.Cause(ctx)
		}
		begin := time.Now()
		step, err := t.chain.Step()
		now := time.Now()
		if err != nil {
			return seconds, err
		}
		took := now.Sub(begin).Seconds()
		seconds += took
		t.seconds += took
		made++
		t.made++
		t.see(&step)
		if after != nil {
			after()
		}
		t.trace()
		if now.Sub(t.shown) > showEvery {
			t.shown = now
			t.show(fmt.Sprintf("%s, step %d", phase, made), 0)
		}
	}
	return seconds, nil
}

// showEvery is how often it is shown how far a trial is.
const showEvery = 100 * time.Millisecond

// A point is one of the loss's curve.
type point struct{ Losses, Seconds, Loss float64 }

// trace adds a point to the curve if there is to be a figure of it, after 1, 2, 3 … steps,
// and later after half as many again.
func (t *trial) trace() {
	if t.out == "" || t.s != t.figure || t.made < t.nextPoint {
		return
	}
	t.nextPoint = 1 + t.made + t.made/2
	t.curve = append(t.curve, point{t.cost + t.costOf(t.chain), t.seconds, t.meanLoss()})
}

// costOf returns what the steps of a chain have cost, in losses: what tests and proposals
// took, and the references.
func (t *trial) costOf(chain *tps.Chain) float64 {
	stats := chain.Stats()
	return float64(stats.Evaluations + slopeCost*stats.Slopes + stats.Proposals + referenceCost*stats.References*t.bench.losses.Samples())
}

// slopeCost and referenceCost are the prices of a slope, and of a sample of a reference,
// in losses.
const slopeCost, referenceCost = 2, 6
