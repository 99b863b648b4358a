package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTicks(t *testing.T) {
	var labels []string
	for _, tick := range ticks(0.13, 12) {
		if tick.Label != "" {
			labels = append(labels, tick.Label)
		}
	}
	require.Equal(t, []string{"0.2", "0.5", "1", "2", "5", "10"}, labels)
	require.Len(t, ticks(0.13, 12), 8+9+1)
}
