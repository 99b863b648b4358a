package nn

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMairCNN(t *testing.T) {
	net := MairCNN()
	assert.Equal(t, 1906, net.Params()) // as in the paper
	assert.Equal(t, []int{1, 28, 28}, net.InputShape())
	assert.Equal(t, []int{10}, net.OutputShape())
	assert.Equal(t, 24*24*16*25+10*10*8*16*9+32*10, net.MultiplyAdds())
}

func TestLinearPerceptron(t *testing.T) {
	net := LinearPerceptron(3)
	assert.Equal(t, 4, net.Params())
	d := targeted(t, 1, []int{3}, 1)
	x := d.Input(0)
	output := make([]float32, 1)
	net.NewEvaluator().Outputs(output, []float32{1, -2, 4, 0.5}, d, []int{0})
	assert.InDelta(t, x[0]-2*x[1]+4*x[2]+0.5, output[0], 1e-6)
	assert.Panics(t, func() { LinearPerceptron(0) })
}
