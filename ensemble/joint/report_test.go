package joint

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// Measures are those of their definitions, by outputs of nn, for networks that can be
// stacked and others.
func TestEvaluate(t *testing.T) {
	const modules, outputs, samples = 5, 4, 150 // several blocks
	for _, f := range families {
		for _, net := range []*nn.Network{
			mustNetwork(t, []int{1, 4, 4}, nn.Flatten{}, nn.Dense{Outputs: 3}, nn.ReLU{}, nn.Dense{Outputs: outputs}),
			mustNetwork(t, []int{1, 4, 4}, nn.Conv2D{Channels: 2, Kernel: 3}, nn.Flatten{}, nn.Dense{Outputs: outputs}),
		} {
			d := randomData(t, f, samples, net.InputShape(), outputs)
			all := Initialize(net, modules, random.Source(21))
			r, err := Evaluate(net, all, d, f)
			require.NoError(t, err)
			require.Len(t, r.Modules, modules)
			want := make([]Measures, modules+1)
			diversity, row := 0.0, make([]float32, outputs)
			for i := range samples {
				etas, y := [][]float64{}, f.truth(d, i)
				mean := make([]float64, outputs)
				for _, params := range all {
					net.NewEvaluator().Output(row, params, d.Input(i))
					eta := make([]float64, outputs)
					for k, v := range row {
						eta[k] = float64(v)
					}
					etas = append(etas, eta)
					floats.AddScaled(mean, 1.0/modules, eta)
				}
				for j, eta := range append(etas, mean) {
					addMeasures(&want[j], f, eta, y)
				}
				_, ambiguity := forms(f, 0, etas, y)
				diversity += ambiguity / samples
			}
			for j, got := range append(r.Modules, r.Ensemble) {
				assert.InEpsilon(t, want[j].Loss/samples, got.Loss, 1e-6)
				assert.InDelta(t, want[j].Entropy/samples, got.Entropy, 1e-6)
				wrong := want[j].Error / samples
				if f != Softmax {
					wrong = math.Sqrt(wrong / outputs)
				}
				assert.InEpsilon(t, wrong, got.Error, 1e-6)
			}
			assert.InEpsilon(t, diversity, r.Diversity, 1e-5)
			assert.InDelta(t, r.Average.Loss-r.Ensemble.Loss, r.Diversity, 1e-12*r.Average.Loss)
			assert.Greater(t, r.Diversity, 0.0)
			var losses, errors []float64
			for _, m := range r.Modules {
				losses, errors = append(losses, m.Loss), append(errors, m.Error)
			}
			assert.InEpsilon(t, stat.Mean(losses, nil), r.Average.Loss, 1e-12)
			assert.InEpsilon(t, stat.Mean(errors, nil), r.Average.Error, 1e-12)
		}
	}
}

func addMeasures(m *Measures, f Family, eta []float64, y truth) {
	m.Loss += nllBy(f, eta, y)
	if f != Softmax {
		m.Entropy = math.NaN()
		for k, target := range y.targets {
			prediction := eta[k]
			if f == Poisson {
				prediction = math.Exp(eta[k])
			}
			m.Error += (prediction - float64(target)) * (prediction - float64(target))
		}
		return
	}
	if floats.MaxIdx(eta) != y.label {
		m.Error++
	}
	probabilities := make([]float64, len(eta))
	for k, z := range eta {
		probabilities[k] = math.Exp(z - floats.LogSumExp(eta))
	}
	m.Entropy += stat.Entropy(probabilities)
}

// Modules that agree have no diversity, and a diversity is never negative.
func TestDiversityOfOneModule(t *testing.T) {
	for _, f := range families {
		net := mustNetwork(t, []int{6}, nn.Dense{Outputs: 4})
		d := randomData(t, f, 100, []int{6}, 4)
		one := Initialize(net, 1, random.Source(22))
		r, err := Evaluate(net, [][]float32{one[0], one[0], one[0]}, d, f)
		require.NoError(t, err)
		assert.InDelta(t, 0, r.Diversity, 1e-15*r.Average.Loss)
		assert.GreaterOrEqual(t, r.Diversity, 0.0)
		for seed := range uint64(30) {
			r, err := Evaluate(net, Initialize(net, 2+int(seed)%9, random.Source(23, seed)), d, f)
			require.NoError(t, err)
			assert.Greater(t, r.Diversity, 0.0)
		}
	}
}

// A committee of the modules says the same, by its geometric mean.
func TestCommittee(t *testing.T) {
	net := mustNetwork(t, []int{6}, nn.Dense{Outputs: 3}, nn.ReLU{}, nn.Dense{Outputs: 4})
	d := randomData(t, Softmax, 100, []int{6}, 4)
	modules := Initialize(net, 7, random.Source(24))
	report, err := Evaluate(net, modules, d, 0)
	require.NoError(t, err)
	committee, err := ensemble.New(net, modules)
	require.NoError(t, err)
	p, err := committee.PredictClasses(d)
	require.NoError(t, err)
	logs, loss, wrong := p.LogGeometric(), 0.0, 0
	for i := range d.Len() {
		row := logs[4*i : 4*i+4]
		loss -= row[d.Label(i)] / float64(d.Len())
		if floats.MaxIdx(row) != d.Label(i) {
			wrong++
		}
	}
	assert.InEpsilon(t, loss, report.Ensemble.Loss, 1e-6)
	assert.InDelta(t, float64(wrong)/100, report.Ensemble.Error, 1e-12)
	own, err := committee.Evaluate(d)
	require.NoError(t, err)
	for j, m := range report.Modules {
		assert.InEpsilon(t, own.MemberNLL[j], m.Loss, 1e-6)
		assert.InDelta(t, 1-own.MemberAccuracy[j], m.Error, 1e-12)
	}
	assert.InEpsilon(t, own.MemberEntropy, report.Average.Entropy, 1e-6)
}

func TestEvaluateErrors(t *testing.T) {
	net := mustNetwork(t, []int{6}, nn.Dense{Outputs: 3}, nn.ReLU{}, nn.Dense{Outputs: 4})
	d := randomData(t, Softmax, 10, []int{6}, 4)
	modules := Initialize(net, 2, random.Source(25))
	_, err := Evaluate(net, modules, d, Poisson)
	assert.ErrorContains(t, err, "joint: the dataset has 0 targets, the network 4 outputs; family Poisson needs as many")
	_, err = Evaluate(net, nil, d, 0)
	assert.ErrorContains(t, err, "no modules")
	_, err = Evaluate(net, modules, d.Unlabeled(), 0)
	assert.ErrorContains(t, err, "the dataset has 0 targets")
	for i := range modules[1] {
		modules[1][i] = math.MaxFloat32
	}
	_, err = Evaluate(net, modules, d, 0)
	assert.ErrorContains(t, err, "joint: module 1 gives")
	assert.ErrorContains(t, err, "for sample 0, want finite outputs")
}
