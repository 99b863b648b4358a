package joint

import (
	"math"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// Measures say how good predictions are, as means over the samples of a dataset.
type Measures struct {
	// Loss is the negative log-likelihood; see Family.
	Loss float64
	// Error is the share of samples of which another class than the label has the
	// largest output, for Softmax; for others the root of the mean squared difference
	// of predictions ŷ and targets.
	Error float64
	// Entropy is that of the predicted probabilities in nats, for Softmax; for others
	// it is NaN.
	Entropy float64
}

// A Report says how good modules and their ensemble are on a dataset.
type Report struct {
	// Ensemble is for the average η̄ of the modules' outputs.
	Ensemble Measures
	// Modules has the measures of each module.
	Modules []Measures
	// Average is the mean over Modules.
	Average Measures
	// Diversity is the ambiguity, Average.Loss − Ensemble.Loss up to rounding, but
	// computed without y, as the mean of (1/M) Σⱼ A(ηⱼ) − A(η̄). It is 0 or more.
	Diversity float64
}

// Evaluate measures the modules of a network on a dataset. The family is as in Config.
func Evaluate(net *nn.Network, modules [][]float32, d *data.Dataset, family Family) (*Report, error) {
	if err := check(net, modules, d); err != nil {
		return nil, err
	}
	family, err := family.resolve(net.Outputs(), d)
	if err != nil {
		return nil, err
	}
	o, err := newOutputs(net, len(modules), d)
	if err != nil {
		return nil, err
	}
	o.setModules(modules)
	// The ensemble comes after the modules.
	all := &measurement{
		family: family, data: d, eta: make([]float64, net.Outputs()), mean: make([]float64, net.Outputs()),
		residuals: make([]float64, net.Outputs()), measures: make([]Measures, len(modules)+1), errors: family.newErrors(len(modules) + 1),
	}
	if err := o.each(all.add); err != nil {
		return nil, err
	}
	return all.report(), nil
}

// A measurement sums up measures.
type measurement struct {
	family               Family
	data                 *data.Dataset
	eta, mean, residuals []float64
	measures             []Measures // without errors
	errors               *errorSums
	diversity            float64
}

// add adds what the modules, and the ensemble, say of a sample.
func (m *measurement) add(sample int, outputs []float32) {
	y, n := m.family.truth(m.data, sample), len(m.mean)
	modules := len(m.measures) - 1
	partition := 0.0
	for j := range modules {
		for k, v := range outputs[j*n:][:n] {
			m.eta[k] = float64(v)
		}
		partition += m.addOne(j, m.eta, y)
	}
	average(m.mean, outputs)
	m.diversity += max(partition/float64(modules)-m.addOne(modules, m.mean, y), 0)
}

// addOne adds a prediction to measures number j, and returns A(η).
func (m *measurement) addOne(j int, eta []float64, y truth) float64 {
	partition := m.family.partition(eta)
	m.measures[j].Loss += m.family.residuals(m.residuals, eta, y)
	m.errors.add(j, eta, y)
	if m.family != Softmax {
		m.measures[j].Entropy = math.NaN()
		return partition
	}
	m.residuals[y.label]++ // now probabilities
	for k, p := range m.residuals {
		m.measures[j].Entropy += p * (partition - eta[k])
	}
	return partition
}

// report makes means of sums.
func (m *measurement) report() *Report {
	n, modules := float64(m.data.Len()), len(m.measures)-1
	r := &Report{Diversity: m.diversity / n}
	for j := range m.measures {
		m.measures[j].Loss /= n
		m.measures[j].Entropy /= n
		m.measures[j].Error = m.errors.of(j, m.data)
	}
	r.Modules, r.Ensemble = m.measures[:modules:modules], m.measures[modules]
	for _, one := range r.Modules {
		r.Average.Loss += one.Loss / float64(modules)
		r.Average.Error += one.Error / float64(modules)
		r.Average.Entropy += one.Entropy / float64(modules)
	}
	return r
}
