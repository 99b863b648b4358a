package descent

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testdata/optimizers.py wrote what PyTorch makes, in float64, of gradients.
func TestOptimizersAgreeWithPyTorch(t *testing.T) {
	file, err := os.ReadFile("testdata/optimizers.json")
	require.NoError(t, err)
	var golden map[string][][]float64
	require.NoError(t, json.Unmarshal(file, &golden))
	optimizers := map[string]Optimizer{
		"sgd":      &SGD{},
		"momentum": &SGD{Momentum: 0.9, WeightDecay: 0.01},
		"nesterov": &SGD{Momentum: 0.8, Nesterov: true},
		"adam":     &Adam{},
		"adamw":    &Adam{Beta1: 0.8, Beta2: 0.95, Epsilon: 1e-4, WeightDecay: 0.1},
	}
	require.Len(t, golden, len(optimizers))
	for name, optimizer := range optimizers {
		for range 2 { // a second start must forget the first run
			require.NoError(t, optimizer.Start(3))
			params := []float32{1, -2, 0.5}
			for step, want := range golden[name] {
				x := float64(step)
				gradient := []float32{float32(math.Sin(x)), float32(math.Cos(2*x) / 100), float32(x - 8)}
				optimizer.Step(params, gradient, 0.1)
				for i := range want {
					require.InDelta(t, want[i], params[i], 2e-6*(1+math.Abs(want[i])), "%s, step %d", name, step)
				}
			}
		}
	}
}

func TestOptimizerErrors(t *testing.T) {
	for text, optimizer := range map[string]Optimizer{
		"SGD.Momentum = 1":        &SGD{Momentum: 1},
		"SGD.Momentum = NaN":      &SGD{Momentum: math.NaN()},
		"SGD.Nesterov is set":     &SGD{Nesterov: true},
		"SGD.WeightDecay = -1":    &SGD{WeightDecay: -1},
		"Adam.Beta1 = 1":          &Adam{Beta1: 1},
		"Adam.Beta2 = -0.5":       &Adam{Beta2: -0.5},
		"Adam.Epsilon = +Inf":     &Adam{Epsilon: math.Inf(1)},
		"Adam.WeightDecay = +Inf": &Adam{WeightDecay: math.Inf(1)},
	} {
		assert.ErrorContains(t, optimizer.Start(1), text)
	}
	var adam Adam
	require.NoError(t, adam.Start(2))
	assert.Panics(t, func() { adam.Step(make([]float32, 3), make([]float32, 3), 1) })
}
