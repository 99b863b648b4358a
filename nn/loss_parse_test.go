package nn

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseLoss(t *testing.T) {
	for loss := range rules {
		parsed, err := ParseLoss(loss.String())
		require.NoError(t, err)
		assert.Equal(t, loss, parsed)
	}
	for _, name := range []string{"", "crossEntropy", "Loss(7)", "CrossEntropy "} {
		loss, err := ParseLoss(name)
		assert.Zero(t, loss)
		assert.ErrorContains(t, err, "nn: no loss is called ")
		assert.ErrorContains(t, err, `"HalfSquaredError" "CrossEntropy"`)
	}
}
