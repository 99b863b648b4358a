package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// describe returns a word for each stage: c for a convolution, d for a dense
// layer, p for a pooling, r for a ReLU and t for a tanh, in the order in which
// the stage computes them.
func describe(p *plan) string {
	var words []string
	for _, s := range p.stages {
		word := ""
		switch s.kind {
		case KindConv2D:
			word = "c"
		case KindDense:
			word = "d"
		}
		if (s.pool != window2D{1, 1}) {
			word += "p"
		}
		if s.tanh {
			word += "t"
		} else if s.active {
			word += "r"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestStages(t *testing.T) {
	conv, dense, pool := Conv2D{Channels: 3, Kernel: 2}, Dense{Outputs: 4}, MaxPool2D{Kernel: 2}
	for _, c := range []struct {
		layers []Layer
		want   string
	}{
		{[]Layer{conv, ReLU{}, pool, conv, Tanh{}, Flatten{}, dense, ReLU{}, dense}, "cpr ct dr d"},
		{[]Layer{conv, pool, ReLU{}, conv, pool, Flatten{}, Tanh{}, dense}, "cpr cpt d"},
		{[]Layer{conv, ReLU{}, Tanh{}, conv}, "cr t c"},
		{[]Layer{conv, pool, pool}, "cp p"},
		{[]Layer{conv, ReLU{}, pool, ReLU{}}, "cpr r"},
		{[]Layer{ReLU{}, pool, conv}, "r p c"},
		{[]Layer{Flatten{}}, ""},
		{[]Layer{Flatten{}, dense, Tanh{}, Flatten{}}, "dt"},
		{[]Layer{Tanh{}, Flatten{}, ReLU{}, dense}, "t r d"},
	} {
		net, err := newNetwork([]int{2, 12, 12}, c.layers...)
		require.NoError(t, err)
		assert.Equal(t, c.want, describe(newPlan(&net.program)), "%v", c.layers)
	}
	assert.Equal(t, "cpr cpr d", describe(newPlan(&mairCNN().program)))
}

func TestBlockSize(t *testing.T) {
	for _, c := range []struct {
		net  *network
		want int
	}{
		{mairCNN(), 12}, {mlp(), 24}, {leNet(), 12}, {colorCNN(), 6}, {linearPerceptron(5), 48},
		{mustNetwork([]int{64, 100, 100}, ReLU{}), 6},
	} {
		assert.Equal(t, c.want, newPlan(&c.net.program).blockSize, fmt.Sprint(c.net))
	}
}
