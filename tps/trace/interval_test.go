package trace

import (
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps"
)

func TestInterval(t *testing.T) {
	five := all()[:5]
	k, err := Interval(40_000_000, five, 100e6)
	require.NoError(t, err)
	require.Equal(t, 54, k) // the sum in the package comment
	for _, limit := range []int64{200, 1000, 5000, 1e6, 1e12} {
		for _, steps := range []int{0, 1, 9, 10, 999, 12345} {
			k, err := Interval(steps, five, limit)
			require.NoError(t, err)
			size := func(k int) int64 {
				digits := int64(len(strconv.Itoa(steps)))
				return int64(len(header(five))) + int64(steps/k)*(digits+5*25+1)
			}
			require.LessOrEqual(t, size(k), limit, "%d steps, k = %d", steps, k)
			require.True(t, k == 1 || size(k-1) > limit, "%d steps, k = %d is not the smallest", steps, k)
		}
	}
	_, err = Interval(10, five, 100)
	require.ErrorContains(t, err, "limit = 100 bytes")
	_, err = Interval(10, five, 5)
	require.ErrorContains(t, err, "limit = 5 bytes")
	_, err = Interval(-1, five, 1e6)
	require.ErrorContains(t, err, "steps = -1")
}

// The longest numbers there are do not break the limit.
func TestIntervalHoldsForAFile(t *testing.T) {
	longest := Column{"x", func(*tps.Chain, tps.Step) float64 { return -2.2250738585072014e-308 }}
	const steps, limit = 5000, 20_000
	k, err := Interval(steps, []Column{longest}, limit)
	require.NoError(t, err)
	w, path := create(t, Config{Columns: []Column{longest}, Every: k})
	run(t, newChain(t), steps, w)
	require.NoError(t, w.Close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.LessOrEqual(t, info.Size(), int64(limit))
	require.Greater(t, info.Size(), int64(0.9*limit))
}
