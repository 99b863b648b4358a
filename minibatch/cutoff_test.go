package minibatch

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCutOffRules(t *testing.T) {
	derived, err := CutOff{}.withDefaults()
	require.NoError(t, err)
	assert.Equal(t, CutOff{Derived, 10, 5}, derived)
	printed, err := CutOff{Rule: Printed}.withDefaults()
	require.NoError(t, err)
	assert.Equal(t, CutOff{Printed, 5, 10}, printed)

	for _, c := range []struct {
		delta, rho       float64
		derived, printed bool
	}{
		{0.2, 0.01, false, true}, // the printed rule's flaw at small ρ
		{20.1, 2, true, false},
		{-20.1, 2, true, false},
		{19.9, 2, false, false},
		{-31, 2, true, true},
		{0, 3, false, false},
	} {
		assert.Equal(t, c.derived, derived.certain(c.delta, c.rho), "derived %+v", c)
		assert.Equal(t, c.printed, printed.certain(c.delta, c.rho), "printed %+v", c)
		assert.False(t, CutOff{Rule: NoCutOff}.certain(c.delta, c.rho))
	}
}

func TestCutOffErrors(t *testing.T) {
	for _, c := range []struct {
		cutOff CutOff
		says   string
	}{
		{CutOff{Rule: 7}, "CutOff.Rule = 7"},
		{CutOff{C0: -1}, "CutOff.C0 = -1"},
		{CutOff{C1: math.NaN()}, "CutOff.C1 = NaN"},
		{CutOff{C1: math.Inf(1)}, "CutOff.C1 = +Inf"},
	} {
		_, err := NewAdaptive(100, AdaptiveConfig{CutOff: c.cutOff})
		assert.ErrorContains(t, err, c.says)
	}
	assert.Equal(t, "derived printed none CutOffRule(9)",
		Derived.String()+" "+Printed.String()+" "+NoCutOff.String()+" "+CutOffRule(9).String())
}

// A proposal that is good or bad beyond doubt costs a few chunks, not the
// many that its noise would ask for, and the sign decides.
func TestCutOffDecidesBySign(t *testing.T) {
	for _, sign := range []float64{1, -1} {
		d := proposalOf(100_000, sign*1000, 500, newSource(40))
		test, err := NewAdaptive(100_000, AdaptiveConfig{Chunk: 50})
		require.NoError(t, err)
		without, err := NewAdaptive(100_000, AdaptiveConfig{Chunk: 50, CutOff: CutOff{Rule: NoCutOff}})
		require.NoError(t, err)
		source := newSource(41)
		for range 50 {
			decision, err := test.Decide(d, 1, source)
			require.NoError(t, err)
			assert.Equal(t, CutOffReached, decision.By)
			assert.Equal(t, sign > 0, decision.Accepted)
			assert.Less(t, decision.Samples, 300)
			assert.Greater(t, decision.Variance, 1.0)
		}
		decision, err := without.Decide(d, 1, source)
		require.NoError(t, err)
		assert.Greater(t, decision.Samples, 50_000)
	}
}
