package tps

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

// TestProposalDifferencesLeavesTheChainAlone compares a chain that is looked
// at with one that is not.
func TestProposalDifferencesLeavesTheChainAlone(t *testing.T) {
	const n = 3000 // several blocks
	losses := newLine(n, 5)
	for _, config := range []Config{
		{Tau: 1, Sigma: 0.1, S: 20, Seed: 1},
		{Tau: 4, Sigma: 0.1, S: 20, Fraction: 0.5, Seed: 2},
		{Tau: 5, Sigma: 0.1, S: 20, Width: 3, Seed: 3, Prior: &Gaussian{Sigma: 1}},
	} {
		plain, watched := newChain(t, config, losses), newChain(t, config, losses)
		source := random.Source(9)
		differences := make([]float64, n)
		moves := make(map[Kind]bool)
		for range 300 {
			proposal, err := watched.ProposalDifferences(differences, source)
			require.NoError(t, err)
			require.Equal(t, max(1, config.Width), proposal.Width)
			moves[proposal.Kind] = true

			want, err := plain.Step()
			require.NoError(t, err)
			got, err := watched.Step()
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.Equal(t, plain.Trajectory().Values(), watched.Trajectory().Values())
			require.Equal(t, watched.current.Values(), watched.proposed.Values())
		}
		require.Equal(t, plain.Stats(), watched.Stats())
		require.Equal(t, plain.LossEstimate(), watched.LossEstimate())
		require.Equal(t, plain.source.Uint64(), watched.source.Uint64())
		if config.Tau > 1 {
			require.True(t, moves[Bridge] && moves[Shoot], "%v", moves)
		}
	}
}

// TestProposalDifferences gives both the source of the next step, so that the
// proposals are the same one, and compares with what the step found.
func TestProposalDifferences(t *testing.T) {
	const n = 2500
	losses := newLine(n, 5)
	for seed := range uint64(20) {
		source := random.Source(seed)
		start, err := RandomWalk(3, []float32{1, -1}, 0.1, random.Source(seed, 1))
		require.NoError(t, err)
		chain := newChain(t, Config{Tau: 3, Sigma: 0.1, S: 7, Start: start, Source: source, Test: barker(t, n)}, losses)
		differences := make([]float64, n)
		proposal, err := chain.ProposalDifferences(differences, random.Source(seed))
		require.NoError(t, err)
		step, err := chain.Step()
		require.NoError(t, err)
		require.Equal(t, Proposal{S: step.S, Kind: step.Kind, First: step.First, Width: step.Width}, proposal)
		sum := 0.0
		for _, d := range differences {
			sum += d
		}
		require.InEpsilon(t, step.Delta, -7*sum/n, 1e-10)
		if !step.Accepted {
			continue
		}
		before, after := make([][]float64, 1), make([][]float64, 1)
		before[0], after[0] = make([]float64, 1), make([]float64, 1)
		for _, i := range []int{0, 1023, 1024, n - 1} {
			losses.Losses(before, [][]float32{start.Model(step.First)}, []int{i})
			losses.Losses(after, [][]float32{chain.Trajectory().Model(step.First)}, []int{i})
			require.Equal(t, after[0][0]-before[0][0], differences[i], "sample %d", i)
		}
	}
}

// holed has a loss of its choice at one sample for parameters above zero.
type holed struct {
	sample int
	loss   float64
}

func (holed) Samples() int { return 2000 }
func (holed) Params() int  { return 1 }
func (h holed) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		for j, i := range samples {
			dst[k][j] = 1
			if i == h.sample && model[0] != 0 {
				dst[k][j] = h.loss
			}
		}
	}
}

func TestProposalDifferencesNotFinite(t *testing.T) {
	start, err := NewTrajectory(1, 1)
	require.NoError(t, err)
	differences := make([]float64, 2000)

	chain := newChain(t, Config{Tau: 1, Sigma: 1, S: 1, Start: start}, holed{1500, math.Inf(1)})
	_, err = chain.ProposalDifferences(differences, random.Source(1))
	require.NoError(t, err)
	require.Equal(t, math.Inf(1), differences[1500])
	require.Zero(t, differences[1499])

	chain = newChain(t, Config{Tau: 1, Sigma: 1, S: 1, Start: start}, holed{1500, math.NaN()})
	_, err = chain.ProposalDifferences(differences, random.Source(1))
	var loss *LossError
	require.ErrorAs(t, err, &loss)
	require.Equal(t, 1500, loss.Sample)
	require.True(t, loss.Proposed)
	require.Equal(t, chain.current.Values(), chain.proposed.Values(), "a proposal that failed is taken back")

	require.Panics(t, func() { chain.ProposalDifferences(differences[1:], random.Source(1)) })
}

func TestModelLossEstimate(t *testing.T) {
	chain := newChain(t, Config{Tau: 3, Sigma: 0.1, S: 20}, newLine(100, 5))
	require.True(t, math.IsNaN(chain.ModelLossEstimate(2)))
	for range 50 {
		_, err := chain.Step()
		require.NoError(t, err)
	}
	for time, want := range chain.LossEstimates() {
		require.Equal(t, want, chain.ModelLossEstimate(time))
	}
	require.Panics(t, func() { chain.ModelLossEstimate(3) })
}
