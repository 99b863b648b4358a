package ensemble

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// lossOf evaluates a committee of some members.
func lossOf(t *testing.T, c *Committee, members []int, d *data.Dataset) float64 {
	t.Helper()
	part, err := c.Subset(members)
	require.NoError(t, err)
	report, err := part.Evaluate(d)
	require.NoError(t, err)
	if report.Task == Regression {
		return report.Loss
	}
	return report.NLL
}

// bySearch chooses as Best does, by evaluating all committees.
func bySearch(t *testing.T, c *Committee, k int, d *data.Dataset, config BestConfig) []int {
	t.Helper()
	var chosen []int
	for range k {
		best, least := -1, math.Inf(1)
		for member := range c.Len() {
			taken := false
			for _, i := range chosen {
				taken = taken || i == member
			}
			if taken && !config.Replacement || c.weight(member) == 0 {
				continue
			}
			candidate := []int{member}
			if config.Greedy {
				candidate = append(append([]int(nil), chosen...), member)
			}
			if loss := lossOf(t, c, candidate, d); loss < least {
				best, least = member, loss
			}
		}
		chosen = append(chosen, best)
	}
	return chosen
}

func TestBestAgreesWithASearch(t *testing.T) {
	net, models, digits := digitCommittee(t, 7, blockSize+40)
	regression, regressions, targets := regressions(t, 7, blockSize+40)
	for _, weights := range [][]float64{nil, {1, 2, 3, 4, 0, 5, 6}} {
		for _, problem := range []struct {
			c *Committee
			d *data.Dataset
		}{
			{weightedCommittee(t, net, models, weights), digits},
			{weightedCommittee(t, regression, regressions, weights), targets},
		} {
			for _, config := range []BestConfig{{}, {Greedy: true}, {Greedy: true, Replacement: true}} {
				const k = 5
				got, err := problem.c.Best(k, problem.d, config)
				require.NoError(t, err)
				chosen := bySearch(t, problem.c, k, problem.d, config)
				times := map[int]float64{}
				var want [][]float32
				var wantWeights []float64
				for _, i := range chosen {
					if times[i]++; times[i] == 1 {
						want = append(want, problem.c.Member(i))
					}
				}
				seen := map[int]bool{}
				for _, i := range chosen {
					if !seen[i] {
						seen[i] = true
						wantWeights = append(wantWeights, times[i]*problem.c.weight(i))
					}
				}
				require.Equal(t, want, got.members, "%+v", config)
				wantWeights, _, err = normalize(wantWeights, len(want))
				require.NoError(t, err)
				if wantWeights == nil {
					require.Nil(t, got.Weights())
				} else {
					require.InDeltaSlice(t, wantWeights, got.Weights(), 1e-12)
				}
			}
		}
	}
}

// Two members whose errors cancel are better together than the best two alone.
func TestGreedyFindsMembersThatDiffer(t *testing.T) {
	d, err := data.NewTargets([]float32{0, 1}, []int{1}, []float32{0, 1})
	require.NoError(t, err)
	c := committee(t, nn.LinearPerceptron(1), []float32{1, 5}, []float32{1, 1}, []float32{1, -1.5}, []float32{1, 1.25}, []float32{1, 1})
	best, err := c.Best(2, d, BestConfig{})
	require.NoError(t, err)
	assert.Equal(t, [][]float32{{1, 1}, {1, 1}}, best.members) // of equal ones the first
	greedy, err := c.Best(2, d, BestConfig{Greedy: true})
	require.NoError(t, err)
	assert.Equal(t, [][]float32{{1, 1}, {1, -1.5}}, greedy.members)
	// Errors of 1 and −1.5: with weights 3 and 2 they cancel.
	greedy, err = c.Best(5, d, BestConfig{Greedy: true, Replacement: true})
	require.NoError(t, err)
	report, err := greedy.Evaluate(d)
	require.NoError(t, err)
	assert.InDelta(t, 0, report.Loss, 1e-12)
	many, err := c.Best(5, d, BestConfig{Greedy: true})
	require.NoError(t, err)
	assert.Equal(t, 5, many.Len())
}

// Members whose probabilities underflow can still be told apart.
func TestGreedyOfExtremeOutputs(t *testing.T) {
	d := classes(t, []float32{0, 1000, 0}, []int{0})
	c := committee(t, identity(t), diagonal(3), diagonal(2), diagonal(4))
	best, err := c.Best(2, d, BestConfig{Greedy: true})
	require.NoError(t, err)
	assert.Equal(t, [][]float32{diagonal(2), diagonal(3)}, best.members)
}

func TestBestErrors(t *testing.T) {
	c := committee(t, identity(t), diagonal(1), diagonal(2))
	d := classes(t, []float32{0, 1, 2}, []int{0})
	for _, k := range []int{0, 3} {
		_, err := c.Best(k, d, BestConfig{Greedy: true})
		assert.ErrorContains(t, err, "members, want 1 to 2")
	}
	_, err := c.Best(1, d, BestConfig{Replacement: true})
	assert.ErrorContains(t, err, "Replacement needs Greedy")
	inputs, err := data.NewInputs([]float32{0, 1, 2}, []int{3})
	require.NoError(t, err)
	four, err := data.NewLabeled([]float32{0, 1, 2}, []int{3}, []int{0}, 4)
	require.NoError(t, err)
	two, err := data.NewTargets([]float32{0, 1, 2}, []int{3}, []float32{1, 2})
	require.NoError(t, err)
	for _, config := range []BestConfig{{}, {Greedy: true}} {
		_, err = c.Best(1, inputs, config)
		assert.ErrorContains(t, err, "neither labels nor targets")
		_, err = c.Best(1, four, config)
		assert.ErrorContains(t, err, "4 classes, the network 3 outputs")
		_, err = c.Best(1, two, config)
		assert.ErrorContains(t, err, "2 targets, the network 3 outputs")
		_, err = c.Best(1, nil, config)
		assert.ErrorContains(t, err, "dataset is nil")
	}
}
