package simplex

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/internal/random"
)

// softness is the part of the size of a base below which the height of the new vertex
// does not count any more. Without it the reward, −λ log h, would pull without bound at
// a vertex that starts in the hull of the base, where the paper has it start.
// (The published code adds 10⁻⁴ to V² instead.)
const softness = 0.01

// An objective is the volume-regularized loss of a new vertex θ (Benton et al., arXiv 2102.13042),
//
//	1/H Σ_h L(φ_h) − λ log V,
//
// φ_h being uniform in one of the simplexes that θ joins, and V the sum of their volumes.
// It is a descent.Gradient.
type objective struct {
	model  Gradient
	joined [][][]float32 // the vertices of the simplexes, each with room for θ at its end
	bases  []*hull       // the hulls of their vertices but θ
	points int           // H
	lambda float64
	source rand.Source

	weights      []float64 // of a point
	point, slope []float32 // φ_h and ∇L(φ_h)
	sum          []float64 // the gradient
	soft, logs   []float64 // the softened height and the logarithm of the volume of each simplex

	// Of the epoch so far: losses, each times its number of samples, and that number.
	losses, samples float64
}

func newObjective(c *Complex, joined [][]int, gradient Gradient, lambda float64, config Config) *objective {
	n := c.Params()
	o := &objective{
		model: gradient, points: config.Points, lambda: lambda, source: config.Source,
		weights: make([]float64, len(joined[0])+1), point: make([]float32, n), slope: make([]float32, n),
		sum: make([]float64, n), soft: make([]float64, len(joined)), logs: make([]float64, len(joined)),
	}
	for _, simplex := range joined {
		vertices := choose(c.vertices, simplex)
		o.bases = append(o.bases, newHull(vertices))
		o.joined = append(o.joined, append(vertices, nil))
	}
	return o
}

// Samples returns the number of samples of the model.
func (o *objective) Samples() int { return o.model.Samples() }

// Params returns the number of its parameters.
func (o *objective) Params() int { return o.model.Params() }

// Gradient writes the gradient with respect to θ, and returns the loss. A point that has
// the weight w at θ gives w ∇L(φ_h).
func (o *objective) Gradient(dst, theta []float32, samples []int) float64 {
	clear(o.sum)
	loss, last := 0.0, len(o.weights)-1
	for range o.points {
		simplex := o.joined[random.Below(o.source, len(o.joined))]
		simplex[last] = theta
		drawWeights(o.weights, o.source)
		mix(o.point, o.weights, simplex)
		loss += o.model.Gradient(o.slope, o.point, samples) / float64(o.points)
		w := o.weights[last] / float64(o.points)
		for i, g := range o.slope {
			o.sum[i] += w * float64(g)
		}
	}
	o.losses += loss * float64(len(samples))
	o.samples += float64(len(samples))
	if o.lambda > 0 {
		loss -= o.lambda * o.reward(theta)
	}
	for i, g := range o.sum {
		dst[i] = float32(g)
	}
	return loss
}

// reward returns log V, softened, and subtracts its gradient times λ from sum. A simplex
// whose base has the volume B has V = B·√(h² + ε²)/d, ε being the softness times the
// size of the base, and the gradient of log V is the vector h divided by h² + ε².
func (o *objective) reward(theta []float32) float64 {
	for k, base := range o.bases {
		height, _ := base.height(theta)
		o.soft[k] = math.Hypot(height, softness*base.size)
		o.logs[k] = base.log + math.Log(o.soft[k]) - math.Log(float64(base.count))
	}
	total := floats.LogSumExp(o.logs)
	for k, base := range o.bases {
		if share := math.Exp(o.logs[k] - total); share > 0 {
			floats.AddScaled(o.sum, -o.lambda*share/(o.soft[k]*o.soft[k]), base.rest)
		}
	}
	return total
}

// logVolume returns log V where θ is, without the softness.
func (o *objective) logVolume(theta []float32) float64 {
	for k, base := range o.bases {
		height, _ := base.height(theta)
		o.logs[k] = base.log + math.Log(height) - math.Log(float64(base.count))
	}
	return logSum(o.logs)
}

// meanLoss returns the mean loss of the points and samples since it was called last.
func (o *objective) meanLoss() float64 {
	mean := o.losses / o.samples
	o.losses, o.samples = 0, 0
	return mean
}
