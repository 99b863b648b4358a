package moves

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
)

// movesOfTests are moves of all kinds.
func movesOfTests(g Gradient) map[string]tps.Move {
	one, whole := Hamiltonian{Gradient: g, Step: 0.4, Steps: 2}, Hamiltonian{Gradient: g, Step: 0.4, Steps: 2, Whole: true}
	return map[string]tps.Move{
		"Langevin":          Langevin{Gradient: g, Beta: 0.5, Batch: 8},
		"Barker":            Barker{Gradient: g, Step: 0.8, Batch: 8},
		"Hamiltonian":       one,
		"Hamiltonian whole": whole,
		"mix": tps.Mix{
			{Weight: 1, Move: Langevin{Gradient: g, Beta: 0.5}}, {Weight: 1, Move: one}, {Weight: 1, Move: whole},
			{Weight: 1, Move: tps.Autoregressive{Beta: 0.2}}, {Weight: 1, Move: Barker{Gradient: g}},
		},
	}
}

// lineChain returns a chain of a line with gradients of its own.
func lineChain(t testing.TB, kind string) *tps.Chain {
	t.Helper()
	l := newLine(t, 64)
	return newChain(t, tps.Config{
		Tau: 5, Sigma: sigma, S: 100, Prior: prior, Seed: 9, Move: movesOfTests(l.gradients)[kind], Test: adaptive(t, 64, minibatch.Controlled),
	}, l.losses())
}

func save(t testing.TB, chain *tps.Chain) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, chain.WriteCheckpoint(&file))
	return file.Bytes()
}

// A chain that goes on from a checkpoint, of any step, ends where the uninterrupted one
// does, statistics included.
func TestResumedChainIsTheSame(t *testing.T) {
	for kind := range movesOfTests(nil) {
		t.Run(kind, func(t *testing.T) {
			const steps = 60
			whole := lineChain(t, kind)
			ends := [][]byte{save(t, whole)}
			for range steps {
				_, err := whole.Step()
				require.NoError(t, err)
				ends = append(ends, save(t, whole))
			}
			assert.Positive(t, whole.Stats().Acceptance())
			for from := 0; from <= steps; from += 4 {
				resumed := lineChain(t, kind)
				require.NoError(t, resumed.Run(context.Background(), from/3)) // a used chain must do, too
				require.NoError(t, resumed.ReadCheckpoint(bytes.NewReader(ends[from])))
				require.NoError(t, resumed.ReadCheckpoint(bytes.NewReader(save(t, resumed)))) // and twice
				require.NoError(t, resumed.Run(context.Background(), steps))
				require.Equal(t, ends[steps], save(t, resumed), "from step %d", from)
			}
		})
	}
}

// The same seed gives the same chain, for any GOMAXPROCS.
func TestSameSeedSameChain(t *testing.T) {
	for kind := range movesOfTests(nil) {
		run := func(procs int) []byte {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			chain := lineChain(t, kind)
			require.NoError(t, chain.Run(context.Background(), 300))
			return save(t, chain)
		}
		assert.Equal(t, run(1), run(2), kind)
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	for kind := range movesOfTests(nil) {
		l := newLine(t, 64)
		chain := newChain(t, tps.Config{Tau: 5, Sigma: sigma, S: 100, Seed: 9, Move: movesOfTests(l.gradients)[kind], Test: barkerTest(t, 64)}, l.losses())
		require.NoError(t, chain.Run(context.Background(), 300))
		assert.Zero(t, testing.AllocsPerRun(300, func() {
			if _, err := chain.Step(); err != nil {
				panic(err)
			}
		}), kind)
	}
}

// What a step says of itself is what it did.
func TestSteps(t *testing.T) {
	for kind, price := range map[string]float64{"Langevin": 2 * 8, "Barker": 2 * 8, "Hamiltonian": 2 * 64, "Hamiltonian whole": 5 * 2 * 64} {
		chain := lineChain(t, kind)
		width := 1
		if kind == "Hamiltonian whole" {
			width = 5
		}
		firsts := map[int]bool{}
		for k := range 200 {
			before := chain.Trajectory().Clone()
			step, err := chain.Step()
			require.NoError(t, err)
			require.Equal(t, width, step.Width)
			require.Equal(t, tps.KindOf(step.First, width, 5), step.Kind)
			firsts[step.First] = true
			for time := range 5 {
				inside := time >= step.First && time < step.First+width
				same := slices.Equal(before.Model(time), chain.Trajectory().Model(time))
				require.Equal(t, !inside || !step.Accepted, same)
			}
			if k > 60 { // all current gradients are there
				require.Equal(t, 4*price, step.ProposalCost, kind)
			}
		}
		assert.Len(t, firsts, 6-width)
	}
}

// The chain's loss estimates are those of the proposals that it has accepted, and the
// gradients that are kept are those of its models.
func TestHamiltonianKnowsTheLosses(t *testing.T) {
	for _, kind := range []string{"Hamiltonian", "Hamiltonian whole"} {
		chain := lineChain(t, kind)
		require.NoError(t, chain.Run(context.Background(), 200))
		want := make([]float64, 5)
		require.NoError(t, chain.MeanLosses(want))
		assert.InDeltaSlice(t, want, chain.LossEstimates(), 1e-6)
	}
}

// A trajectory that another has changed has other gradients.
func TestPointsAreOfTheModel(t *testing.T) {
	l := newLine(t, 16)
	p := newPoints(l.gradients, 2, 1)
	model := []float32{1, 2}
	ok, cost := p.at(1, model)
	assert.True(t, ok)
	assert.Equal(t, 64.0, cost)
	_, cost = p.at(1, model)
	assert.Zero(t, cost)
	model[1] = 3
	_, cost = p.at(1, model)
	assert.Equal(t, 64.0, cost)
	assert.InDelta(t, l.loss(model), p.current[1].loss, 1e-5)

	state, err := p.MarshalBinary()
	require.NoError(t, err)
	again := newPoints(l.gradients, 2, 1)
	require.NoError(t, again.UnmarshalBinary(state))
	_, cost = again.at(1, model)
	assert.Zero(t, cost) // it was paid for
	assert.Equal(t, p.current[1].gradient, again.current[1].gradient)
	require.NoError(t, again.UnmarshalBinary(state))
	_, cost = again.at(1, []float32{5, 5})
	assert.Equal(t, 64.0, cost)
	assert.ErrorContains(t, again.UnmarshalBinary(state[1:]), "moves: the state of a Hamiltonian has 15 bytes, want 16")
}
