package nn

import (
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/random"
)

// InitUniform fills params, a parameter vector of net, as PyTorch initializes
// Conv2d and Linear by default: every weight and bias of a layer is uniform
// in [−a, a] with a = 1/√(fan-in). (For the weights that is the rule of He et
// al., arXiv 1502.01852, with slope √5.) It panics if len(params) is not
// net.Params().
func InitUniform(params []float32, net *Network, source rand.Source) {
	net.checkModel(params)
	for _, block := range net.blocks {
		bound := 1 / math.Sqrt(float64(block.FanIn))
		for i := range params[block.Offset:][:block.Size()] {
			params[block.Offset+i] = float32(bound * (2*random.Open(source) - 1))
		}
	}
}

// InitNormal fills params with independent normal numbers of mean 0 and the
// given standard deviation. It panics if sigma is negative or not finite.
func InitNormal(params []float32, sigma float64, source rand.Source) {
	if !(sigma >= 0 && sigma <= math.MaxFloat64) {
		panic("nn: sigma of InitNormal is not a finite number from 0")
	}
	normal := rand.New(source)
	for i := range params {
		params[i] = float32(sigma * normal.NormFloat64())
	}
}
