package metrics

import (
	"errors"
	"fmt"
	"math"
)

// Mixtures are predictions of real numbers: for each of some samples a mixture of
// Gaussians, one from each member of a committee (Lakshminarayanan et al.,
// arXiv 1612.01474).
//
// A committee of more members than fit in memory is judged by blocks of samples:
// what the methods return for each sample does not depend on the others.
type Mixtures struct {
	means, scales []float64 // samples × members; nil scales are zeros
	weights       []float64 // of the members, their sum 1
	points        bool      // whether some scale is 0, of a member with weight
}

// A MixturesConfig configures Mixtures. The zero value of a field stands for its
// default.
type MixturesConfig struct {
	// Weights are those of the members, 0 or more, relative to their sum, which is
	// positive. nil: equal weights.
	Weights []float64
}

// greatest is the largest size of a number whose square has room to be summed, and
// smallest that of a scale whose density has.
const (
	greatest = 1e150
	smallest = 1e-150
)

// NewMixtures returns mixtures from the members' means and scales (standard
// deviations), both samples × members, at least 1 × 1. A scale of 0 is a point
// mass; nil scales are all 0, so that each member gives one plain value. Means
// are within ±1e150, scales are 0 or 1e-150 to 1e150. Means and scales are
// kept, weights are not.
func NewMixtures(means, scales []float64, members int, config MixturesConfig) (*Mixtures, error) {
	if members < 1 {
		return nil, fmt.Errorf("metrics: members = %d, want at least 1", members)
	}
	if len(means) == 0 {
		return nil, errors.New("metrics: there are no samples")
	}
	if len(means)%members != 0 {
		return nil, fmt.Errorf("metrics: %d means are not a multiple of the %d members", len(means), members)
	}
	if scales != nil && len(scales) != len(means) {
		return nil, fmt.Errorf("metrics: %d scales for %d means", len(scales), len(means))
	}
	for i, m := range means {
		if !(math.Abs(m) <= greatest) {
			return nil, fmt.Errorf("metrics: the mean of member %d for sample %d is %v, want a number within ±%g", i%members, i/members, m, greatest)
		}
	}
	weights, err := config.weights(members)
	if err != nil {
		return nil, err
	}
	points := scales == nil
	for i, s := range scales {
		if s != 0 && !(s >= smallest && s <= greatest) {
			return nil, fmt.Errorf("metrics: the scale of member %d for sample %d is %v, want 0 or %g to %g", i%members, i/members, s, smallest, greatest)
		}
		points = points || s == 0 && weights[i%members] > 0
	}
	return &Mixtures{means, scales, weights, points}, nil
}

// weights returns the weights divided by their sum.
func (c MixturesConfig) weights(members int) ([]float64, error) {
	weights := make([]float64, members)
	if c.Weights == nil {
		for i := range weights {
			weights[i] = 1 / float64(members)
		}
		return weights, nil
	}
	if len(c.Weights) != members {
		return nil, fmt.Errorf("metrics: %d Weights for %d members", len(c.Weights), members)
	}
	sum := 0.0
	for i, w := range c.Weights {
		if !(w >= 0 && w <= greatest) {
			return nil, fmt.Errorf("metrics: Weights[%d] = %v, want 0 to %g", i, w, greatest)
		}
		sum += w
	}
	if sum == 0 {
		return nil, errors.New("metrics: Weights are all 0")
	}
	for i, w := range c.Weights {
		weights[i] = w / sum
	}
	return weights, nil
}

// Len returns the number of samples.
func (m *Mixtures) Len() int { return len(m.means) / m.Members() }

// Members returns the number of members.
func (m *Mixtures) Members() int { return len(m.weights) }

// component returns the mean and the scale of a member for sample i.
func (m *Mixtures) component(i, member int) (mean, scale float64) {
	at := i*m.Members() + member
	if m.scales == nil {
		return m.means[at], 0
	}
	return m.means[at], m.scales[at]
}

// MeanPerSample returns the mean of the mixture, Σ_m w_m μ_m.
func (m *Mixtures) MeanPerSample() []float64 {
	means := make([]float64, m.Len())
	for i := range means {
		for member, weight := range m.weights {
			mean, _ := m.component(i, member)
			means[i] += weight * mean
		}
	}
	return means
}

// VariancePerSample returns the two parts whose sum is the variance of the mixture:
// the aleatoric one is the mean of the members' variances, Σ_m w_m σ_m², and the
// epistemic one the variance of the members' means, Σ_m w_m (μ_m − μ̄)²
// (Depeweg et al., arXiv 1710.07283).
func (m *Mixtures) VariancePerSample() (aleatoric, epistemic []float64) {
	aleatoric, epistemic = make([]float64, m.Len()), make([]float64, m.Len())
	for i, center := range m.MeanPerSample() {
		for member, weight := range m.weights {
			mean, scale := m.component(i, member)
			aleatoric[i] += weight * scale * scale
			epistemic[i] += weight * (mean - center) * (mean - center)
		}
	}
	return aleatoric, epistemic
}
