package ensemble

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// collected returns what a collector keeps of snapshots of two models, 2i and 2i+1.
func collected(t *testing.T, snapshots int, config CollectorConfig) (*Collector, []int) {
	t.Helper()
	c, err := NewCollector(identity(t), config)
	require.NoError(t, err)
	a, b := diagonal(0), diagonal(0) // the same memory each time, as of a trajectory
	for i := range snapshots {
		copy(a, diagonal(float32(2*i)))
		copy(b, diagonal(float32(2*i+1)))
		require.NoError(t, c.Add([][]float32{a, b}))
	}
	committee, err := c.Committee()
	require.NoError(t, err)
	var kept []int
	for i, n := range numbers(committee) {
		if i%2 == 0 {
			kept = append(kept, n/2)
		} else {
			assert.Equal(t, numbers(committee)[i-1]+1, n)
		}
	}
	assert.Equal(t, len(kept), c.Snapshots())
	return c, kept
}

func TestCollector(t *testing.T) {
	_, kept := collected(t, 5, CollectorConfig{})
	assert.Equal(t, []int{0, 1, 2, 3, 4}, kept)
	c, kept := collected(t, 10, CollectorConfig{Skip: 2, Every: 3})
	assert.Equal(t, []int{2, 5, 8}, kept)
	assert.Equal(t, 3, c.Every())
	_, kept = collected(t, 3, CollectorConfig{Skip: 2, Every: 3})
	assert.Equal(t, []int{2}, kept)
}

// However long the run is, what is kept is even and not more than the most.
func TestCollectorThins(t *testing.T) {
	for most := 2; most <= 7; most++ {
		for _, skip := range []int{0, 3} {
			for snapshots := skip + 1; snapshots < 150; snapshots++ {
				c, kept := collected(t, snapshots, CollectorConfig{Skip: skip, Every: 2, Most: most})
				var want []int
				for i := skip; i < snapshots; i += c.Every() {
					want = append(want, i)
				}
				require.Equal(t, want, kept, "most %d, %d snapshots", most, snapshots)
				require.LessOrEqual(t, len(kept), most)
				if snapshots-skip > 2*most {
					require.GreaterOrEqual(t, 2*len(kept), most)
				}
			}
		}
	}
}

func TestCollectorErrors(t *testing.T) {
	net := identity(t)
	_, err := NewCollector(nil, CollectorConfig{})
	assert.ErrorContains(t, err, "ensemble: the network is nil")
	for says, config := range map[string]CollectorConfig{
		"Skip = -1":  {Skip: -1},
		"Every = -2": {Every: -2},
		"Most = 1":   {Most: 1},
		"Most = -1":  {Most: -1},
	} {
		_, err := NewCollector(net, config)
		assert.ErrorContains(t, err, "ensemble: "+says)
	}
	c, err := NewCollector(net, CollectorConfig{Skip: 1})
	require.NoError(t, err)
	assert.ErrorContains(t, c.Add(nil), "no models")
	assert.ErrorContains(t, c.Add([][]float32{diagonal(1), {1}}), "model 1 has 1 parameters")
	assert.ErrorContains(t, c.Add([][]float32{diagonal(float32(math.NaN()))}), "parameter 0 of model 0 is NaN")
	require.NoError(t, c.Add([][]float32{diagonal(1)}))
	_, err = c.Committee()
	assert.ErrorContains(t, err, "no snapshot is kept of 1, of which the first 1 are left out")
	require.NoError(t, c.Add([][]float32{diagonal(2)}))
	got, err := c.Committee()
	require.NoError(t, err)
	assert.Equal(t, []int{2}, numbers(got))
}
