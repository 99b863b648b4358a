package data

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A golden value: a change of it makes checkpoints of earlier versions unfit.
func TestFingerprintGolden(t *testing.T) {
	d, err := NewLabeled([]float32{0, 0.5, 1, 0.25}, []int{2}, []int{1, 0}, 3)
	require.NoError(t, err)
	assert.Equal(t, "sha256:2d43641b9f4fce24efcbeaef770cd692b5a12311bfc8d677d1bf981ec7fec013", d.Fingerprint())
}

func TestFingerprintSeesEverything(t *testing.T) {
	inputs, labels, targets := []float32{0, 0.5, 1, 0.25}, []int{1, 0}, []float32{1, 2}
	labeled := func(inputs []float32, shape, labels []int, classes int) string {
		d, err := NewLabeled(inputs, shape, labels, classes)
		require.NoError(t, err)
		return d.Fingerprint()
	}
	withTargets := func(inputs, targets []float32) string {
		d, err := NewTargets(inputs, []int{2}, targets)
		require.NoError(t, err)
		return d.Fingerprint()
	}
	unanswered, err := NewInputs(inputs, []int{2})
	require.NoError(t, err)
	fingerprints := []string{
		unanswered.Fingerprint(),
		labeled(inputs, []int{2}, labels, 3),
		labeled(inputs, []int{1, 2}, labels, 3),
		labeled(inputs, []int{2}, labels, 2),
		labeled(inputs, []int{2}, []int{0, 1}, 3),
		labeled([]float32{1, 0.25, 0, 0.5}, []int{2}, labels, 3),
		labeled(inputs[:2], []int{2}, labels[:1], 3),
		labeled(inputs, []int{1}, []int{1, 0, 1, 0}, 3),
		withTargets(inputs, targets),
		withTargets(inputs, []float32{2, 1}),
		withTargets(inputs, []float32{1, 2, 3, 4}),
	}
	slices.Sort(fingerprints)
	assert.Len(t, slices.Compact(fingerprints), len(fingerprints))
}

// Views have the fingerprint of their samples.
func TestFingerprintOfViews(t *testing.T) {
	d, err := NewLabeled([]float32{1, 2, 3, 4}, []int{1}, []int{0, 1, 0, 1}, 2)
	require.NoError(t, err)
	slice, err := d.Slice(1, 3)
	require.NoError(t, err)
	subset, err := d.Subset([]int{1, 2})
	require.NoError(t, err)
	swapped, err := d.Subset([]int{2, 1})
	require.NoError(t, err)
	assert.Equal(t, slice.Fingerprint(), subset.Fingerprint())
	assert.NotEqual(t, slice.Fingerprint(), swapped.Fingerprint())
}
