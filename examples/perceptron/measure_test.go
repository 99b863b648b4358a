package main

import (
	"context"
	"io"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
)

// TestExact compares short runs of all three tests with the exact mean loss,
// one by one and pooled. README.md has the results of the long run.
//
// Over 40 seeds the pulls z of such runs had a root mean square of 0.9 to 1.4,
// as standard errors from short series are a bit too small: 4.5 stands for at
// least three true standard errors.
func TestExact(t *testing.T) {
	if testing.Short() {
		t.Skip("minutes under the race detector")
	}
	for test, steps := range map[string]int{"adaptive": 800_000, "barker": 200_000, "metropolis": 200_000} {
		t.Run(test, func(t *testing.T) {
			o, err := parse([]string{"-test", test, "-tau", "1,2,4", "-s", "100,300", "-steps", strconv.Itoa(steps)}, io.Discard)
			require.NoError(t, err)
			p, err := newProblem(o)
			require.NoError(t, err)
			results, err := p.measureAll(context.Background(), io.Discard, func(result) error { return nil })
			require.NoError(t, err)
			require.Len(t, results, 6)
			for _, r := range results {
				t.Logf("τ = %d, s = %g: loss/exact − 1 = %.4f ± %.4f, z = %.2f, batch %.1f", r.Tau, r.S, r.Loss/r.Exact-1, float64(r.Stderr)/r.Exact, r.Z, r.MeanBatch)
				require.Equal(t, p.exact.MeanLoss(r.Tau, r.S, p.sigma), r.Exact)
				require.InDelta(t, (r.Loss-r.Exact)/float64(r.Stderr), float64(r.Z), 1e-9)
				require.LessOrEqual(t, math.Abs(float64(r.Z)), 4.5)
				require.Less(t, float64(r.Stderr), 0.04*r.Exact)
				// The estimate from minibatches is biased downwards, but not by much.
				require.InDelta(t, r.Loss, r.MinibatchLoss, 0.1*r.Loss)
			}
			pull, precision := pooled(results, func(r result) float64 { return r.Exact })
			t.Logf("pooled: z = %.2f, standard error %.4f", pull, precision)
			require.LessOrEqual(t, math.Abs(pull), 4.5)

			// Negative control: a sampler whose s is 1.15 times too small, for
			// the adaptive test 1.05 times, would not pass.
			factor := 1.15
			if test == "adaptive" {
				factor = 1.05
			}
			pull, _ = pooled(results, func(r result) float64 { return p.exact.MeanLoss(r.Tau, factor*r.S, p.sigma) })
			require.Greater(t, math.Abs(pull), 4.5)
		})
	}
}

// pooled returns the mean of the relative deviations from the exact values,
// weighted by their precision, in units of its standard error, and that error.
func pooled(results []result, exact func(result) float64) (pull, standardError float64) {
	weights, sum := 0.0, 0.0
	for _, r := range results {
		relative := float64(r.Stderr) / r.Exact
		sum += (r.Loss/exact(r) - 1) / (relative * relative)
		weights += 1 / (relative * relative)
	}
	return sum / math.Sqrt(weights), 1 / math.Sqrt(weights)
}

// TestJobs checks that results depend on the seed and on nothing else.
func TestJobs(t *testing.T) {
	numbers := func(args ...string) []map[string]any {
		args = append(args, "-json", "-tau", "1,3", "-s", "10,100", "-steps", "3000")
		stdout, _ := clitest.Run(t, run, args...)
		objects := clitest.Objects(t, stdout)
		for _, object := range objects {
			delete(object, "steps_per_second")
		}
		return objects
	}
	want := numbers("-jobs", "1")
	require.Len(t, want, 4)
	require.Equal(t, want, numbers("-jobs", "1"))
	require.Equal(t, want, numbers("-jobs", "3"))
	require.Equal(t, want, numbers("-jobs", "100"))
	require.NotEqual(t, want, numbers("-jobs", "1", "-seed", "2"))
}
