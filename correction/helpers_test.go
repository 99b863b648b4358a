package correction

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// documented are the largest CDF errors in the package comment.
var documented = []struct {
	sigma, largestError float64
	atoms               int
}{
	{0.5, 4.3e-15, 247},
	{0.8, 1.8e-12, 129},
	{1.0, 7.2e-8, 61},
	{1.1, 1.9e-6, 39},
	{1.2, 2.2e-5, 23},
	{1.3, 1.4e-4, 15},
	{1.4, 6.4e-4, 9},
	{1.5, 2.1e-3, 7},
	{1.6, 5.2e-3, 5},
	{1.8, 2.1e-2, 1},
}

func solve(t testing.TB, config Config) *Distribution {
	t.Helper()
	d, err := Solve(config)
	require.NoError(t, err)
	return d
}

func fromAtoms(t testing.TB, sigma float64, atoms, weights []float64) *Distribution {
	t.Helper()
	d, err := FromAtoms(sigma, atoms, weights)
	require.NoError(t, err)
	return d
}

// scaled returns d with its variance multiplied by factor.
func scaled(t testing.TB, d *Distribution, factor float64) *Distribution {
	t.Helper()
	atoms := d.Atoms()
	for k := range atoms {
		atoms[k] *= math.Sqrt(factor)
	}
	return fromAtoms(t, d.Sigma(), atoms, d.Weights())
}
