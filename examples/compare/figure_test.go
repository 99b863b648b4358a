package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTicks(t *testing.T) {
	labels := func(low, high float64) (all []string) {
		for _, tick := range ticks(low, high) {
			if tick.Label != "" {
				all = append(all, tick.Label)
			}
		}
		return all
	}
	require.Equal(t, []string{"0.2", "0.5", "1", "2", "5", "10"}, labels(0.13, 12))
	require.Equal(t, []string{"0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1"}, labels(0.37, 1.4))
	require.Len(t, ticks(0.13, 12), 8+9+1)
}
