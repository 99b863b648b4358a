package tps

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
)

// referencedConfig returns a chain around the mode of a regression, where a
// decision on uniform draws takes a good part of the samples, and its losses.
func referencedConfig(t testing.TB, n, tau, width int, fraction float64, estimate minibatch.Estimate) (Config, slopedRegression) {
	t.Helper()
	c := regressionCase{n: n, params: 4, share: 0.3, tau: tau, size: 0.8}
	d := c.target(t)
	center, _ := d.mode(t)
	return Config{
		Tau: tau, Width: width, Fraction: fraction, Sigma: d.sigma, S: d.s, Seed: 3,
		Prior: &Gaussian{Sigma: regressionPrior}, Start: startAt(t, tau, center),
		Test: adaptive(t, n, minibatch.AdaptiveConfig{Estimate: estimate}),
	}, slopedRegression{d.regression}
}

// live returns how many models have a reference.
func live(chain *Chain) (n int) {
	for i := range chain.comparison.references.of {
		if chain.comparison.references.of[i].live {
			n++
		}
	}
	return n
}

// A chain with references goes on from a checkpoint bit for bit, whichever of its
// models have one.
func TestResumedChainWithReferencesIsTheSame(t *testing.T) {
	const tau = 4
	for _, c := range []struct {
		estimate minibatch.Estimate
		sloped   bool
		width    int
		fraction float64
		steps    int
	}{
		{minibatch.Controlled, true, 1, 1, 80},
		{minibatch.Controlled, true, 2, 0.5, 80},
		{minibatch.Controlled, false, 1, 0.5, 80}, // falls back to Weighted
		{minibatch.Weighted, false, 2, 1, 80},
		{minibatch.Weighted, true, 1, 0.5, 80},
		{0, true, 1, 0.5, 300},
		{0, true, 2, 1, 300},
	} {
		t.Run(fmt.Sprintf("%v, slopes %v, width %d, fraction %v", c.estimate, c.sloped, c.width, c.fraction), func(t *testing.T) {
			t.Parallel()
			config, sloped := referencedConfig(t, 400, tau, c.width, c.fraction, c.estimate)
			var losses Losses = sloped
			if !c.sloped {
				losses = sloped.regression
			}
			whole := newChain(t, config, losses)
			whole.prepared = true // so that references come one by one
			ends := [][]byte{save(t, whole)}
			first := map[int]int{0: 0} // step by number of references
			for i := range c.steps {
				_, err := whole.Step()
				require.NoError(t, err)
				ends = append(ends, save(t, whole))
				if _, ok := first[live(whole)]; !ok {
					first[live(whole)] = i + 1
				}
			}
			require.Contains(t, first, tau, "all models must have had a reference")
			require.GreaterOrEqual(t, len(first), 3, "and some, before")
			var from []int
			for step := 3; step < c.steps; step += c.steps / 9 {
				from = append(from, step)
			}
			for _, step := range first {
				from = append(from, step)
			}
			for _, from := range from {
				resumed := newChain(t, config, losses)
				resumed.prepared = true
				require.NoError(t, resumed.Run(context.Background(), from/3)) // a used chain must do, too
				restore(t, resumed, ends[from])
				require.Equal(t, ends[from], save(t, resumed))
				require.NoError(t, resumed.Run(context.Background(), c.steps))
				require.Equal(t, ends[c.steps], save(t, resumed), "from step %d", from)
			}
		})
	}
}

// Once there are references, a step does not allocate, nor does a new one.
func TestStepWithReferencesDoesNotAllocate(t *testing.T) {
	for _, estimate := range []minibatch.Estimate{minibatch.Weighted, minibatch.Controlled} {
		config, sloped := referencedConfig(t, 400, 3, 2, 0.5, estimate)
		for name, losses := range map[string]Losses{"sloped": &steady{slopedRegression: sloped}, "plain": sloped.regression} {
			chain := newChain(t, config, losses)
			require.NoError(t, chain.Run(context.Background(), 500))
			require.Equal(t, 3, live(chain))
			assert.Zero(t, testing.AllocsPerRun(500, func() { _, _ = chain.Step() }), "%v, %s", estimate, name)
			references := chain.comparison.references
			assert.Zero(t, testing.AllocsPerRun(10, func() {
				references.renew(&references.of[1], chain.Trajectory().Model(1))
				_, _ = chain.Step()
			}), "%v, %s", estimate, name)
		}
	}
}

// steady is a slopedRegression whose Gradient does not allocate.
type steady struct {
	slopedRegression
	sum []float64
}

func (s *steady) Gradient(dst []float32, losses []float64, model []float32) {
	if s.sum == nil {
		s.sum = make([]float64, s.params)
	}
	clear(s.sum)
	for i := range s.n {
		row := s.x[i*s.params : (i+1)*s.params]
		z := 0.0
		for a, x := range row {
			z += x * float64(model[a])
		}
		losses[i] = softPlus(-z)
		for a, x := range row {
			s.sum[a] -= x / (1 + math.Exp(z)) / float64(s.n)
		}
	}
	for a := range dst {
		dst[a] = float32(s.sum[a])
	}
}

// An inspector is an acceptance test that looks at the comparisons and tosses a
// coin. It makes references grow old at times.
type inspector struct {
	look      func(*comparison)
	decisions int
}

func (*inspector) References() (useful, needed bool, least float64) { return true, true, 0 }

func (i *inspector) Decide(d minibatch.Differences, _ float64, source rand.Source) (minibatch.Decision, error) {
	i.look(d.(*comparison))
	i.decisions++
	cost := 1.0
	if i.decisions%50 == 0 {
		cost = 1e9
	}
	return minibatch.Decision{Accepted: source.Uint64()&1 == 0, By: minibatch.Other, Estimate: minibatch.Controlled, Cost: cost}, nil
}

// What a comparison says by its references agrees with sums written out: the mean
// slope with the gradients, and with the mean of all samples' slopes; the
// differences with those that need no reference.
func TestComparisonBySlopes(t *testing.T) {
	const n = 50
	for _, width := range []int{1, 2, 3} {
		for _, fraction := range []float64{1, 0.5} {
			config, losses := referencedConfig(t, n, 3, width, fraction, 0)
			var chain *Chain
			looks, ages := 0, 0
			look := func(c *comparison) {
				all, weights := make([]int, n), make([]float64, n)
				for i := range all {
					all[i], weights[i] = i, 1
				}
				strata := c.Strata()
				if len(strata) == 0 {
					return
				}
				looks++
				require.Len(t, strata, width)
				mean, scale, known := c.Slope()
				require.True(t, known)

				byGradient, byHand, step, distance := 0.0, make([]float64, n), 0.0, 0.0
				wantScale := 0.0
				gradient, unused := make([]float32, 4), make([]float64, n)
				for k := range width {
					ref := &c.references.of[c.times[0]+k]
					before, after := chain.current.Model(c.times[0]+k), chain.proposed.Model(c.times[0]+k)
					losses.Gradient(gradient, unused, ref.model)
					require.NotEqual(t, before, after)
					step, distance = 0, 0
					for a, g := range gradient {
						move := float64(after[a]) - float64(before[a])
						byGradient += move * float64(g)
						step += move * move
						middle := (float64(after[a])+float64(before[a]))/2 - float64(ref.model[a])
						distance += middle * middle
					}
					wantScale += step * distance
					for i := range n {
						row, z, along := losses.x[i*4:(i+1)*4], 0.0, 0.0
						for a, x := range row {
							z += x * float64(ref.model[a])
							along += x * (float64(after[a]) - float64(before[a]))
						}
						byHand[i] -= along / (1 + math.Exp(z))
					}
					if ref.decisions > 0 {
						ages++
					}
				}
				assert.InDelta(t, byGradient, mean, 1e-6*math.Sqrt(step))
				assert.InEpsilon(t, math.Sqrt(wantScale)+1e-12, scale+1e-12, 1e-4)

				dst, slopes, want := make([]float64, n), make([]float64, n), make([]float64, n)
				require.NoError(t, c.Weighted(dst, slopes, all, weights))
				require.NoError(t, c.Differences(want, all))
				assert.Equal(t, want, dst)
				sum := 0.0
				for i, slope := range slopes {
					assert.InDelta(t, byHand[i], slope, 1e-6)
					sum += slope / n
				}
				assert.InDelta(t, mean, sum, 1e-6*math.Sqrt(step))
				clear(dst)
				require.NoError(t, c.Weighted(dst, nil, all, weights))
				assert.Equal(t, want, dst)
			}
			config.Test = &inspector{look: look}
			chain = newChain(t, config, losses)
			require.NoError(t, chain.Run(context.Background(), 300))
			assert.Greater(t, looks, 200)
			assert.Greater(t, ages, 200, "references of before the state")
			assert.Greater(t, chain.Stats().References, 3, "renewed")
		}
	}
}

// rejecting is the adaptive test, but rejects what it would accept, so that the
// state stays.
type rejecting struct{ *minibatch.Adaptive }

func (r rejecting) Clone() minibatch.Test { return rejecting{r.Adaptive.Clone().(*minibatch.Adaptive)} }

func (r rejecting) Decide(d minibatch.Differences, s float64, source rand.Source) (minibatch.Decision, error) {
	decision, err := r.Adaptive.Decide(d, s, source)
	decision.Accepted = false
	return decision, err
}

// The loss estimates of a model are right on the average although samples of large
// losses are drawn more often.
func TestLossEstimatesOfWeightedDraws(t *testing.T) {
	for _, estimate := range []minibatch.Estimate{minibatch.Weighted, minibatch.Controlled} {
		config, losses := referencedConfig(t, 2000, 2, 1, 1, estimate)
		config.Test = rejecting{config.Test.(*minibatch.Adaptive)}
		config.Sigma /= 3
		chain := newChain(t, config, losses)
		require.NoError(t, chain.Run(context.Background(), 200))
		exact := make([]float64, 2)
		require.NoError(t, chain.MeanLosses(exact))
		var estimates moments
		for range 3000 {
			step, err := chain.Step()
			require.NoError(t, err)
			require.Equal(t, estimate, step.Estimate)
			if step.By != minibatch.FullData {
				estimates.add(chain.ModelLossEstimate(step.First) - exact[step.First])
			}
		}
		require.Greater(t, estimates.n, 2000.0)
		assert.Less(t, math.Abs(estimates.score(0)), 4.0, "%v", estimate)
	}
}

// A tally counts what losses are asked for.
type tally struct {
	slopedRegression
	gradients int
	losses    int
	spoil     func(gradient []float32, losses []float64)
}

func (c *tally) Gradient(dst []float32, losses []float64, model []float32) {
	c.gradients++
	c.slopedRegression.Gradient(dst, losses, model)
	if c.spoil != nil {
		c.spoil(dst, losses)
	}
}

func (c *tally) Losses(dst [][]float64, models [][]float32, samples []int) {
	c.losses += len(models) * len(samples)
	c.slopedRegression.Losses(dst, models, samples)
}

func (c *tally) LossesAndSlopes(dst [][]float64, models [][]float32, slopes [][]float64, references, directions [][]float32, samples []int) {
	c.losses += len(models) * len(samples)
	c.slopedRegression.LossesAndSlopes(dst, models, slopes, references, directions, samples)
}

// Tests that have no use for references do not get any.
func TestNoReferencesWithoutUse(t *testing.T) {
	const n = 300
	for name, test := range map[string]minibatch.Test{
		"uniform":    adaptive(t, n, minibatch.AdaptiveConfig{Estimate: minibatch.Uniform}),
		"stopping":   adaptive(t, n, minibatch.AdaptiveConfig{Rule: minibatch.Stopping}),
		"barker":     barker(t, n),
		"metropolis": metropolis(t, n),
	} {
		config, sloped := referencedConfig(t, n, 3, 1, 1, 0)
		config.Test = test
		losses := &tally{slopedRegression: sloped}
		chain := newChain(t, config, losses)
		require.NoError(t, chain.Run(context.Background(), 300))
		assert.Zero(t, chain.Stats().References, name)
		assert.Zero(t, losses.gradients, name)
		assert.Zero(t, chain.Stats().Estimates[minibatch.Weighted]+chain.Stats().Estimates[minibatch.Controlled], name)
		assert.Equal(t, chain.Stats().Evaluations, losses.losses, name)
	}
}

// References with numbers that are not finite do no harm.
func TestReferencesThatAreNotFinite(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		spoil  func(gradient []float32, losses []float64)
		slopes bool // can be used
	}{
		"gradient NaN":    {func(gradient []float32, _ []float64) { gradient[1] = float32(nan) }, false},
		"gradient Inf":    {func(gradient []float32, _ []float64) { gradient[0] = float32(inf) }, false},
		"losses NaN":      {func(_ []float32, losses []float64) { losses[7] = nan }, true},
		"losses Inf":      {func(_ []float32, losses []float64) { losses[7], losses[8] = inf, -inf }, true},
		"all losses NaN":  {func(_ []float32, losses []float64) { fill(losses, nan) }, true},
		"all losses +Inf": {func(_ []float32, losses []float64) { fill(losses, inf) }, true},
	} {
		for _, estimate := range []minibatch.Estimate{0, minibatch.Controlled} {
			config, sloped := referencedConfig(t, 400, 2, 1, 1, estimate)
			chain := newChain(t, config, &tally{slopedRegression: sloped, spoil: c.spoil})
			require.NoError(t, chain.Run(context.Background(), 500), name)
			stats := chain.Stats()
			assert.Positive(t, stats.References, name)
			assert.Greater(t, stats.Acceptance(), 0.1, name)
			if estimate != 0 {
				assert.Equal(t, c.slopes, stats.Estimates[minibatch.Controlled] > 0, name)
				assert.Equal(t, !c.slopes, stats.Estimates[minibatch.Weighted] > 0, name)
			} else if !c.slopes {
				assert.Zero(t, stats.Estimates[minibatch.Controlled], name)
			}
		}
	}
}

func fill(x []float64, value float64) {
	for i := range x {
		x[i] = value
	}
}

// Where a chunk of uniform draws is enough, references are tried now and then and
// given up. What the trials take is little.
func TestReferencesThatDoNotPayAreGivenUp(t *testing.T) {
	const n, steps = 1000, 60_000
	config, sloped := referencedConfig(t, n, 2, 1, 1, 0)
	config.S, config.Sigma = 30, 0.1
	losses := &tally{slopedRegression: sloped}
	chain := newChain(t, config, losses)
	lived := 0
	require.NoError(t, chain.Run(context.Background(), steps, EachStep(func(chain *Chain, _ Step) error {
		if live(chain) > 0 {
			lived++
		}
		return nil
	})))
	stats := chain.Stats()
	assert.Less(t, stats.MeanBatch(), 40.0)
	assert.Equal(t, stats.References, losses.gradients)
	assert.Positive(t, stats.References, "none was tried")
	assert.Less(t, stats.References, 10)
	assert.Less(t, lived, steps/20)
	trials := gradientPrice * float64(n*stats.References)
	t.Logf("%d references, in %d of %d steps, %.2g of the losses", stats.References, lived, steps, trials/float64(losses.losses))
	assert.Less(t, trials, 0.1*float64(losses.losses))

	// A chain that goes on has the same patience.
	require.Greater(t, chain.comparison.references.patience, impatience)
	resumed, file := newChain(t, config, losses), save(t, chain)
	restore(t, resumed, file)
	assert.Equal(t, file, save(t, resumed))
}

// Where they pay, references are made and used, and save losses.
func TestReferencesPay(t *testing.T) {
	const n, steps = 4000, 3000
	spent := map[minibatch.Estimate]float64{}
	for _, estimate := range []minibatch.Estimate{0, minibatch.Uniform} {
		config, sloped := referencedConfig(t, n, 2, 1, 1, estimate)
		losses := &tally{slopedRegression: sloped}
		chain := newChain(t, config, losses)
		require.NoError(t, chain.Run(context.Background(), steps))
		stats := chain.Stats()
		spent[estimate] = float64(losses.losses) + slopePrice*float64(stats.Slopes) + gradientPrice*float64(n*stats.References)
		if estimate == 0 {
			assert.Greater(t, stats.Estimates[minibatch.Controlled], steps/2)
			assert.Equal(t, stats.References, losses.gradients)
		}
	}
	t.Logf("%.3g of the losses", spent[0]/spent[minibatch.Uniform])
	assert.Less(t, spent[0], 0.5*spent[minibatch.Uniform])
}

const slopePrice = 2.0 // as package minibatch has it

// A trajectory that is set far from the references makes the chain get others, and
// the chain finds back to where it was.
func TestSetTrajectoryFarFromReferences(t *testing.T) {
	for _, estimate := range []minibatch.Estimate{0, minibatch.Weighted, minibatch.Controlled} {
		config, losses := referencedConfig(t, 1000, 2, 1, 1, estimate)
		chain := newChain(t, config, losses)
		require.NoError(t, chain.Run(context.Background(), 1000))
		require.Positive(t, live(chain), "%v", estimate)
		made := chain.Stats().References
		distance := func() float64 {
			sum := 0.0
			for k, model := range chain.Trajectory().Models() {
				for a, x := range model {
					sum += math.Pow(float64(x-config.Start.Model(k)[a])/config.Sigma, 2)
				}
			}
			return math.Sqrt(sum)
		}
		usual := 0.0
		require.NoError(t, chain.Run(context.Background(), 2000, EachStep(func(*Chain, Step) error {
			usual = max(usual, distance())
			return nil
		})))
		far := chain.Trajectory().Clone()
		for i := range far.values {
			far.values[i] += float32(10 * config.Sigma)
		}
		require.NoError(t, chain.SetTrajectory(far))
		require.Greater(t, distance(), 2*usual)
		require.NoError(t, chain.Run(context.Background(), 5000))
		assert.Less(t, distance(), usual, "%v", estimate)
		assert.Greater(t, chain.Stats().References, made, "%v", estimate)
		for i := range chain.comparison.references.of {
			ref := &chain.comparison.references.of[i]
			if !ref.live {
				continue
			}
			for a, x := range ref.model {
				assert.Less(t, math.Abs(float64(x-config.Start.Model(i)[a])), 8*config.Sigma, "%v", estimate)
			}
		}
	}
}

// At fixed proposals the acceptance is Barker's wherever the references are, as
// long as their gradients are those there.
func TestBadReferencesDoNoHarm(t *testing.T) {
	const n = 500
	decisions := 5_000
	if *long {
		decisions = 500_000
	}
	bad := map[string]func(model []float32, sigma float64, source *rand.Rand){
		"near": func([]float32, float64, *rand.Rand) {},
		"off": func(model []float32, sigma float64, source *rand.Rand) {
			for a := range model {
				model[a] += float32(3 * sigma * source.NormFloat64())
			}
		},
		"far": func(model []float32, sigma float64, source *rand.Rand) {
			for a := range model {
				model[a] += float32(100 * sigma * source.NormFloat64())
			}
		},
		"opposite": func(model []float32, _ float64, _ *rand.Rand) {
			for a := range model {
				model[a] *= -3
			}
		},
	}
	for name, corrupt := range bad {
		for _, estimate := range []minibatch.Estimate{minibatch.Weighted, minibatch.Controlled} {
			for _, width := range []int{1, 2} {
				if width == 2 && name != "off" && !*long {
					continue
				}
				t.Run(fmt.Sprintf("%s, %v, width %d", name, estimate, width), func(t *testing.T) {
					t.Parallel()
					config, losses := referencedConfig(t, n, 2, width, 1, estimate)
					config.Sigma /= 4
					for i := range config.Start.values { // where proposals make a difference
						config.Start.values[i] += float32(20 * config.Sigma)
					}
					chain := newChain(t, config, losses)
					c, r := chain.comparison, normalSource(600)
					for k, model := range chain.Trajectory().Models() {
						there := append([]float32(nil), model...)
						corrupt(there, config.Sigma, r)
						c.references.renew(&c.references.of[k], there)
					}
					all := make([]int, n)
					for i := range all {
						all[i] = i
					}
					for range 3 {
						var p Proposal
						require.NoError(t, chain.propose(chain.proposer, &p, config.S, chain.source))
						c.set(&p, chain.times[p.First:p.First+p.Width], p.Known)
						require.Len(t, c.Strata(), width)
						differences := make([]float64, n)
						require.NoError(t, c.Differences(differences, all))
						delta := 0.0
						for _, d := range differences {
							delta -= config.S * d / n
						}
						want := 1 / (1 + math.Exp(-delta))
						test, source := adaptive(t, n, minibatch.AdaptiveConfig{Estimate: estimate}), random.Source(601)
						accepted, drawn := 0.0, 0
						for i := range 500 + decisions {
							decision, err := test.Decide(c, config.S, source)
							require.NoError(t, err)
							if i >= 500 && decision.Accepted {
								accepted++
							}
							drawn += decision.Samples
						}
						rate := accepted / float64(decisions)
						standardError := math.Sqrt(want * (1 - want) / float64(decisions))
						assert.InDelta(t, want, rate, 0.001+4*standardError, "Δ = %v, b = %d", delta, drawn/(500+decisions))
						p.assign(chain.proposed, chain.current)
					}
				})
			}
		}
	}
}

// References that are not as they were written are refused, and the chain stays as
// it is.
func TestDamagedReferencesAreRefused(t *testing.T) {
	config, losses := referencedConfig(t, 50, 2, 1, 1, minibatch.Controlled)
	chain := newChain(t, config, losses)
	require.NoError(t, chain.Run(context.Background(), 50))
	require.Equal(t, 2, live(chain))
	whole := save(t, chain)
	other := newChain(t, config, losses)
	require.NoError(t, other.Run(context.Background(), 20))
	before := save(t, other)
	for _, c := range []struct {
		problem, name string
		data          any
		shape         []int
	}{
		{`no array "references"`, "references", nil, nil},
		{`no array "strata"`, "strata", nil, nil},
		{`no array "gradients"`, "gradients", nil, nil},
		{`no array "accounts"`, "accounts", nil, nil},
		{"has the shape [1 4], want [2 4]", "references", make([]float32, 4), []int{1, 4}},
		{"has the shape [2 49], want [2 50]", "strata", make([]byte, 98), []int{2, 49}},
		{"the level of sample 49 is 200", "strata", append(make([]byte, 99), 200), []int{2, 50}},
		{"number 2 of accounts is +Inf", "accounts", []float64{2: math.Inf(1), 14: 0}, []int{15}},
	} {
		file, err := npz.Read(whole)
		require.NoError(t, err)
		delete(file, c.name)
		var arrays []npz.Array
		for _, name := range file.Names() {
			arrays = append(arrays, file[name])
		}
		if c.data != nil {
			arrays = append(arrays, npz.Array{Name: c.name, Shape: c.shape, Data: c.data})
		}
		var b bytes.Buffer
		require.NoError(t, npz.Write(&b, arrays...))
		err = other.ReadCheckpoint(&b)
		require.ErrorIs(t, err, ErrDamaged)
		require.ErrorContains(t, err, c.problem)
		require.Equal(t, before, save(t, other), c.problem)
	}
	restore(t, other, whole)
	require.Equal(t, whole, save(t, other))
}

// A test that needs references has them from the first step on. Models that are the
// same pay for one.
func TestReferencesAreThereFromTheStart(t *testing.T) {
	for _, sweep := range []bool{false, true} {
		config, losses := referencedConfig(t, 200, 5, 1, 1, minibatch.Controlled)
		config.Sweep = sweep
		start, err := NewTrajectory(5, losses.Params())
		require.NoError(t, err)
		copy(start.Model(3), make([]float32, losses.Params()))
		start.Model(3)[0] = 0.1
		config.Start = start
		chain := newChain(t, config, losses)
		step, err := chain.Step()
		require.NoError(t, err)
		require.Equal(t, minibatch.Controlled, step.Estimate)
		require.Equal(t, 2, chain.Stats().References, "one of model 3, one of all others")
		for range 4 {
			step, err := chain.Step()
			require.NoError(t, err)
			require.Equal(t, minibatch.Controlled, step.Estimate)
		}
		for range 3000 {
			_, err := chain.Step()
			require.NoError(t, err)
		}
	}
}
