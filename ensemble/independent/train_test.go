package independent

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

func newGradients(t testing.TB, n int) (*nn.Network, []descent.Gradient) {
	t.Helper()
	digits, err := data.Digits(300, random.Source(1))
	require.NoError(t, err)
	net, err := nn.NewNetwork([]int{1, 28, 28}, nn.Flatten{}, nn.Dense{Outputs: 10})
	require.NoError(t, err)
	var gradients []descent.Gradient
	for range n {
		g, err := nn.NewGradients(net, digits, nn.CrossEntropy, nn.Config{})
		require.NoError(t, err)
		gradients = append(gradients, g)
	}
	return net, gradients
}

func uniform(net *nn.Network) func([]float32, rand.Source) {
	return func(params []float32, source rand.Source) { nn.InitUniform(params, net, source) }
}

func brief(int) descent.Config { return descent.Config{Epochs: 2, Batch: 30} }

// The same networks come of any number at once, and each is that of a single run with
// the member's random numbers.
func TestMembersDoNotDependOnHowManyRunAtOnce(t *testing.T) {
	var all [][][]float32
	var net *nn.Network
	for _, atOnce := range []int{1, 2, 7} {
		var gradients []descent.Gradient
		net, gradients = newGradients(t, atOnce)
		models, err := Train(context.Background(), gradients, uniform(net), Config{Descent: brief, Source: random.Source(3)})
		require.NoError(t, err)
		require.Len(t, models, 5)
		all = append(all, models)
	}
	assert.Equal(t, all[0], all[1])
	assert.Equal(t, all[0], all[2])

	_, gradients := newGradients(t, 1)
	seeds := random.Source(3)
	for k, member := range all[0] {
		source := random.Source(seeds.Uint64(), seeds.Uint64())
		params := make([]float32, net.Params())
		nn.InitUniform(params, net, source)
		config := brief(k)
		config.Source = source
		_, err := descent.Run(context.Background(), params, gradients[0], config)
		require.NoError(t, err)
		require.Equal(t, params, member)
	}
}

// Members have starts and batches of their own, and other sources give other members.
func TestMembersDiffer(t *testing.T) {
	net, gradients := newGradients(t, 1)
	var mu sync.Mutex
	seen := make(map[float32]bool)
	initialize := func(params []float32, source rand.Source) {
		mu.Lock()
		defer mu.Unlock()
		nn.InitUniform(params, net, source)
		assert.False(t, seen[params[0]])
		seen[params[0]] = true
	}
	for seed := range uint64(3) {
		_, err := Train(context.Background(), gradients, initialize, Config{Descent: brief, Source: random.Source(seed)})
		require.NoError(t, err)
	}
	assert.Len(t, seen, 15)
	same := func(params []float32, _ rand.Source) { clear(params) }
	models, err := Train(context.Background(), gradients, same, Config{Descent: brief, Members: 2})
	require.NoError(t, err)
	assert.NotEqual(t, models[0], models[1], "they see the data in another order")
}

// What is complete when the run is interrupted is returned.
func TestInterruptedRuns(t *testing.T) {
	net, gradients := newGradients(t, 1)
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(context.Background())
	whole, err := Train(context.Background(), gradients, uniform(net), Config{Descent: brief, Members: 3})
	require.NoError(t, err)
	models, err := Train(ctx, gradients, uniform(net), Config{Members: 3, Descent: func(member int) descent.Config {
		config := brief(member)
		config.Progress = func(descent.Epoch) error {
			if member == 2 {
				cancel(stopped)
			}
			return nil
		}
		return config
	}})
	assert.Equal(t, stopped, err)
	assert.Equal(t, whole[:2], models)
}

func TestAFailureNamesItsMember(t *testing.T) {
	net, gradients := newGradients(t, 2)
	wrong := func(member int) descent.Config {
		config := brief(member)
		if member == 3 {
			config.Epochs = -1
		}
		return config
	}
	models, err := Train(context.Background(), gradients, uniform(net), Config{Descent: wrong})
	assert.EqualError(t, err, "independent: member 3: descent: Epochs = -1, want at least 1")
	assert.Less(t, len(models), 5)
	infinite := func(params []float32, _ rand.Source) { params[0] = float32(math.Inf(1)) }
	_, err = Train(context.Background(), gradients[:1], infinite, Config{Descent: brief})
	assert.ErrorContains(t, err, "independent: member 0: descent: the loss is")
}

func TestRefused(t *testing.T) {
	net, gradients := newGradients(t, 2)
	ctx := context.Background()
	_, err := Train(nil, gradients, uniform(net), Config{}) //nolint:staticcheck // that is what is tested
	assert.EqualError(t, err, "independent: the context is nil")
	_, err = Train(ctx, nil, uniform(net), Config{})
	assert.EqualError(t, err, "independent: there are no gradients, want at least one")
	_, err = Train(ctx, []descent.Gradient{gradients[0], (*nn.Gradients)(nil)}, uniform(net), Config{})
	assert.EqualError(t, err, "independent: gradient 1 is nil")
	_, err = Train(ctx, gradients, nil, Config{})
	assert.EqualError(t, err, "independent: initialize is nil")
	_, err = Train(ctx, gradients, uniform(net), Config{Members: -1})
	assert.EqualError(t, err, "independent: Config.Members = -1, want at least 1, or 0 for 5")
	line, _, err := data.Line(300, 0, random.Source(1))
	require.NoError(t, err)
	other, err := nn.NewGradients(nn.LinearPerceptron(1), line, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	_, err = Train(ctx, []descent.Gradient{gradients[0], other}, uniform(net), Config{})
	assert.EqualError(t, err, "independent: gradient 1 has 2 parameters and 300 samples, want those of gradient 0, 7850 and 300")
}
