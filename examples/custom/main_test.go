package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := fit(ctx, newMixture(100, source(1)), 2, 0.02, 1000, nil, source(2))
	require.ErrorIs(t, err, context.Canceled)
}
