package joint

import (
	"math"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/kernel"
)

// A loss is the joint loss of some modules on a dataset.
type loss struct {
	family  Family
	lambda  float64
	modules int
	data    *data.Dataset
}

// average writes the average of the modules' outputs, one module after the other, to
// dst.
func average(dst []float64, outputs []float32) {
	clear(dst)
	modules := float64(len(outputs) / len(dst))
	for ; len(outputs) > 0; outputs = outputs[len(dst):] {
		for k, v := range outputs[:len(dst)] {
			dst[k] += float64(v)
		}
	}
	for k := range dst {
		dst[k] /= modules
	}
}

// An objective is the joint loss of the outputs of all modules, one module after the
// other. It implements nn.Objective.
type objective struct {
	loss
	outputs            int // of a module
	mean, meanResidual []float64
	residual           []float64 // of one module
	eta                []float64 // of all modules
	exp                kernel.Exp
}

func (l loss) newObjective(outputs int) *objective {
	numbers := func() []float64 { return make([]float64, outputs) }
	return &objective{
		loss: l, outputs: outputs, mean: numbers(), meanResidual: numbers(), residual: numbers(),
		eta: make([]float64, l.modules*outputs),
	}
}

// Derive implements nn.Objective.
func (m *objective) Derive(slopes, outputs []float32, sample int) float64 {
	y := m.family.truth(m.data, sample)
	sum := 0.0
	if m.lambda > 0 {
		average(m.mean, outputs)
		sum = m.lambda * m.family.residuals(m.meanResidual, m.mean, y)
	}
	return sum + m.derive(slopes, outputs, y, m.meanResidual)
}

// derive writes the derivatives of the loss with respect to the outputs of modules,
// one module after the other, given the residuals ȳ − y of the ensemble:
//
//	(1/M) [(1 − λ)(ŷⱼ − y) + λ(ȳ − y)]
//
// It returns their part of the loss, (1/M) (1 − λ) Σⱼ NLL(ηⱼ).
func (m *objective) derive(slopes, outputs []float32, y truth, ensemble []float64) float64 {
	own, shared := (1-m.lambda)/float64(m.modules), m.lambda/float64(m.modules)
	switch {
	case m.lambda == 1: // only the average counts
		for ; len(slopes) > 0; slopes = slopes[m.outputs:] {
			for k, r := range ensemble {
				slopes[k] = float32(shared * r)
			}
		}
		return 0
	case m.family == Softmax:
		return own * m.deriveSoftmax(slopes, outputs, y.label, own, shared, ensemble)
	}
	nll := 0.0
	for ; len(slopes) > 0; slopes, outputs = slopes[m.outputs:], outputs[m.outputs:] {
		eta := m.eta[:m.outputs]
		for k := range eta {
			eta[k] = float64(outputs[k])
		}
		nll += m.family.residuals(m.residual, eta, y)
		for k, r := range m.residual {
			slopes[k] = float32(own*r + shared*ensemble[k])
		}
	}
	return own * nll
}

// deriveSoftmax does what derive does for logits, and returns the sum of NLL(ηⱼ). It
// is most of what many small modules cost beside the network, so exponentials are
// computed for all of them at once, and one logarithm for many.
func (m *objective) deriveSoftmax(slopes, outputs []float32, label int, own, shared float64, ensemble []float64) float64 {
	classes := m.outputs
	powers := m.eta[:len(outputs)]
	var difference float32 // NaN if a logit is not finite
	gaps := 0.0
	for at := 0; at < len(outputs); at += classes {
		row, power := outputs[at:at+classes], powers[at:at+classes]
		top := row[0]
		for _, z := range row {
			difference += z - z
			if z > top {
				top = z
			}
		}
		for k, z := range row {
			power[k] = float64(z) - float64(top)
		}
		gaps -= power[label]
	}
	m.exp.X = powers
	m.exp.Run()
	logarithms, product := 0.0, 1.0
	for at := 0; at < len(powers); at += classes {
		power, slope := powers[at:at+classes], slopes[at:at+classes]
		// The label's own probability is near one where it matters how far it is
		// from it: so the others are summed apart.
		mine := power[label]
		power[label] = 0
		others := 0.0
		for _, p := range power {
			others += p
		}
		all := others + mine
		scale := own / all
		for k, p := range power {
			slope[k] = float32(scale*p + shared*ensemble[k])
		}
		slope[label] = float32(shared*ensemble[label] - scale*others)
		if product *= all; product > 1e200 {
			logarithms += math.Log(product)
			product = 1
		}
	}
	return gaps + logarithms + math.Log(product) + float64(difference)
}
