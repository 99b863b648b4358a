package joint

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// numbers are those of the same name in testdata/joint.py.
func numbers(n int, stream uint64) []float32 {
	x := make([]float32, n)
	for i := range x {
		hash := (uint64(i)*7919 + stream*104729 + 31) * 2654435761 % (1 << 32)
		x[i] = float32(hash>>12)/(1<<19) - 1
	}
	return x
}

// Five steps on all samples agree with those of PyTorch in float64.
func TestTrainGolden(t *testing.T) {
	const modules, inputs, hidden, outputs, samples = 3, 5, 4, 3, 8
	text, err := os.ReadFile("testdata/joint.json")
	require.NoError(t, err)
	var golden []struct {
		Family          string
		Lambda          float64
		Losses, Modules []float64
	}
	require.NoError(t, json.Unmarshal(text, &golden))
	require.Len(t, golden, 9)
	x := numbers(samples*inputs, 1)
	labels, counts := make([]int, samples), make([]float32, samples*outputs)
	for i := range labels {
		labels[i] = i % outputs
	}
	for i := range counts {
		counts[i] = float32(i % 4)
	}
	sets := map[string]*data.Dataset{}
	sets["Softmax"], err = data.NewLabeled(x, []int{inputs}, labels, outputs)
	require.NoError(t, err)
	sets["Gaussian"], err = data.NewTargets(x, []int{inputs}, numbers(samples*outputs, 2))
	require.NoError(t, err)
	sets["Poisson"], err = data.NewTargets(x, []int{inputs}, counts)
	require.NoError(t, err)
	net, err := nn.NewNetwork([]int{inputs}, nn.Dense{Outputs: hidden}, nn.ReLU{}, nn.Dense{Outputs: outputs})
	require.NoError(t, err)
	for _, c := range golden {
		t.Run(fmt.Sprint(c.Family, c.Lambda), func(t *testing.T) {
			var family Family // Softmax and Gaussian are what fits
			if c.Family == "Poisson" {
				family = Poisson
			}
			all := make([][]float32, modules)
			for j := range all {
				all[j] = numbers(net.Params(), 10+uint64(j))
			}
			losses := []float64{}
			_, err := Train(context.Background(), net, all, sets[c.Family], Config{Lambda: c.Lambda, Family: family, Descent: descent.Config{
				Epochs: 5, Batch: samples, Schedule: descent.Constant(0.1),
				Progress: func(epoch descent.Epoch) error { losses = append(losses, epoch.Loss); return nil },
			}})
			require.NoError(t, err)
			assert.InDeltaSlice(t, c.Losses, losses, 2e-6)
			for j, module := range all {
				for i, v := range module {
					require.InDelta(t, c.Modules[j*net.Params()+i], v, 2e-6, "parameter %d of module %d", i, j)
				}
			}
		})
	}
}
