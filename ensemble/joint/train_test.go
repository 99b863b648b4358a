package joint

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// trained returns modules after some epochs.
func trained(t *testing.T, net *nn.Network, modules int, d *data.Dataset, config Config) [][]float32 {
	t.Helper()
	all := Initialize(net, modules, random.Source(11))
	_, err := Train(context.Background(), net, all, d, config)
	require.NoError(t, err)
	return all
}

// The same random numbers give the same modules, whatever the number of workers, and
// whether the network can be stacked or not.
func TestTrainIsReproducible(t *testing.T) {
	d, err := data.Digits(300, random.Source(1))
	require.NoError(t, err)
	for _, net := range []*nn.Network{perceptron(t, d, 6), nn.MairCNN()} {
		config := Config{Lambda: 0.9, Descent: descent.Config{Epochs: 2, Schedule: descent.Constant(0.1)}}
		one := trained(t, net, 5, d, config)
		assert.Equal(t, one, trained(t, net, 5, d, config))
		config.Workers = 3
		assert.Equal(t, one, trained(t, net, 5, d, config))
		config.Descent.Source = random.Source(1)
		assert.NotEqual(t, one, trained(t, net, 5, d, config))
	}
}

// The defaults are those that Config documents.
func TestTrainDefaults(t *testing.T) {
	assert.InDelta(t, 0.02, DefaultRate(1, 1), 1e-12)
	d, err := data.Digits(200, random.Source(1))
	require.NoError(t, err)
	net := perceptron(t, d, 4)
	for lambda, rate := range map[float64]float64{0: 0.1, 0.95: 0.1, 0.99: 0.03, 1: 0.03} {
		assert.InDelta(t, rate, DefaultRate(5, lambda), 1e-12)
		got := trained(t, net, 5, d, Config{Lambda: lambda, Descent: descent.Config{Epochs: 2}})
		want := trained(t, net, 5, d, Config{Lambda: lambda, Family: Softmax, Workers: 1, Descent: descent.Config{
			Epochs: 2, Batch: 100, Optimizer: &descent.SGD{Momentum: 0.9}, Schedule: descent.Constant(rate), Source: random.Source(0),
		}})
		assert.Equal(t, want, got)
	}
}

// With λ = 0 and full batches each module goes its own way: that of descent.Run with
// 1/M of the rate.
func TestIndependentTraining(t *testing.T) {
	d := randomData(t, Gaussian, 60, []int{4}, 2)
	net := mustNetwork(t, []int{4}, nn.Dense{Outputs: 6}, nn.Tanh{}, nn.Dense{Outputs: 2})
	const modules = 4
	start := Initialize(net, modules, random.Source(11))
	all := trained(t, net, modules, d, Config{Descent: descent.Config{Epochs: 20, Batch: 60, Schedule: descent.Constant(0.2)}})
	g, err := nn.NewGradients(net, d, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	for j, params := range start {
		_, err := descent.Run(context.Background(), params, g, descent.Config{
			Epochs: 20, Batch: 60, Optimizer: &descent.SGD{Momentum: 0.9}, Schedule: descent.Constant(0.2 / modules),
		})
		require.NoError(t, err)
		requireNear(t, [][]float32{params}, [][]float32{all[j]}, 1e-5)
	}
}

// Train leaves the modules with the lowest error on data held out, and the errors are
// those that Evaluate finds.
func TestTrainValidates(t *testing.T) {
	d, err := data.Digits(400, random.Source(1))
	require.NoError(t, err)
	train, held, err := d.Split(200, random.Source(2))
	require.NoError(t, err)
	for _, net := range []*nn.Network{perceptron(t, d, 3), nn.MairCNN()} {
		var errs []float64
		config := Config{Lambda: 1, Validation: held, Descent: descent.Config{Epochs: 6, Schedule: descent.Constant(1), Progress: func(epoch descent.Epoch) error {
			errs = append(errs, epoch.Validation)
			return nil
		}}}
		all := trained(t, net, 4, train, config)
		report, err := Evaluate(net, all, held, 0)
		require.NoError(t, err)
		require.Len(t, errs, 6)
		assert.Equal(t, slices.Min(errs), report.Ensemble.Error)
	}
}

func TestTrainEnds(t *testing.T) {
	d, err := data.Digits(200, random.Source(1))
	require.NoError(t, err)
	net := perceptron(t, d, 4)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	all := Initialize(net, 3, random.Source(1))
	start := slices.Clone(all[0])
	epoch, err := Train(ctx, net, all, d, Config{Descent: descent.Config{Epochs: 100, Progress: func(epoch descent.Epoch) error {
		if epoch.Number == 2 {
			cancel(cause)
		}
		return nil
	}}})
	assert.ErrorIs(t, err, cause)
	assert.Equal(t, 2, epoch.Number)
	assert.NotEqual(t, start, all[0], "what was trained stays")

	_, err = Train(context.Background(), net, all, d, Config{Descent: descent.Config{Epochs: 100, Schedule: descent.Constant(1e30)}})
	assert.ErrorContains(t, err, "the loss is")
	assert.ErrorContains(t, err, "at step 1")
}

func TestTrainErrors(t *testing.T) {
	d, err := data.Digits(50, random.Source(1))
	require.NoError(t, err)
	net := perceptron(t, d, 4)
	modules := func() [][]float32 { return Initialize(net, 3, random.Source(1)) }
	targets := randomData(t, Gaussian, 20, []int{4}, 2)
	regression := mustNetwork(t, []int{4}, nn.Dense{Outputs: 2})
	for says, config := range map[string]Config{
		"joint: Config.Lambda = 1.2, want 0 to 1":    {Lambda: 1.2},
		"joint: Config.Lambda = -0.1, want 0 to 1":   {Lambda: -0.1},
		"joint: Config.Lambda = NaN, want 0 to 1":    {Lambda: math.NaN()},
		"joint: Config.Workers = -1, want 0 to 1024": {Workers: -1},
		"joint: family = 4, want Softmax":            {Family: 4},
		"the dataset has 0 targets, the network 10":  {Family: Gaussian},
		"Config.Validation: joint: the dataset's":    {Validation: targets},
		"are both set, want one":                     {Validation: d, Descent: descent.Config{Validate: func([]float32) (float64, error) { return 0, nil }}},
		"descent: Epochs = 0":                        {},
	} {
		_, err := Train(context.Background(), net, modules(), d, config)
		assert.ErrorContains(t, err, says)
	}
	_, err = Train(context.Background(), nil, modules(), d, Config{})
	assert.ErrorContains(t, err, "joint: the network is nil")
	_, err = Train(context.Background(), net, nil, d, Config{})
	assert.ErrorContains(t, err, "joint: there are no modules")
	_, err = Train(context.Background(), net, [][]float32{{1}}, d, Config{})
	assert.ErrorContains(t, err, "joint: module 0 has 1 parameters")
	spoiled := modules()
	spoiled[2][5] = float32(math.Inf(1))
	_, err = Train(context.Background(), net, spoiled, d, Config{})
	assert.ErrorContains(t, err, "joint: parameter 5 of module 2 is +Inf")
	_, err = Train(context.Background(), net, modules(), nil, Config{})
	assert.ErrorContains(t, err, "joint: the dataset is nil")
	_, err = Train(context.Background(), regression, Initialize(regression, 2, random.Source(1)), targets, Config{Family: Poisson})
	assert.ErrorContains(t, err, "want a count from 0 for family Poisson")
	_, err = Train(context.Background(), regression, Initialize(regression, 2, random.Source(1)), targets, Config{Family: Softmax})
	assert.ErrorContains(t, err, "the dataset has 0 classes")
	//nolint:staticcheck // what a nil context gives
	_, err = Train(nil, net, modules(), d, Config{Descent: descent.Config{Epochs: 1}})
	assert.ErrorContains(t, err, "the context is nil")
}
