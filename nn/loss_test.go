package nn

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLossString(t *testing.T) {
	assert.Equal(t, "HalfSquaredError", HalfSquaredError.String())
	assert.Equal(t, "CrossEntropy", CrossEntropy.String())
	assert.Equal(t, "GaussianExp", GaussianExp.String())
	assert.Equal(t, "GaussianSoftplus", GaussianSoftplus.String())
	assert.Equal(t, "Loss(0)", Loss(0).String())
}
