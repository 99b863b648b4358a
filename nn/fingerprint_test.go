package nn

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

func TestFingerprint(t *testing.T) {
	digits, err := data.Digits(3, random.Source(1))
	require.NoError(t, err)
	losses, err := NewLosses(MairCNN(), digits, CrossEntropy, Config{})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"network": "1×28×28, Conv2D(16, 5×5), ReLU, MaxPool2D(2×2), Conv2D(8, 3×3), ReLU, MaxPool2D(4×4), Flatten, Dense(10)",
		"loss":    "CrossEntropy",
		"data":    digits.Fingerprint(),
	}, losses.Fingerprint())
	gradients, err := NewGradients(MairCNN(), digits, CrossEntropy, Config{})
	require.NoError(t, err)
	assert.Equal(t, losses.Fingerprint(), gradients.Fingerprint())
}
