package tps

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/estimate"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps/exact"
)

// A tiltedLine is the trajectory ensemble of the linear perceptron.
type tiltedLine struct {
	*exact.Linear
	path Path
	tau  int
	s    float64
}

// gaussian returns the mean and the covariance of the whole trajectory.
func (l tiltedLine) gaussian(t testing.TB) (*mat.VecDense, *mat.SymDense) {
	p := l.Params()
	precision, field := mat.NewSymDense(l.tau*p, nil), mat.NewVecDense(l.tau*p, nil)
	slope := new(mat.VecDense)
	slope.MulVec(l.Hessian, mat.NewVecDense(p, l.Minimizer))
	for i := range p {
		one, pulled := precisionOf(l.path, l.tau, i, 0, 0, 0, 0)
		for k := range l.tau {
			field.SetVec(k*p+i, pulled.AtVec(k)+l.s*slope.AtVec(i))
			for j := i; j < p; j++ {
				precision.SetSym(k*p+i, k*p+j, l.s*l.Hessian.At(i, j))
			}
		}
		for k := range l.tau {
			for j := k; j < min(k+2, l.tau); j++ {
				precision.SetSym(k*p+i, j*p+i, precision.At(k*p+i, j*p+i)+one.At(k, j))
			}
		}
	}
	var chol mat.Cholesky
	require.True(t, chol.Factorize(precision))
	mean, covariance := mat.NewVecDense(l.tau*p, nil), mat.NewSymDense(l.tau*p, nil)
	require.NoError(t, chol.SolveVecTo(mean, field))
	require.NoError(t, chol.InverseTo(covariance))
	return mean, covariance
}

// meanLoss returns the exact mean loss per model above the least loss.
func (l tiltedLine) meanLoss(t testing.TB) float64 {
	mean, covariance := l.gaussian(t)
	p, sum := l.Params(), 0.0
	for k := range l.tau {
		for i := range p {
			for j := range p {
				a, b := mean.AtVec(k*p+i)-l.Minimizer[i], mean.AtVec(k*p+j)-l.Minimizer[j]
				sum += l.Hessian.At(i, j) / 2 * (covariance.At(k*p+i, k*p+j) + a*b)
			}
		}
	}
	return sum / float64(l.tau)
}

// The exact answers of these tests are those of package exact where it has them.
func TestTiltedLine(t *testing.T) {
	line := newLine(16, 1)
	for _, tau := range []int{1, 2, 8} {
		l := tiltedLine{line, Path{Sigma: 0.1}, tau, 100}
		assert.InEpsilon(t, line.MeanLoss(tau, 100, 0.1), l.Residual+l.meanLoss(t), 1e-9)
		l.path.Prior = &Gaussian{Sigma: 0.3}
		mean, covariance := l.gaussian(t)
		m, c, err := line.Gaussian(tau, 100, 0.1, 0.3)
		require.NoError(t, err)
		assert.True(t, mat.EqualApprox(m, mean, 1e-12))
		assert.True(t, mat.EqualApprox(c, covariance, 1e-12))
	}
}

// surrogateOf returns the exact surrogate of a line with the curvatures times a
// factor, the directions turned by an angle, and, unless they are 0, the slopes that
// the line has away from its minimizer.
func surrogateOf(l *exact.Linear, factor, angle, away float64) *Quadratic {
	var eigen mat.EigenSym
	if !eigen.Factorize(l.Hessian, true) {
		panic("no eigenvectors")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	v, w := mat.Col(nil, 0, &vectors), mat.Col(nil, 1, &vectors)
	q := &Quadratic{Center: make([]float32, 2), Directions: [][]float64{make([]float64, 2), make([]float64, 2)}}
	sin, cos := math.Sincos(angle)
	for i := range 2 {
		q.Center[i] = float32(l.Minimizer[i] + away*float64(1-2*i))
		q.Directions[0][i] = cos*v[i] + sin*w[i]
		q.Directions[1][i] = cos*w[i] - sin*v[i]
	}
	for k, a := range l.Eigenvalues {
		q.Curvatures = append(q.Curvatures, factor*a)
		slope := 0.0
		for i, x := range q.Directions[k] {
			slope += factor * a * x * (float64(q.Center[i]) - l.Minimizer[i])
		}
		q.Slopes = append(q.Slopes, slope)
	}
	if away == 0 {
		q.Slopes = nil
	}
	return q
}

// tiltedMoves returns moves for a trajectory of τ models of a line.
func tiltedMoves(l *exact.Linear, tau int, step float64) []namedMove {
	three := min(3, tau)
	one := surrogateOf(l, 1, 0, 0)
	one.Curvatures, one.Directions = one.Curvatures[1:], one.Directions[1:] // the steepest
	return []namedMove{
		{"β=0.4", Autoregressive{Beta: 0.4}},
		{"β=0.8, halves", Autoregressive{Beta: 0.8, Fraction: 0.5}},
		{"blocks", Autoregressive{Blocks: [][]int{{0}, {1}, {1, 0}}}},
		{"β=0.6 of three", Autoregressive{Beta: 0.6, Width: three}},
		{"levels", Autoregressive{Beta: 0.6, Width: three, Multilevel: true}},
		{"surrogate", Autoregressive{Surrogate: surrogateOf(l, 1, 0, 0)}},
		{"surrogate, one direction", Autoregressive{Beta: 0.9, Surrogate: one}},
		{"surrogate, curvatures × 2", Autoregressive{Beta: 0.5, Width: three, Surrogate: surrogateOf(l, 2, 0, 0)}},
		{"surrogate, curvatures / 2", Autoregressive{Surrogate: surrogateOf(l, 0.5, 0, 0)}},
		{"surrogate, turned", Autoregressive{Beta: 0.6, Surrogate: surrogateOf(l, 1, 0.4, 0)}},
		{"surrogate, off center with slopes", Autoregressive{Width: three, Surrogate: surrogateOf(l, 1, 0.1, 0.3)}},
		{"surrogate, levels", Autoregressive{Beta: 0.7, Width: three, Multilevel: true, Surrogate: surrogateOf(l, 1.5, 0, 0)}},
		{"shift and β=0.7", Mix{{1, RigidShift{Step: step}}, {2, Autoregressive{Beta: 0.7}}}},
		{"shift by surrogate and β=0.7", Mix{{1, RigidShift{Step: step, Surrogate: surrogateOf(l, 1.5, 0.1, 0)}}, {2, Autoregressive{Beta: 0.7}}}},
		{"many", Mix{
			{1, RigidShift{Step: step, Fraction: 0.5}},
			{1, RigidShift{Step: step, Surrogate: surrogateOf(l, 1, 0, 0.2)}},
			{2, Autoregressive{Beta: 0.5, Width: three, Multilevel: true}},
			{3, Autoregressive{Surrogate: surrogateOf(l, 1, 0, 0)}},
			{1, Autoregressive{Fraction: 0.5}},
		}},
	}
}

// slopedLine is a line that knows how its losses change to first order.
type slopedLine struct{ *exact.Linear }

// gradients returns the losses of samples with a model, and their gradients (e x, e),
// from the losses of models near by: ((e + x)² − (e − x)²)/4 and (e + 1)²/2 − e²/2 − 1/2.
func (l slopedLine) gradients(model []float32, samples []int) (losses, slopes, constants []float64) {
	models, rows := make([][]float32, 4), make([][]float64, 4)
	for k := range models {
		models[k], rows[k] = slices.Clone(model), make([]float64, len(samples))
	}
	models[1][0]++
	models[2][0]--
	models[3][1]++
	l.Losses(rows, models, samples)
	for j, loss := range rows[0] {
		rows[1][j] = (rows[1][j] - rows[2][j]) / 2
		rows[3][j] -= loss + 0.5
	}
	return rows[0], rows[1], rows[3]
}

func (l slopedLine) Gradient(dst []float32, losses []float64, model []float32) {
	all := make([]int, len(losses))
	for i := range all {
		all[i] = i
	}
	values, slopes, constants := l.gradients(model, all)
	copy(losses, values)
	dst[0], dst[1] = float32(stat.Mean(slopes, nil)), float32(stat.Mean(constants, nil))
}

func (l slopedLine) LossesAndSlopes(dst [][]float64, models [][]float32, slopes [][]float64, references, directions [][]float32, samples []int) {
	l.Losses(dst, models, samples)
	for k, reference := range references {
		_, s, c := l.gradients(reference, samples)
		for j := range samples {
			slopes[k][j] = float64(directions[k][0])*s[j] + float64(directions[k][1])*c[j]
		}
	}
}

// A tiltedCase is a chain on a line.
type tiltedCase struct {
	namedMove
	tiltedLine
	losses Losses // nil: the line
	test   func(testing.TB) minibatch.Test
	steps  int // usual
	alter  func(*Chain)
}

func (c tiltedCase) String() string {
	prior := "flat"
	if c.path.Prior != nil {
		prior = "first"
	}
	if c.path.EveryModel {
		prior = "every"
	}
	return fmt.Sprintf("%s/τ=%d s=%v N=%d %s", c.name, c.tau, c.s, c.Samples(), prior)
}

// run returns by how much the mean loss is off, relative to the exact one, and the
// standard error.
func (c tiltedCase) run(t testing.TB, steps int) (off, standardError float64) {
	t.Helper()
	mean, _ := c.gaussian(t)
	losses := c.losses
	if losses == nil {
		losses = c.Linear
	}
	chain := newChain(t, Config{
		Tau: c.tau, Sigma: c.path.Sigma, Prior: c.path.Prior, EveryModel: c.path.EveryModel, S: c.s,
		Move: c.move, Test: c.test(t), Seed: 31, Start: startAt(t, c.tau, mean.RawVector().Data),
	}, losses)
	if c.alter != nil {
		c.alter(chain)
	}
	every := c.tau
	series := make([]float64, 0, steps/every)
	perModel := make([]float64, c.tau)
	for k := -steps / every / 10; k < steps/every; k++ {
		for range every {
			if _, err := chain.Step(); err != nil {
				require.NoError(t, err)
			}
		}
		if k < 0 {
			continue // it starts at the mean, where the loss is low
		}
		sum := 0.0
		for time := range perModel {
			sum += c.lossOf(chain.current.Model(time)) / float64(c.tau)
		}
		series = append(series, sum)
	}
	m, e := estimate.Mean(series)
	exact := c.meanLoss(t)
	return m/exact - 1, e / exact
}

// lossOf returns L(θ) above the least loss, from the quadratic form, which is faster than all samples.
func (c tiltedCase) lossOf(model []float32) float64 {
	x, y := float64(model[0])-c.Minimizer[0], float64(model[1])-c.Minimizer[1]
	h := c.Hessian
	return h.At(0, 0)*x*x/2 + h.At(0, 1)*x*y + h.At(1, 1)*y*y/2
}

// tiltedBound is the relative error that a mean loss may have.
const tiltedBound = 0.005

// tiltedPaths are path measures with a σ that suits a tilt.
func tiltedPaths(s float64) map[string]Path {
	sigma, prior := 2/math.Sqrt(s), &Gaussian{Sigma: 0.3, Mean: []float32{0.2, -0.5}}
	return map[string]Path{
		"flat":  {Sigma: sigma},
		"first": {Sigma: sigma, Prior: prior},
		"every": {Sigma: sigma, Prior: prior, EveryModel: true},
	}
}

// newWideLine returns a line whose curvatures are alike, so that chains forget soon.
func newWideLine(n int) *exact.Linear {
	normal := normalSource(uint64(n))
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i] = float32(0.4 + 0.8*normal.NormFloat64())
		y[i] = 0.5*x[i] - 1 + float32(0.1*normal.NormFloat64())
	}
	d, err := data.NewTargets(x, []int{1}, y)
	if err != nil {
		panic(err)
	}
	l, err := exact.NewLinear(d)
	if err != nil {
		panic(err)
	}
	return l
}

func fullBarker(samples int) func(testing.TB) minibatch.Test {
	return func(t testing.TB) minibatch.Test { return barker(t, samples) }
}

func estimated(samples int, estimate minibatch.Estimate) func(testing.TB) minibatch.Test {
	return func(t testing.TB) minibatch.Test {
		return adaptive(t, samples, minibatch.AdaptiveConfig{Chunk: 16, Estimate: estimate})
	}
}

// tiltedCases returns every move with every prior, τ and s, of which all but a few are
// for -long.
func tiltedCases() (cases []tiltedCase) {
	line, many := newWideLine(8), newWideLine(256)
	next := 0
	for _, size := range []struct {
		tau   int
		s     float64
		path  string
		steps int
	}{
		{1, 100, "first", 120_000},
		{2, 100, "flat", 120_000},
		{8, 30, "every", 120_000},
		{2, 1000, "every", 120_000},
		{8, 300, "flat", 120_000},
		{8, 100, "first", 120_000},
		{64, 100, "flat", 150_000},
	} {
		step := 1.5 / math.Sqrt(float64(size.tau)*size.s)
		for k, m := range tiltedMoves(line, size.tau, step) {
			c := tiltedCase{namedMove: m, tiltedLine: tiltedLine{line, tiltedPaths(size.s)[size.path], size.tau, size.s}, test: fullBarker(8)}
			if k%4 == next%4 {
				c.steps = size.steps
			}
			cases = append(cases, c)
		}
		next++
	}
	for _, e := range []minibatch.Estimate{minibatch.Uniform, minibatch.Weighted, minibatch.Controlled} {
		for k, m := range tiltedMoves(many, 4, 0.05) {
			c := tiltedCase{namedMove: m, tiltedLine: tiltedLine{many, tiltedPaths(100)["flat"], 4, 100}, losses: slopedLine{many}, test: estimated(256, e)}
			c.name = fmt.Sprintf("%s, %v", c.name, e)
			if k%5 == int(e)%5 {
				c.steps = 25_000
			}
			cases = append(cases, c)
		}
	}
	return cases
}

// The mean loss is the exact one within half a percent, as far as 4 standard errors
// allow, for each move alone and mixed; and with all cases together.
func TestMeanLossOfMovesIsExact(t *testing.T) {
	var pooled pool
	t.Run("each", func(t *testing.T) {
		for _, c := range tiltedCases() {
			steps := c.steps
			if *long {
				steps = 3_000_000
				if c.losses != nil {
					steps = 500_000
				}
			}
			if steps == 0 {
				continue
			}
			t.Run(c.String(), func(t *testing.T) {
				t.Parallel()
				off, standardError := c.run(t, steps)
				t.Logf("%v: off by %+.2f ± %.2f %%", c, 100*off, 100*standardError)
				pooled.add(off, standardError)
				assert.LessOrEqual(t, math.Abs(off), tiltedBound+4*standardError)
				assert.Less(t, standardError, 0.05)
			})
		}
	})
	mean, standardError := pooled.mean()
	t.Logf("all together off by %+.3f ± %.3f %%", 100*mean, 100*standardError)
	assert.Less(t, standardError, 0.0025)
	assert.InDelta(t, 0, mean/standardError, 4)
}

// Against a negative tilt, which a prior holds, a surrogate has nothing to say.
func TestMeanLossAgainstTheTilt(t *testing.T) {
	line := newWideLine(8)
	path := Path{Sigma: 0.3, Prior: &Gaussian{Sigma: 0.3}, EveryModel: true}
	for _, move := range []namedMove{
		{"β=0.6", Autoregressive{Beta: 0.6}},
		{"surrogate", Autoregressive{Beta: 0.6, Width: 2, Surrogate: surrogateOf(line, 1, 0, 0)}},
		{"shift by surrogate", Mix{{1, Autoregressive{}}, {1, RigidShift{Step: 0.2, Surrogate: surrogateOf(line, 1, 0, 0)}}}},
	} {
		c := tiltedCase{namedMove: move, tiltedLine: tiltedLine{line, path, 2, -2}, test: fullBarker(8)}
		off, standardError := c.run(t, 200_000)
		assert.LessOrEqual(t, math.Abs(off), tiltedBound+4*standardError, move.name)
		assert.Less(t, standardError, 0.02)
	}
}

// Negative controls for the tests above.
func TestMeanLossOfMovesHasTeeth(t *testing.T) {
	line, paths := newWideLine(8), tiltedPaths(100)
	paths["narrow"] = Path{Sigma: 0.2, Prior: &Gaussian{Sigma: 0.05}}
	surrogate := surrogateOf(line, 1, 0, 0)
	three := Autoregressive{Beta: 0.6, Width: 3, Multilevel: true}
	for _, c := range []struct {
		namedMove
		path  string
		tau   int
		alter func(*Chain)
	}{
		{namedMove{"β without the root", altered{Autoregressive{Beta: 0.2}, withoutRoot(paths["flat"], 0.2)}}, "flat", 8, nil},
		{namedMove{"surrogate forgotten", altered{Autoregressive{Surrogate: surrogate}, forgetKnown}}, "flat", 2, nil},
		{namedMove{"surrogate with the wrong sign", altered{Autoregressive{Surrogate: surrogate}, turnKnown}}, "first", 1, nil},
		{namedMove{"shift that forgets the prior", Mix{{2, altered{RigidShift{Step: 0.2}, forgetKnown}}, {1, Autoregressive{}}}}, "narrow", 2, nil},
		{namedMove{"shift that forgets the surrogate", Mix{{2, altered{RigidShift{Step: 0.2, Surrogate: surrogate}, forgetKnown}}, {1, Autoregressive{}}}}, "flat", 2, nil},
		{namedMove{"a model at two levels", three}, "flat", 8, countTwice},
		{namedMove{"the prior of every model forgotten", forgetfulMove{Autoregressive{}}}, "every", 2, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all := tiltedCase{namedMove: c.namedMove, tiltedLine: tiltedLine{line, paths[c.path], c.tau, 100}, test: fullBarker(8), alter: c.alter}
			off, standardError := all.run(t, 200_000)
			t.Logf("off by %+.2f ± %.2f %%", 100*off, 100*standardError)
			assert.Greater(t, math.Abs(off), tiltedBound+4*standardError)
		})
	}
}

// withoutRoot makes of a proposal for one model one that keeps 1 − β of its deviation
// instead of the root of 1 − β².
func withoutRoot(path Path, beta float64) func(*Proposal) {
	return func(p *Proposal) {
		l := path.links(nil, p.First, 1, p.Current.Len(), 0)[0]
		now := p.Current.Model(p.First)
		for i, x := range now {
			mean := l.beside * float64(p.Current.Model(l.besideTime)[i])
			if l.endTime >= 0 {
				mean += l.end * float64(p.Current.Model(l.endTime)[i])
			}
			p.Proposed.Model(p.First)[i] += float32((1 - beta - math.Sqrt(1-beta*beta)) * (float64(x) - mean))
		}
	}
}

// forgetfulMove is a move that forgets that every model has the prior.
type forgetfulMove struct{ Move }

func (f forgetfulMove) Proposer(target Target) (Proposer, error) {
	target.Path.EveryModel = false
	return f.Move.Proposer(target)
}

// countTwice makes a chain count the model of the first level again at the second.
func countTwice(chain *Chain) { chain.test = twice{chain.test, chain} }

type twice struct {
	minibatch.Test
	chain *Chain
}

func (w twice) Decide(d minibatch.Differences, s float64, source rand.Source) (minibatch.Decision, error) {
	if c, p := d.(*comparison), &w.chain.proposal; c.times[0] == p.Levels[1][0] {
		c.set(p, append(slices.Clone(c.times), p.Levels[0][0]), c.known)
	}
	return w.Test.Decide(d, s, source)
}
