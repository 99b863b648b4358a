package langevin

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/tps"
)

// mileOfTarget runs MILE on a target with steps so short that the bias of its chains is
// smaller than the standard errors, and returns what the draws say.
func mileOfTarget(t *testing.T, model target, sampler MCLMC, members, draws int) outcome {
	config := MILEConfig{
		Members: members, Draws: draws, Thin: 4, Prior: Priors{}, Seed: 1, Sampler: sampler,
		Training: MILETraining{Validation: -1, Epochs: 50},
	}
	start := func(params []float32, source rand.Source) { nn.InitNormal(params, 1, source) }
	result, err := MILEOf(context.Background(), []Gradient{model}, start, config)
	require.NoError(t, err)
	require.Len(t, result.Models(), members*draws)
	means, variances := model.expected()
	o := outcome{expected: means, mean: make([]float64, len(means)), deviation: make([]float64, len(means))}
	values := make([]float64, len(means))
	for k := range means {
		chains := make([]float64, 0, draws)
		for _, m := range result.Members {
			chains = chains[:0]
			for _, params := range m.Draws {
				model.functions(values, params)
				chains = append(chains, values[k])
			}
			o.mean[k] += stat.Mean(chains, nil) / float64(members)
			o.deviation[k] = math.Hypot(o.deviation[k], deviation(chains, variances[k])/float64(members))
		}
	}
	return o
}

func TestMILEOfTargets(t *testing.T) {
	tuned := MCLMC{Tuning: MCLMCTuning{Steps: 4000, EnergyVariance: 1e-6, FinalEnergyVariance: 1e-6, Shares: [3]float64{1, 1, 1}}}
	kappa, step, factor := 100.0, 0.2, 1
	if *long {
		kappa, step, factor = 1e4, 0.1, 20
		tuned.Tuning.EnergyVariance, tuned.Tuning.FinalEnergyVariance = 1e-7, 1e-7
	}
	for name, c := range map[string]struct {
		target
		sampler MCLMC
		draws   int
	}{
		"gaussian": {conditioned(50, kappa), tuned, 3000},
		"funnel":   {funnel{dimensions: 10, spread: 1}, tuned, 6000},
		"banana":   {banana{bend: 0.5, width: 0.5}, MCLMC{Step: step, Length: 4}, 30_000},
	} {
		o := mileOfTarget(t, c.target, c.sampler, 4, factor*c.draws)
		worst, k := o.worst()
		t.Logf("%s: worst %.1f standard errors (function %d)\n%s", name, worst, k, o)
		assert.Less(t, worst, 4.0, name)
	}
}

// wave returns n points y = sin 3x + noise of deviation 0.1, x uniform in [−1, 1).
func wave(t testing.TB, n int) *data.Dataset {
	random := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i] = 2*random.Float32() - 1
		y[i] = float32(math.Sin(3*float64(x[i])) + 0.1*random.NormFloat64())
	}
	d, err := data.NewTargets(x, []int{1}, y)
	require.NoError(t, err)
	return d
}

func waveNetwork(t testing.TB) *nn.Network {
	net, err := nn.NewNetwork([]int{1}, nn.Dense{Outputs: 8}, nn.Tanh{}, nn.Dense{Outputs: 2})
	require.NoError(t, err)
	return net
}

func waveConfig() MILEConfig {
	return MILEConfig{
		Members: 3, Draws: 50, Seed: 1,
		Training: MILETraining{Epochs: 100, Schedule: descent.Constant(0.01)},
		Sampler:  MCLMC{Tuning: MCLMCTuning{Steps: 1000}},
	}
}

// A network on a table, from the data to the committee: the draws predict better than the
// networks that they started from.
func TestMILEOfANetwork(t *testing.T) {
	d := wave(t, 400)
	train, test, err := d.Split(150, rand.NewPCG(3, 4))
	require.NoError(t, err)
	net := waveNetwork(t)
	var stages [3]int // training, tuning, sampling
	config := waveConfig()
	config.ProgressEvery = 100
	config.Progress = func(p MILEProgress) error {
		switch {
		case p.Total == 0:
			stages[0]++
		case p.Steps <= p.Tuning:
			stages[1]++
		default:
			stages[2]++
			assert.Equal(t, 1500, p.Total)
			assert.Positive(t, p.StepSize)
		}
		return nil
	}
	result, err := MILE(context.Background(), net, train, nn.GaussianExp, config)
	require.NoError(t, err)
	assert.Equal(t, [3]int{stages[0], 3 * 10, 3 * 5}, stages)
	nll := func(c *ensemble.Committee) float64 {
		r, err := c.PredictRegression(test, ensemble.TargetConfig{MeanAndScale: nn.GaussianExp.MeanAndScale})
		require.NoError(t, err)
		nll, err := r.NLL()
		require.NoError(t, err)
		return nll
	}
	committee, err := result.Committee(net)
	require.NoError(t, err)
	require.Equal(t, 150, committee.Len())
	trained, err := ensemble.New(net, result.Trained())
	require.NoError(t, err)
	// The entropy of the noise is ½ ln(2πe·0.01) = −0.884.
	t.Logf("negative log-likelihood %.3f, of the trained networks %.3f", nll(committee), nll(trained))
	assert.Less(t, nll(committee), nll(trained)-0.02)
	assert.Greater(t, nll(committee), -0.95)
	for _, m := range result.Members {
		assert.Equal(t, 1500, m.Stats.Steps)
		assert.Len(t, m.Losses, 50)
		assert.Positive(t, m.Epoch.Best)
		assert.NotEqual(t, m.Trained, m.Draws[0])
	}
	assert.NotEqual(t, result.Members[0].Trained, result.Members[1].Trained)
}

// A member is the same for any number of goroutines, and of other members.
func TestMILEIsReproducible(t *testing.T) {
	d, net := wave(t, 100), waveNetwork(t)
	run := func(goroutines, members int) []MILEMember {
		var gradients []Gradient
		for range goroutines {
			g, err := nn.NewGradients(net, d, nn.GaussianExp, nn.Config{})
			require.NoError(t, err)
			gradients = append(gradients, g)
		}
		config := waveConfig()
		config.Members, config.Draws = members, 5
		config.Sampler.Tuning.Steps = 100
		result, err := MILEOf(context.Background(), gradients, func(params []float32, source rand.Source) { nn.InitUniform(params, net, source) }, config)
		require.NoError(t, err)
		return result.Members
	}
	want := run(1, 3)
	assert.Equal(t, want, run(3, 3))
	assert.Equal(t, want[:2], run(2, 2))
}

// A run that was interrupted goes on from its checkpoints, bit for bit, also to more draws.
func TestMILECheckpoints(t *testing.T) {
	d, net := wave(t, 100), waveNetwork(t)
	config := waveConfig()
	config.Members, config.Draws = 2, 10
	config.Sampler.Tuning.Steps = 100
	want, err := MILE(context.Background(), net, d, nn.GaussianExp, config)
	require.NoError(t, err)
	stop := errors.New("stop")
	for _, at := range []int{10, 130, 190} {
		config.Dir, config.Draws, config.ProgressEvery = t.TempDir(), 10, 10
		config.Progress = func(p MILEProgress) error {
			if p.Total > 0 && p.Steps >= at {
				return stop
			}
			return nil
		}
		_, err = MILE(context.Background(), net, d, nn.GaussianExp, config)
		require.ErrorIs(t, err, stop)
		config.Progress, config.Draws = nil, 5
		if at < 150 {
			_, err = MILE(context.Background(), net, d, nn.GaussianExp, config)
			require.NoError(t, err)
		}
		config.Draws = 10
		got, err := MILE(context.Background(), net, d, nn.GaussianExp, config)
		require.NoError(t, err)
		require.Equal(t, want, got, at)
	}
	config.Seed++
	_, err = MILE(context.Background(), net, d, nn.GaussianExp, config)
	require.ErrorContains(t, err, "member of seed 1")
	var mismatch *tps.MismatchError
	require.ErrorAs(t, err, &mismatch)
	config.Seed--
	config.Sampler.Tuning.Memory = 50
	_, err = MILE(context.Background(), net, d, nn.GaussianExp, config)
	require.ErrorAs(t, err, &mismatch)
}

// wells are two normal distributions in two dimensions, far from each other: at (1000, 0), and
// at the origin, where there is no loss beyond a distance, nor anywhere else.
type wells struct{ radius float32 }

func (w wells) Samples() int { return 10 }
func (w wells) Params() int  { return 2 }

func (w wells) Gradient(dst, params []float32, _ []int) float64 {
	x, y := params[0], params[1]
	if x > 500 {
		x -= 1000
	} else if !(x*x+y*y < w.radius*w.radius) {
		return math.NaN()
	}
	dst[0], dst[1] = x, y
	return float64(x*x+y*y) / 2
}

// A member that fails has an error and what it has got; the others are as they are without
// it.
func TestMILEOfMembersThatFail(t *testing.T) {
	run := func(radius float32, starts ...[]float32) (*MILEResult, error) {
		k := 0
		begin := func(params []float32, _ rand.Source) {
			copy(params, starts[k])
			k++
		}
		return MILEOf(context.Background(), []Gradient{wells{radius}}, begin, MILEConfig{
			Members: len(starts), Draws: 200, Thin: 1, Prior: Priors{}, Sampler: MCLMC{Step: 1, Length: 2}, S: 1,
			Training: MILETraining{Validation: -1, Epochs: 5, Batch: 10},
		})
	}
	well, pit, nowhere := []float32{1001, 1}, []float32{0.1, 0}, []float32{100, 0}
	whole, err := run(1e-9, well, well, well)
	require.NoError(t, err)
	r, err := run(0.5, well, nowhere, well)
	require.NoError(t, err)
	same := func(k int) {
		want, got := whole.Members[k], r.Members[k]
		assert.Equal(t, want.Trained, got.Trained)
		assert.Equal(t, want.Draws, got.Draws)
		assert.Equal(t, want.Losses, got.Losses)
		assert.Equal(t, want.Stats, got.Stats)
		assert.NoError(t, got.Err)
	}
	same(0)
	same(2)
	assert.ErrorContains(t, r.Members[1].Err, "the training of member 1: descent: the loss is NaN")
	assert.Equal(t, r.Members[1].Err.Error(), r.Err().Error())
	assert.NoError(t, whole.Err())
	assert.Nil(t, r.Members[1].Trained)
	assert.Len(t, r.Models(), 400)
	assert.Len(t, r.Trained(), 2)

	r, err = run(0.5, pit, well, well)
	require.NoError(t, err)
	same(1)
	same(2)
	var loss *LossError
	require.ErrorAs(t, r.Members[0].Err, &loss)
	assert.ErrorContains(t, r.Members[0].Err, "the chain of member 0")
	assert.Equal(t, loss.Step, r.Members[0].Stats.Steps)
	assert.Len(t, r.Members[0].Draws, loss.Step)
	assert.Len(t, r.Trained(), 3)

	_, err = run(0.5, nowhere, nowhere)
	assert.ErrorContains(t, err, "the training of member 0")
}

// A tally is what an observer counts, and a checkpoint keeps.
type tally struct{ steps int }

func (c *tally) MarshalBinary() ([]byte, error) { return []byte(strconv.Itoa(c.steps)), nil }

func (c *tally) UnmarshalBinary(data []byte) (err error) {
	c.steps, err = strconv.Atoi(string(data))
	return err
}

// Observers see each step of each member, those before a checkpoint in its part.
func TestMILEObservers(t *testing.T) {
	d, net := wave(t, 100), waveNetwork(t)
	stop := errors.New("stop")
	config := waveConfig()
	config.Members, config.Draws, config.Dir = 2, 5, t.TempDir()
	config.Sampler.Tuning.Steps, config.Training.Epochs = 100, 5
	run := func(end int) ([]tally, error) {
		counts := make([]tally, config.Members)
		config.Parts = func(k int) []tps.Part { return []tps.Part{{Name: "tally", State: &counts[k]}} }
		config.Observers = func(k int, chain *Chain) ([]Observer, error) {
			assert.Equal(t, chain.Steps(), counts[k].steps)
			return []Observer{Every(1, func(chain *Chain) error {
				if counts[k].steps++; counts[k].steps == end {
					return stop
				}
				return nil
			})}, nil
		}
		_, err := MILE(context.Background(), net, d, nn.GaussianExp, config)
		return counts, err
	}
	_, err := run(70)
	require.ErrorIs(t, err, stop)
	for range 2 { // the second time there is nothing left to do
		counts, err := run(0)
		require.NoError(t, err)
		assert.Equal(t, []tally{{150}, {150}}, counts)
	}
	config.Observers = func(int, *Chain) ([]Observer, error) { return nil, stop }
	_, err = MILE(context.Background(), net, d, nn.GaussianExp, config)
	assert.ErrorIs(t, err, stop)
	assert.ErrorContains(t, err, "the observers of member")
}

func TestMILEEnds(t *testing.T) {
	d, net := wave(t, 100), waveNetwork(t)
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	config := waveConfig()
	config.Progress = func(p MILEProgress) error {
		if p.Total > 0 {
			cancel(stop)
		}
		return nil
	}
	_, err := MILE(ctx, net, d, nn.GaussianExp, config)
	assert.ErrorIs(t, err, stop)
	config.Progress = func(p MILEProgress) error { return stop }
	_, err = MILE(context.Background(), net, d, nn.GaussianExp, config)
	assert.ErrorIs(t, err, stop)

	for _, c := range []struct {
		config MILEConfig
		want   string
	}{
		{MILEConfig{Members: -1}, "MILEConfig.Members = -1"},
		{MILEConfig{Draws: -1}, "MILEConfig.Draws = -1"},
		{MILEConfig{Thin: -1}, "MILEConfig.Thin = -1"},
		{MILEConfig{Training: MILETraining{Validation: 1}}, "MILETraining.Validation = 1"},
		{MILEConfig{Training: MILETraining{Validation: 0.001}}, "MILETraining.Validation = 0.001 of 100 samples are 0"},
		{MILEConfig{Training: MILETraining{Epochs: -1}}, "Epochs = -1"},
		{MILEConfig{Sampler: MCLMC{Step: -1}}, "MCLMC.Step = -1"},
		{MILEConfig{Prior: Gaussian{}}, "Gaussian.Sigma = 0"},
	} {
		config := waveConfig()
		config.Training.Epochs = 1
		if c.config.Training != (MILETraining{}) {
			config.Training = c.config.Training
		}
		c.config.Training = config.Training
		_, err := MILE(context.Background(), net, d, nn.GaussianExp, c.config)
		assert.ErrorContains(t, err, c.want)
	}
	_, err = MILE(nil, net, d, nn.GaussianExp, MILEConfig{}) //nolint:staticcheck
	assert.ErrorContains(t, err, "the context is nil")
	_, err = MILEOf(context.Background(), nil, nil, MILEConfig{})
	assert.ErrorContains(t, err, "no gradients")
}
