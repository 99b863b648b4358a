package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRecordGoesOn(t *testing.T) {
	name := filepath.Join(t.TempDir(), "volumes.csv")
	var want []stage
	for connectors := range 3 { // opened anew each time
		s := stage{seed: 1, width: 2, images: 3, epochs: 4, lambda: 1e-4, connectors: connectors, params: 5, volume: 1. / 3, random: -2. / 7, modesLoss: 0.1}
		r, err := openRecord(name)
		require.NoError(t, err)
		assert.Equal(t, want, r.stages)
		require.NoError(t, r.add(s))
		assert.True(t, r.has(stage{seed: 1, width: 2, images: 3, epochs: 4, lambda: 1e-4}, connectors))
		assert.False(t, r.has(stage{seed: 1, width: 2, images: 3, epochs: 4, lambda: 1e-3}, connectors))
		require.NoError(t, r.Close())
		want = append(want, s)
	}
}

func TestHeaderNamesAllFields(t *testing.T) {
	assert.Len(t, (&stage{}).fields(), len(header))
}
