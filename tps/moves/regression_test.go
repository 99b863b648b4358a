package moves

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/estimate"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
)

// A regression is a logistic regression with an intercept and few samples of one class:
// the loss of a sample is log(1 + exp(−x·θ)), x being its input times its label.
type regression struct{ x [][2]float64 }

func newRegression(n int) *regression {
	normal := rand.New(random.Source(300))
	r := &regression{x: make([][2]float64, n)}
	for i := range r.x {
		z, label := normal.NormFloat64(), -1.0
		if random.Open(normal) < 1/(1+math.Exp(3.5-z)) {
			label = 1
		}
		r.x[i] = [2]float64{label, label * z}
	}
	return r
}

func (r *regression) Samples() int { return len(r.x) }
func (r *regression) Params() int  { return 2 }

func (r *regression) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		for j, i := range samples {
			dst[k][j] = softPlus(-r.x[i][0]*float64(model[0]) - r.x[i][1]*float64(model[1]))
		}
	}
}

func (r *regression) Gradient(dst, model []float32, samples []int) (loss float64) {
	var sum [2]float64
	for _, i := range samples {
		z := r.x[i][0]*float64(model[0]) + r.x[i][1]*float64(model[1])
		loss += softPlus(-z)
		for a, x := range r.x[i] {
			sum[a] -= x / (1 + math.Exp(z))
		}
	}
	n := float64(len(samples))
	dst[0], dst[1] = float32(sum[0]/n), float32(sum[1]/n)
	return loss / n
}

// marginals returns the exact means and standard deviations of the parameters of the
// first of two models with a prior of the first, by quadrature on a grid.
func (r *regression) marginals(path tps.Path, s float64) (mean, deviation [2]float64) {
	const g = 141
	axes := [2][2]float64{{-7, -1.5}, {-1.2, 3.5}} // far beyond the marginals
	at := func(a, i int) float64 { return axes[a][0] + (axes[a][1]-axes[a][0])*float64(i)/(g-1) }
	all := make([]int, len(r.x))
	for i := range all {
		all[i] = i
	}
	weight, edge := mat.NewDense(g, g, nil), 0.0
	var gradient [2]float32
	least := math.Inf(1)
	weight.Apply(func(i, j int, _ float64) float64 {
		loss := r.Gradient(gradient[:], []float32{float32(at(0, i)), float32(at(1, j))}, all)
		least = math.Min(least, loss)
		return loss
	}, weight)
	weight.Apply(func(_, _ int, loss float64) float64 { return math.Exp(-s * (loss - least)) }, weight)
	kernel := [2]*mat.Dense{mat.NewDense(g, g, nil), mat.NewDense(g, g, nil)}
	for a, k := range kernel {
		k.Apply(func(i, j int, _ float64) float64 {
			step := (at(a, i) - at(a, j)) / path.Sigma
			return math.Exp(-step * step / 2)
		}, k)
	}
	var half, message mat.Dense // of the second model
	half.Mul(kernel[0], weight)
	message.Mul(&half, kernel[1])
	total := 0.0
	var squares [2]float64
	for i := range g {
		for j := range g {
			theta := [2]float64{at(0, i), at(1, j)}
			w := weight.At(i, j) * message.At(i, j) * math.Exp(-(theta[0]*theta[0]+theta[1]*theta[1])/(2*path.Prior.Sigma*path.Prior.Sigma))
			total += w
			if i == 0 || j == 0 || i == g-1 || j == g-1 {
				edge += w
			}
			for a, x := range theta {
				mean[a] += w * x
				squares[a] += w * x * x
			}
		}
	}
	if edge > 1e-8*total {
		panic("the grid is too small")
	}
	for a := range mean {
		mean[a] /= total
		deviation[a] = math.Sqrt(squares[a]/total - mean[a]*mean[a])
	}
	return mean, deviation
}

// The posterior of a regression with skewed data: means within 1 % of a standard
// deviation and variances within 2 %, as far as 4 standard errors allow.
func TestRegressionIsExact(t *testing.T) {
	const n, s = 200, 200
	r := newRegression(n)
	path := tps.Path{Sigma: 0.3, Prior: &tps.Gaussian{Sigma: 4}}
	mean, deviation := r.marginals(path, s)
	t.Logf("exact: %.3f ± %.3f", mean, deviation)
	for _, c := range []struct {
		name  string
		move  tps.Move
		test  minibatch.Test
		steps int
		long  bool // only with the flag -long
	}{
		{"Langevin", Langevin{Gradient: r, Beta: 0.7, Batch: 20}, barkerTest(t, n), 40_000, false},
		{"Langevin adaptive", Langevin{Gradient: r, Beta: 0.7, Batch: 20}, adaptive(t, n, minibatch.Uniform), 40_000, true},
		{"Barker", Barker{Gradient: r, Step: 1.2, Batch: 20}, barkerTest(t, n), 40_000, true},
		{"Barker adaptive", Barker{Gradient: r, Step: 1.2, Batch: 20}, adaptive(t, n, minibatch.Uniform), 40_000, false},
		{"Hamiltonian", Hamiltonian{Gradient: r, Step: 0.8, Steps: 2, Whole: true}, barkerTest(t, n), 15_000, false},
	} {
		if c.long && !*long {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			if *long {
				c.steps *= 30
			}
			start, err := tps.RandomWalk(2, []float32{float32(mean[0]), float32(mean[1])}, 0.1, random.Source(1))
			require.NoError(t, err)
			chain := newChain(t, tps.Config{
				Tau: 2, Sigma: path.Sigma, Prior: path.Prior, S: s, Seed: 3, Start: start,
				Move: c.move, Test: c.test,
			}, r)
			var series [4][]float64
			for k := range c.steps {
				if _, err := chain.Step(); err != nil {
					require.NoError(t, err)
				}
				if k < c.steps/50 {
					continue
				}
				for a, x := range chain.Trajectory().Model(0) {
					z := (float64(x) - mean[a]) / deviation[a]
					series[a] = append(series[a], z)
					series[2+a] = append(series[2+a], z*z-1)
				}
			}
			stats := chain.Stats()
			t.Logf("acceptance %.2f, batch %.0f", stats.Acceptance(), stats.MeanBatch())
			for k, limit := range []float64{0.01, 0.01, 0.02, 0.02} {
				off, e := estimate.Mean(series[k])
				t.Logf("moment %d of coordinate %d off by %+.3f ± %.3f", 1+k/2, k%2, off, e)
				assert.LessOrEqual(t, math.Abs(off), limit+4*e)
				assert.Less(t, e, 0.13)
			}
		})
	}
}
