package ensemble

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// A direct is what a committee says of samples, computed one sample and one member
// at a time, by the definitions. Everything is [sample][class].
type direct struct {
	outputs       [][][]float32 // [sample][member][class]
	weights       []float64     // their sum is 1
	probabilities [][]float64
	shares        [][]float64
	geometric     [][]float64
	memberEntropy []float64
	disagreement  []float64
	variances     [][]float64 // of outputs
	means         [][]float64
}

func directly(t testing.TB, net *nn.Network, models [][]float32, weights []float64, d *data.Dataset) *direct {
	t.Helper()
	x := &direct{weights: make([]float64, len(models))}
	sum := 0.0
	for k := range models {
		x.weights[k] = 1
		if weights != nil {
			x.weights[k] = weights[k]
		}
		sum += x.weights[k]
	}
	for k := range x.weights {
		x.weights[k] /= sum
	}
	e, n := net.NewEvaluator(), net.Outputs()
	for i := range d.Len() {
		members := make([][]float32, len(models))
		probability, share, log := make([]float64, n), make([]float64, n), make([]float64, n)
		mean, variance := make([]float64, n), make([]float64, n)
		entropy, votes := 0.0, make([]int, len(models))
		for k, model := range models {
			members[k] = make([]float32, n)
			e.Outputs(members[k], model, d, []int{i})
			p := softmax(members[k])
			for class := range p {
				probability[class] += x.weights[k] * p[class]
				log[class] += x.weights[k] * float64(members[k][class])
				mean[class] += x.weights[k] * float64(members[k][class])
				if p[class] > 0 {
					entropy -= x.weights[k] * p[class] * math.Log(p[class])
				}
				if members[k][class] > members[k][votes[k]] {
					votes[k] = class
				}
			}
			share[votes[k]] += x.weights[k]
		}
		different, pairs := 0.0, 0.0
		for k := range models {
			for l := range models {
				if k != l {
					pairs += x.weights[k] * x.weights[l]
					if votes[k] != votes[l] {
						different += x.weights[k] * x.weights[l]
					}
				}
			}
			for class, y := range members[k] {
				variance[class] += x.weights[k] * math.Pow(float64(y)-mean[class], 2)
			}
		}
		total := 0.0
		for class := range log {
			log[class] = math.Exp(log[class])
			total += log[class]
		}
		for class := range log {
			log[class] /= total
		}
		x.outputs = append(x.outputs, members)
		x.probabilities, x.shares, x.geometric = append(x.probabilities, probability), append(x.shares, share), append(x.geometric, log)
		x.memberEntropy, x.disagreement = append(x.memberEntropy, entropy), append(x.disagreement, different/pairs)
		x.means, x.variances = append(x.means, mean), append(x.variances, variance)
	}
	return x
}

// softmax is without protection against overflow.
func softmax(outputs []float32) []float64 {
	p, sum := make([]float64, len(outputs)), 0.0
	for k, y := range outputs {
		p[k] = math.Exp(float64(y))
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// argmax returns the first index of the largest number, where numbers that differ by
// roundings only are equal.
func argmax(x []float64) (at int) {
	for k := range x {
		if x[k] > x[at]+1e-12 {
			at = k
		}
	}
	return at
}

// quality judges by the definitions.
func (x *direct) quality(d *data.Dataset) Quality {
	var q Quality
	n := float64(d.Len())
	var confidence, right [15]float64
	for i := range d.Len() {
		label := d.Label(i)
		if argmax(x.shares[i]) == label {
			q.Accuracy += 1 / n
		}
		class := argmax(x.probabilities[i])
		p := x.probabilities[i][class]
		bin := int(math.Ceil(p*15)) - 1
		confidence[bin] += p
		if class == label {
			q.MeanProbabilityAccuracy += 1 / n
			right[bin]++
		}
		q.NLL -= math.Log(x.probabilities[i][label]) / n
		for k, p := range x.probabilities[i] {
			if k == label {
				q.Brier += (1 - p) * (1 - p) / n
			} else {
				q.Brier += p * p / n
			}
		}
	}
	for bin := range confidence {
		q.ECE += math.Abs(confidence[bin]-right[bin]) / n
	}
	return q
}

func requireQuality(t testing.TB, want, got Quality, delta float64, what ...any) {
	t.Helper()
	for v := range want.values() {
		require.InDelta(t, *want.values()[v], *got.values()[v], delta, what...)
	}
}

// digitCommittee returns models of the paper's network and digits.
func digitCommittee(t testing.TB, members, samples int) (*nn.Network, [][]float32, *data.Dataset) {
	t.Helper()
	net := nn.MairCNN()
	digits, err := data.Digits(samples, random.Source(1))
	require.NoError(t, err)
	models := make([][]float32, members)
	for k := range models {
		models[k] = make([]float32, net.Params())
		nn.InitNormal(models[k], 0.3, random.Source(uint64(k)))
	}
	return net, models, digits
}

func weightedCommittee(t testing.TB, net *nn.Network, models [][]float32, weights []float64) *Committee {
	t.Helper()
	c, err := NewWeighted(net, models, weights)
	require.NoError(t, err)
	return c
}

// logOfSum returns log Σ weight · exp(l) in numbers of many bits, for exponents far
// below those of a float64: exp by squaring.
func logOfSum(weights, logs []float64) float64 {
	sum := new(big.Float).SetPrec(200)
	for k, l := range logs {
		// exp(l) = exp(l/2¹⁶)^(2¹⁶)
		p := new(big.Float).SetPrec(400).SetFloat64(1)
		term, x := big.NewFloat(1).SetPrec(400), new(big.Float).SetPrec(400).SetFloat64(l)
		x.Quo(x, big.NewFloat(1<<16))
		for i := 1; i < 40; i++ {
			term.Mul(term, x)
			term.Quo(term, big.NewFloat(float64(i)))
			p.Add(p, term)
		}
		for range 16 {
			p.Mul(p, p)
		}
		sum.Add(sum, p.Mul(p, big.NewFloat(weights[k])))
	}
	exponent := sum.MantExp(sum)
	mantissa, _ := sum.Float64()
	return math.Log(mantissa) + float64(exponent)*math.Ln2
}
