package langevin

import (
	"bytes"
	"context"
	"encoding/gob"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The bias of MCLMC is that of an integrator of second order: a quarter for half the step. A
// test that has no Metropolis step to correct it sees it: this is a control of
// TestSamplersWithATestAreExact too, whose steps are as long.
func TestMCLMCBiasFallsWithTheStep(t *testing.T) {
	model := meanSquare{conditioned(50, 100)}
	steps := 60_000
	if *long {
		steps *= 20
	}
	bias := func(step float64, leapfrog bool) (bias, deviation float64) {
		o, _ := sample(t, model, Config{Sampler: MCLMC{Step: step, Length: 8, Leapfrog: leapfrog}, Seed: 1}, 2000, steps)
		return o.mean[0] - 1, o.deviation[0]
	}
	for name, c := range map[string]struct {
		step     float64
		leapfrog bool
	}{"minimal norm": {4, false}, "leapfrog": {2, true}} {
		large, largeError := bias(c.step, c.leapfrog)
		small, smallError := bias(c.step/2, c.leapfrog)
		t.Logf("%s: bias of the variances %.4f ± %.4f at a step of %v, %.4f ± %.4f at half of it", name, large, largeError, c.step, small, smallError)
		assert.Greater(t, math.Abs(large), 6*largeError, name)
		assert.Less(t, math.Abs(small), math.Abs(large)/2, name)
		// The next order adds to the bias at the large step: about a fifth, measured.
		assert.InDelta(t, large/4.6, small, 4*smallError, name)
	}
}

// meanSquare is a Gaussian of which only the mean of squares is asked for.
type meanSquare struct{ gaussian }

func (m meanSquare) functions(dst []float64, params []float32) {
	values := make([]float64, 2*len(params)+1)
	m.gaussian.functions(values, params)
	dst[0] = values[2*len(params)]
}

func (m meanSquare) expected() (means, variances []float64) {
	return []float64{1}, []float64{2 / float64(len(m.gaussian))}
}

// The tuner finds a step at which the energy error of a step has the variance that was
// asked for, up to a factor that its own estimate has, and lengths that are of the size of
// the target.
func TestMCLMCTuning(t *testing.T) {
	model := conditioned(50, 100)
	for _, c := range []MCLMC{
		{Tuning: MCLMCTuning{Steps: 6000}},
		{Step: 100, Length: 1, Tuning: MCLMCTuning{Steps: 6000, EnergyVariance: 1e-2}},
		{Tuning: MCLMCTuning{Steps: 6000, EnergyVariance: 0.1, FinalEnergyVariance: 1e-3, Precondition: true}},
		{Leapfrog: true, Tuning: MCLMCTuning{Steps: 6000, Shares: [3]float64{2, 1, 0}}},
	} {
		chain, err := NewChain(Config{Sampler: c, S: 1, Seed: 3}, model)
		require.NoError(t, err)
		require.NoError(t, chain.Run(context.Background(), 6000))
		tuned := chain.Tuned().(MCLMC)
		// The same sampler goes on from there.
		chain, err = NewChain(Config{Sampler: tuned, S: 1, Seed: 4, Start: chain.Params()}, model)
		require.NoError(t, err)
		stepper, state := chain.stepper.(*mclmc), chain.state
		sum := 0.0
		const steps = 4000
		for range steps {
			e, err := stepper.integrate(state)
			require.NoError(t, err)
			stepper.refresh()
			sum += e * e / float64(len(model)) / steps
		}
		settings, err := c.Tuning.withDefaults(c.Step, c.Length)
		require.NoError(t, err)
		t.Logf("%v: step %.3f, length %.2f, energy variance %.2g, wanted %v", c, tuned.Step, tuned.Length, sum, settings.FinalEnergyVariance)
		assert.InDelta(t, 0, math.Log(sum/settings.FinalEnergyVariance), 1.5)
		spread := 0.0
		for i, sigma := range model {
			if tuned.Scale != nil {
				sigma /= float64(tuned.Scale[i])
			}
			spread += sigma * sigma
		}
		assert.InDelta(t, 0, math.Log(tuned.Length/math.Sqrt(spread)), 1.5)
		if c.Tuning.Precondition {
			for i, sigma := range model {
				assert.InDelta(t, 0, math.Log(float64(tuned.Scale[i])/sigma), 0.7, i)
			}
		} else {
			assert.Nil(t, tuned.Scale)
		}
	}
}

// A start from which the first steps lead to infinity is recovered from while the chain is
// tuned, and else an error when a hundred steps in a row are put back.
func TestMCLMCPutsBack(t *testing.T) {
	model := banana{bend: 1e15, width: 1e-15}
	chain, err := NewChain(Config{Sampler: MCLMC{Step: 1e12}, S: 1, Start: []float32{1, 1}}, model)
	require.NoError(t, err)
	require.NoError(t, chain.Run(context.Background(), 200))
	assert.Less(t, chain.StepSize(), 1e6)
	assert.Less(t, chain.Stats().Accepted, 200)
	chain, err = NewChain(Config{Sampler: MCLMC{Step: 1e38, Length: 1}, S: 1, Start: []float32{1, 1}}, model)
	require.NoError(t, err)
	var loss *LossError
	require.ErrorAs(t, chain.Run(context.Background(), 200), &loss)
	assert.Equal(t, 1e38, loss.StepSize)
	assert.Equal(t, mostPutBack, loss.Step)
	assert.Equal(t, mostPutBack, chain.Stats().Steps)
	assert.Zero(t, chain.Stats().Accepted)
}

// A box is the uniform distribution on (−1, 1) in each dimension: outside there is no loss.
type box int

func (b box) Samples() int { return 1 }
func (b box) Params() int  { return int(b) }

func (b box) Gradient(dst, params []float32, _ []int) (loss float64) {
	clear(dst)
	for _, x := range params {
		if !(x > -1 && x < 1) {
			return math.NaN()
		}
	}
	return 0
}

// functions has the coordinates, their squares, and the products of neighbors' squares.
func (b box) functions(dst []float64, params []float32) {
	for i, x := range params {
		next := float64(params[(i+1)%len(params)])
		dst[i], dst[int(b)+i], dst[2*int(b)+i] = float64(x), float64(x)*float64(x), float64(x)*float64(x)*next*next
	}
}

func (b box) expected() (means, variances []float64) {
	for k := range 3 * int(b) {
		means = append(means, []float64{0, 1.0 / 3, 1.0 / 9}[k/int(b)])
		variances = append(variances, []float64{1.0 / 3, 4.0 / 45, 1.0/25 - 1.0/81}[k/int(b)])
	}
	return means, variances
}

// Where the loss is not finite a chain turns round, and samples what is left of the space
// without bias, however many steps are put back.
func TestMCLMCInABox(t *testing.T) {
	steps := 60_000
	if *long {
		steps *= 20
	}
	for _, step := range []float64{0.2, 1} {
		o, chain := sample(t, box(3), Config{Sampler: MCLMC{Step: step, Length: 1}, S: 1, Seed: 2}, 100, steps)
		worst, k := o.worst()
		stats := chain.Stats()
		t.Logf("step %v: %.2f put back, worst %.1f standard errors (function %d)\n%s", step, 1-float64(stats.Accepted)/float64(stats.Steps), worst, k, o)
		assert.Less(t, worst, 4.0)
		assert.Greater(t, stats.Steps-stats.Accepted, steps/20)
	}
}

// A steepBox has losses everywhere, but no gradients outside of the box.
type steepBox struct{ box }

func (b steepBox) Gradient(dst, params []float32, samples []int) float64 {
	if loss := b.box.Gradient(dst, params, samples); loss == 0 {
		return 0
	}
	for i := range dst {
		dst[i] = float32(math.NaN())
	}
	return 0
}

// A gradient that is not finite puts a step back as a loss does.
func TestMCLMCPutsBackGradients(t *testing.T) {
	config := Config{Sampler: MCLMC{Step: 1, Length: 1}, S: 1, Start: make([]float32, 3)}
	a, err := NewChain(config, box(3))
	require.NoError(t, err)
	b, err := NewChain(config, steepBox{3})
	require.NoError(t, err)
	require.NoError(t, a.Run(context.Background(), 200))
	require.NoError(t, b.Run(context.Background(), 200))
	assert.Equal(t, a.Params(), b.Params())
	assert.Less(t, a.Stats().Accepted, 200)
	config.Sampler = MCLMC{Step: 5, Length: 1}
	b, err = NewChain(config, steepBox{3})
	require.NoError(t, err)
	assert.ErrorContains(t, b.Run(context.Background(), 200), "the gradient is not finite, but the loss is 0 at step 100")
}

// How often a chain was put back in a row is in its checkpoints.
func TestMCLMCPutBackCheckpoint(t *testing.T) {
	config := Config{Sampler: MCLMC{Step: 5, Length: 1}, S: 1, Start: make([]float32, 3)}
	chain, err := NewChain(config, box(3))
	require.NoError(t, err)
	require.NoError(t, chain.Run(context.Background(), 60))
	var file bytes.Buffer
	require.NoError(t, chain.WriteCheckpoint(&file))
	again, err := NewChain(config, box(3))
	require.NoError(t, err)
	require.NoError(t, again.ReadCheckpoint(&file))
	for _, c := range []*Chain{chain, again} {
		var loss *LossError
		require.ErrorAs(t, c.Run(context.Background(), 200), &loss)
		assert.Equal(t, mostPutBack, loss.Step)
	}
	s := mclmcState{Step: 1, Length: 1, Direction: make([]float32, 3), PutBack: mostPutBack + 1}
	var state bytes.Buffer
	require.NoError(t, gob.NewEncoder(&state).Encode(s))
	assert.ErrorContains(t, again.stepper.(*mclmc).UnmarshalBinary(state.Bytes()), "the state of MCLMC is not one")
}

// Parameters that are fixed stay where they are, and the others have their distribution.
func TestIsokineticFixed(t *testing.T) {
	model := conditioned(20, 10)
	for _, sampler := range []Sampler{
		MCLMC{Tuning: MCLMCTuning{Steps: 2000, EnergyVariance: 1e-6}},
		MCLMC{Tuning: MCLMCTuning{Steps: 2000, EnergyVariance: 1e-6, Precondition: true}},
		AdjustedMCLMC{Tuning: AdjustedTuning{Precondition: true}},
		HMC{},
	} {
		start := make([]float32, 20)
		start[3], start[19] = 5, -2
		o, chain := sample(t, model, Config{Sampler: sampler, S: 1, Seed: 1, Start: start, Fixed: []int{19, 3}}, 2000, 20_000)
		assert.Equal(t, float32(5), chain.Params()[3])
		assert.Equal(t, float32(-2), chain.Params()[19])
		for k := range 40 {
			if k%20 == 3 || k%20 == 19 {
				continue
			}
			assert.InDelta(t, o.expected[k], o.mean[k], 4*o.deviation[k]+0.005, "%v: function %d", sampler, k)
		}
		_, err := NewChain(Config{Sampler: chain.Tuned(), S: 1, Start: start, Fixed: []int{3, 19}}, model)
		require.NoError(t, err)
	}
}

// With β the target is that of the potential β times as large.
func TestHamiltonianBeta(t *testing.T) {
	model := conditioned(20, 10)
	for _, sampler := range []Sampler{
		MCLMC{Tuning: MCLMCTuning{Steps: 2000, EnergyVariance: 1e-6}}, AdjustedMCLMC{}, HMC{},
	} {
		o, _ := sample(t, model, Config{Sampler: sampler, S: 1, Beta: 4, Seed: 1}, 2000, 20_000)
		for k := 20; k < 41; k++ {
			assert.InDelta(t, 0.25, o.mean[k], 4*o.deviation[k]+0.002, "%v: function %d", sampler, k)
		}
	}
}

func TestHamiltonianErrors(t *testing.T) {
	model := conditioned(4, 10)
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Sampler: MCLMC{Step: -1}}, "MCLMC.Step = -1"},
		{Config{Sampler: MCLMC{Length: math.NaN()}}, "MCLMC.Length = NaN"},
		{Config{Sampler: MCLMC{Scale: []float32{1}}}, "MCLMC.Scale has 1 numbers, want the number of parameters, 4"},
		{Config{Sampler: MCLMC{Scale: []float32{1, 1, 0, 1}}}, "MCLMC.Scale[2] = 0"},
		{Config{Sampler: MCLMC{}, Fixed: []int{0, 1, 2}}, "MCLMC has 1 parameter that is free, want at least 2"},
		{Config{Sampler: MCLMC{Tuning: MCLMCTuning{Steps: 3}}}, "MCLMCTuning.Steps = 3"},
		{Config{Sampler: MCLMC{Tuning: MCLMCTuning{Shares: [3]float64{0, 1, 1}}}}, "MCLMCTuning.Shares[0] = 0"},
		{Config{Sampler: MCLMC{Tuning: MCLMCTuning{Shares: [3]float64{1, -1, 1}}}}, "MCLMCTuning.Shares[1] = -1"},
		{Config{Sampler: MCLMC{Tuning: MCLMCTuning{Memory: 1}}}, "MCLMCTuning.Memory = 1"},
		{Config{Sampler: MCLMC{Tuning: MCLMCTuning{Trust: -1}}}, "MCLMCTuning.Trust = -1"},
		{Config{Sampler: MCLMC{Tuning: MCLMCTuning{Shares: [3]float64{1, 0, 1}, Precondition: true}}}, "Precondition is set, but Shares[1] = 0"},
		{Config{Sampler: AdjustedMCLMC{Step: 1, Length: 0.5}}, "AdjustedMCLMC.Length = 0.5"},
		{Config{Sampler: AdjustedMCLMC{Refresh: -1}}, "AdjustedMCLMC.Refresh = -1"},
		{Config{Sampler: AdjustedMCLMC{Tuning: AdjustedTuning{Target: 1}}}, "AdjustedTuning.Target = 1"},
		{Config{Sampler: AdjustedMCLMC{Tuning: AdjustedTuning{Steps: 5}}}, "AdjustedTuning.Steps = 5"},
		{Config{Sampler: HMC{Step: math.Inf(1)}}, "HMC.Step = +Inf"},
		{Config{Sampler: HMC{Steps: -1}}, "HMC.Steps = -1"},
		{Config{Sampler: HMC{Steps: 1, Time: 1}}, "HMC.Steps = 1 and HMC.Time = 1 are both set"},
		{Config{Sampler: HMC{Time: -1}}, "HMC.Time = -1"},
		{Config{Sampler: HMC{Jitter: 1}}, "HMC.Jitter = 1"},
		{Config{Sampler: HMC{Masses: []float32{1, 1, -1, 1}}}, "HMC.Masses[2] = -1"},
		{Config{Sampler: HMC{Tuning: DualAveraging{Target: 2}}}, "DualAveraging.Target = 2"},
		{Config{Sampler: HMC{Tuning: DualAveraging{Steps: -2}}}, "DualAveraging.Steps = -2"},
	} {
		_, err := NewChain(c.config, model)
		assert.ErrorContains(t, err, c.want)
	}
	many := repeated{model, 8}
	for _, sampler := range []Sampler{HMC{}, AdjustedMCLMC{}, MCLMC{}} {
		_, err := NewChain(Config{Sampler: sampler, Batch: 4}, many)
		assert.ErrorContains(t, err, "minibatches of 4 of 8 samples")
	}
	chain, err := NewChain(Config{Sampler: MCLMC{Step: 0.1, Length: 1}, Batch: 4}, many)
	require.NoError(t, err)
	require.NoError(t, chain.Run(context.Background(), 10))
	assert.Equal(t, 21*4, chain.Stats().Samples)
}

// A repeated model has its one sample several times.
type repeated struct {
	target
	samples int
}

func (r repeated) Samples() int { return r.samples }
