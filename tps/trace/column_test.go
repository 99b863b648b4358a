package trace

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
)

// valuesOf returns the values of columns by their names.
func valuesOf(columns []Column, chain *tps.Chain, step tps.Step) map[string]float64 {
	values := map[string]float64{}
	for _, c := range columns {
		values[c.Name] = c.Value(chain, step)
	}
	return values
}

// Each column of a step has what its name says, where no two numbers of the step
// are equal.
func TestColumnsOfAStep(t *testing.T) {
	columns := []Column{S(), Acceptance(), Batch(), Delta()}
	step := tps.Step{
		Number: 17, S: 2.5, Kind: tps.Bridge, First: 1, Width: 3,
		Decision: minibatch.Decision{Accepted: true, By: minibatch.Correction, Samples: 40, Delta: -1.5, Variance: 0.75},
	}
	want := map[string]float64{"s": 2.5, "acceptance": 1, "batch": 40, "delta": -1.5}
	require.Equal(t, want, valuesOf(columns, newChain(t), step))
	step.Accepted, want["acceptance"] = false, 0
	require.Equal(t, want, valuesOf(columns, newChain(t), step))
}

// The losses are those of all models, each in its own column, and their mean.
func TestColumnsOfLosses(t *testing.T) {
	chain := newChain(t)
	for range 200 {
		_, err := chain.Step()
		require.NoError(t, err)
	}
	losses := chain.LossEstimates()
	require.Len(t, losses, tau)
	require.NotEqual(t, losses[0], losses[1])
	require.NotEqual(t, losses[0], losses[2])
	require.NotEqual(t, losses[1], losses[2])
	got := valuesOf(append(ModelLosses(tau), Loss()), chain, tps.Step{})
	require.Len(t, got, 4)
	require.Equal(t, losses, []float64{got["loss_0"], got["loss_1"], got["loss_2"]})
	require.InDelta(t, stat.Mean(losses, nil), got["loss"], 1e-12)
}

// Averages over a run are what the chain itself counts.
func TestColumnsAgreeWithTheChain(t *testing.T) {
	const steps = 2000
	chain := newChain(t)
	w, path := create(t, Config{Columns: []Column{Acceptance(), Batch()}, Every: steps, Average: true})
	run(t, chain, steps, w)
	require.NoError(t, w.Close())
	table, err := readFile(t, path)
	require.NoError(t, err)
	stats := chain.Stats()
	require.InDelta(t, stats.Acceptance(), table.Row(0)[0], 1e-12)
	require.InDelta(t, stats.MeanBatch(), table.Row(0)[1], 1e-9)
	require.Less(t, stats.Acceptance(), 0.48, "too near to a half to tell from its complement")
}
