package joint

import "github.com/trajens/trajens/data"

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
	for len(outputs) > 0 {
		for k, v := range outputs[:len(dst)] {
			dst[k] += float64(v)
		}
		outputs = outputs[len(dst):]
	}
	for k := range dst {
		dst[k] /= modules
	}
}

// A module is what one module adds to the loss of a sample, and its gradient.
type module struct {
	loss
	eta, residuals []float64 // of the module
}

func (l loss) newModule(outputs int) *module {
	return &module{loss: l, eta: make([]float64, outputs), residuals: make([]float64, outputs)}
}

// derive writes the derivatives of the loss with respect to the outputs of a module,
// given the residuals ȳ − y of the ensemble, and returns the module's part of the
// loss: (1/M) (1 − λ) NLL(ηⱼ).
func (m *module) derive(slopes, outputs []float32, y truth, ensemble []float64) float64 {
	scale := 1 / float64(m.modules)
	if m.lambda == 1 { // only the average counts
		for k, r := range ensemble {
			slopes[k] = float32(scale * r)
		}
		return 0
	}
	for k, v := range outputs {
		m.eta[k] = float64(v)
	}
	nll := m.family.residuals(m.residuals, m.eta, y)
	own, shared := scale*(1-m.lambda), scale*m.lambda
	for k, r := range m.residuals {
		slopes[k] = float32(own*r + shared*ensemble[k])
	}
	return own * nll
}

// An ensembleObjective is the joint loss of the outputs of all modules, one module
// after the other. It implements nn.Objective.
type ensembleObjective struct {
	*module
	mean, meanResiduals []float64
}

func (l loss) newEnsembleObjective(outputs int) *ensembleObjective {
	return &ensembleObjective{l.newModule(outputs), make([]float64, outputs), make([]float64, outputs)}
}

// Derive implements nn.Objective.
func (o *ensembleObjective) Derive(slopes, outputs []float32, sample int) float64 {
	y := o.family.truth(o.data, sample)
	sum := 0.0
	if o.lambda > 0 {
		average(o.mean, outputs)
		sum = o.lambda * o.family.residuals(o.meanResiduals, o.mean, y)
	}
	for n := len(o.mean); len(outputs) > 0; slopes, outputs = slopes[n:], outputs[n:] {
		sum += o.derive(slopes[:n], outputs[:n], y, o.meanResiduals)
	}
	return sum
}
