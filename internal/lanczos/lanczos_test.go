package lanczos

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/internal/random"
)

// chain is the matrix with 2 on its diagonal and −1 beside it, of eigenvalues
// 2 − 2 cos(πj/(n+1)), j = 1 … n, and eigenvectors sin(πij/(n+1)).
type chain int

func (n chain) Len() int { return int(n) }
func (n chain) Product(dst, v []float64) {
	for i := range dst {
		dst[i] = 2 * v[i]
		if i > 0 {
			dst[i] -= v[i-1]
		}
		if i+1 < len(v) {
			dst[i] -= v[i+1]
		}
	}
}

func TestLeadingOfAChain(t *testing.T) {
	for _, n := range []int{5, 60, 200} { // 200 take more steps than are looked at one by one
		pairs, err := Leading(context.Background(), chain(n), 4, n, 1e-10, random.Source(1))
		require.NoError(t, err)
		require.Len(t, pairs, 4)
		product := make([]float64, n)
		for j, pair := range pairs {
			require.InDelta(t, 2-2*math.Cos(math.Pi*float64(n-j)/float64(n+1)), pair.Value, 1e-9)
			require.InDelta(t, 1, floats.Norm(pair.Vector, 2), 1e-12)
			chain(n).Product(product, pair.Vector)
			floats.AddScaled(product, -pair.Value, pair.Vector)
			require.InDelta(t, 0, floats.Norm(product, 2), 5e-10)
			overlap := 0.0
			for i, x := range pair.Vector {
				overlap += x * math.Sin(math.Pi*float64((i+1)*(n-j))/float64(n+1))
			}
			require.InDelta(t, 1, overlap*overlap*2/float64(n+1), 1e-9)
		}
	}
}
