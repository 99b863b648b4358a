package joint

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

var families = []Family{Softmax, Gaussian, Poisson}

// nllBy is the negative log-likelihood by its definition, from gonum's distributions.
func nllBy(f Family, eta []float64, y truth) float64 {
	if f == Softmax {
		return floats.LogSumExp(eta) - eta[y.label]
	}
	sum := 0.0
	for k, target := range y.targets {
		switch f {
		case Gaussian:
			sum -= distuv.Normal{Mu: eta[k], Sigma: 1}.LogProb(float64(target)) + math.Log(2*math.Pi)/2
		case Poisson:
			sum -= distuv.Poisson{Lambda: math.Exp(eta[k])}.LogProb(float64(target))
		}
	}
	return sum
}

// divergence is KL of the distribution of η from that of μ.
func divergence(f Family, eta, mu []float64) float64 {
	sum := 0.0
	for k := range eta {
		switch f {
		case Softmax:
			a, b := eta[k]-floats.LogSumExp(eta), mu[k]-floats.LogSumExp(mu)
			sum += math.Exp(a) * (a - b)
		case Gaussian:
			sum += (eta[k] - mu[k]) * (eta[k] - mu[k]) / 2
		case Poisson:
			sum += math.Exp(eta[k])*(eta[k]-mu[k]) - math.Exp(eta[k]) + math.Exp(mu[k])
		}
	}
	return sum
}

// forms are the joint loss in its three equivalent forms.
func forms(f Family, lambda float64, etas [][]float64, y truth) (losses [3]float64, ambiguity float64) {
	mean := make([]float64, len(etas[0]))
	members := 0.0
	for _, eta := range etas {
		floats.AddScaled(mean, 1/float64(len(etas)), eta)
		members += nllBy(f, eta, y) / float64(len(etas))
	}
	for _, eta := range etas {
		ambiguity += divergence(f, mean, eta) / float64(len(etas))
	}
	ensemble := nllBy(f, mean, y)
	return [3]float64{
		lambda*ensemble + (1-lambda)*members,
		ensemble + (1-lambda)*ambiguity,
		members - lambda*ambiguity,
	}, ambiguity
}

// oneSample returns a dataset of one sample with random truth for a family.
func oneSample(t *testing.T, f Family, outputs int, r *rand.Rand) *data.Dataset {
	t.Helper()
	if f == Softmax {
		d, err := data.NewLabeled([]float32{0}, []int{1}, []int{r.IntN(outputs)}, outputs)
		require.NoError(t, err)
		return d
	}
	targets := make([]float32, outputs)
	for k := range targets {
		targets[k] = float32(r.NormFloat64())
		if f == Poisson {
			targets[k] = float32(r.IntN(5))
		}
	}
	d, err := data.NewTargets([]float32{0}, []int{1}, targets)
	require.NoError(t, err)
	return d
}

// The derivatives are those of each of the three forms of the loss, by differences.
func TestDerivativesOfThreeForms(t *testing.T) {
	r := rand.New(random.Source(1))
	for _, f := range families {
		for trial := range 60 {
			lambda := []float64{0, 1, r.Float64()}[trial%3]
			modules, outputs := 1+r.IntN(6), 2+r.IntN(9)
			d := oneSample(t, f, outputs, r)
			y := f.truth(d, 0)
			etas, flat := make([][]float64, modules), []float32(nil)
			for j := range etas {
				for range outputs {
					v := float32(1.5 * r.NormFloat64())
					flat = append(flat, v)
					etas[j] = append(etas[j], float64(v))
				}
			}
			l := loss{family: f, lambda: lambda, modules: modules, data: d}
			slopes := make([]float32, len(flat))
			got := l.newObjective(outputs).Derive(slopes, flat, 0)
			values, ambiguity := forms(f, lambda, etas, y)
			assert.GreaterOrEqual(t, ambiguity, 0.0)
			for i, want := range values {
				require.InDelta(t, want, got, 1e-11*(1+math.Abs(want)), "%v, λ = %v, form %d", f, lambda, i+1)
			}
			for at := range flat {
				eta := etas[at/outputs]
				k, h := at%outputs, 1e-4
				before := eta[k]
				eta[k] = before + h
				up, _ := forms(f, lambda, etas, y)
				eta[k] = before - h
				down, _ := forms(f, lambda, etas, y)
				eta[k] = before
				for i := range up {
					want := (up[i] - down[i]) / (2 * h)
					require.InDelta(t, want, slopes[at], 2e-7*(1+math.Abs(want))+1e-6*math.Abs(want), "%v, λ = %v, form %d, output %d", f, lambda, i+1, at)
				}
			}
		}
	}
}

// Derivatives in the paper's words: (1/M) [(1 − λ)(ŷⱼ − y) + λ(ȳ − y)], to the
// precision of a float32, where predictions are nearly right too.
func TestDerivativesOfConfidentModules(t *testing.T) {
	d, err := data.NewLabeled([]float32{0}, []int{1}, []int{1}, 3)
	require.NoError(t, err)
	outputs := []float32{0, 30, 5, -3, 40, 2} // two modules
	for _, lambda := range []float64{0, 0.25, 1} {
		l := loss{family: Softmax, lambda: lambda, modules: 2, data: d}
		slopes := make([]float32, 6)
		got := l.newObjective(3).Derive(slopes, outputs, 0)
		// Of others than the label, relative to it.
		p := [2][2]float64{{math.Exp(-30), math.Exp(-25)}, {math.Exp(-43), math.Exp(-38)}}
		mean := [2]float64{math.Exp(-36.5), math.Exp(-31.5)}
		loss := lambda * (mean[0] + mean[1])
		for j, others := range p {
			loss += (1 - lambda) / 2 * (others[0] + others[1])
			a, b := ((1-lambda)*others[0]+lambda*mean[0])/2, ((1-lambda)*others[1]+lambda*mean[1])/2
			for k, want := range []float64{a, -a - b, b} {
				assert.InEpsilon(t, want, slopes[3*j+k], 1e-6, "λ = %v, module %d, output %d", lambda, j, k)
			}
		}
		assert.InDelta(t, loss, got, 1e-15)
	}
}

// A module whose output is not finite makes the loss so, in each family.
func TestLossOfInfiniteOutputs(t *testing.T) {
	r := rand.New(random.Source(2))
	for _, f := range families {
		d := oneSample(t, f, 3, r)
		for _, lambda := range []float64{0, 0.5, 1} {
			for at := range 12 {
				for _, special := range []float64{math.Inf(1), math.NaN()} {
					outputs := make([]float32, 12)
					outputs[at] = float32(special)
					l := loss{family: f, lambda: lambda, modules: 4, data: d}
					got := l.newObjective(3).Derive(make([]float32, 12), outputs, 0)
					assert.True(t, got-got != 0, "%v, λ = %v: %v of an output %v", f, lambda, got, special)
				}
			}
		}
	}
}

func TestFamilyString(t *testing.T) {
	assert.Equal(t, "[Softmax Gaussian Poisson]", fmt.Sprint(families))
	assert.Equal(t, "Family(7)", Family(7).String())
}
