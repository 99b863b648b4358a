package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/data"
)

// A problem is a logistic regression: images, with a 1 after their pixels, and whether each is
// a 9, and a normal prior.
type problem struct {
	images   blas32.General
	nines    []float32 // 0 or 1
	prior    float64   // its standard deviation
	mode     []float64 // of the posterior
	accuracy float64   // there, on all test images of the two digits
}

// newProblem reads images of the digits 7 and 9, in random order, and finds the mode.
func (o *options) newProblem() (*problem, error) {
	train, test, err := data.MNIST(o.data)
	if err != nil {
		return nil, err
	}
	order := rand.New(rand.NewPCG(o.seed, 1)).Perm(train.Len())
	if train, err = train.Subset(order); err != nil {
		return nil, err
	}
	p := &problem{prior: o.prior}
	p.images, p.nines = sevensAndNines(train, o.side, o.images)
	if len(p.nines) < o.images {
		return nil, fmt.Errorf("-images %d: there are %d", o.images, len(p.nines))
	}
	if err := p.findMode(); err != nil {
		return nil, err
	}
	p.accuracy = p.score(sevensAndNines(test, o.side, test.Len()))
	return p, nil
}

// sevensAndNines returns the first n images of the two digits, with pixels from 0 to 1 that are
// means over squares.
func sevensAndNines(d *data.Dataset, side, n int) (blas32.General, []float32) {
	params, square := side*side+1, 28/side
	images := blas32.General{Cols: params, Stride: params}
	var nines []float32
	for i := 0; i < d.Len() && len(nines) < n; i++ {
		label := d.Label(i)
		if label != 7 && label != 9 {
			continue
		}
		row := make([]float32, params)
		for at, x := range d.Input(i) {
			row[at/28/square*side+at%28/square] += x / float32(square*square)
		}
		row[params-1] = 1
		images.Data = append(images.Data, row...)
		images.Rows++
		nines = append(nines, float32(label-7)/2)
	}
	return images, nines
}

// params returns P.
func (p *problem) params() int { return p.images.Cols }

// findMode finds the mode by Newton's method, with steps that are halved until they lead down.
func (p *problem) findMode() error {
	p.mode = make([]float64, p.params())
	model, point, gradient := p.model(), make([]float32, p.params()), make([]float32, p.params())
	potential := func(theta []float64) float64 {
		sum := 0.0
		for i, x := range theta {
			point[i] = float32(x)
			sum += x * x
		}
		return model.Gradient(gradient, point, nil)*float64(len(p.nines)) + sum/(2*p.prior*p.prior)
	}
	next := make([]float64, p.params())
	for range 100 {
		before := potential(p.mode)
		slope := mat.NewVecDense(p.params(), nil)
		for i, g := range gradient {
			slope.SetVec(i, float64(g)*float64(len(p.nines))+p.mode[i]/(p.prior*p.prior))
		}
		var factors mat.Cholesky
		if !factors.Factorize(p.hessian(p.mode)) {
			return fmt.Errorf("the Hessian is not positive")
		}
		var step mat.VecDense
		if err := factors.SolveVecTo(&step, slope); err != nil {
			return err
		}
		decrement := mat.Dot(&step, slope) // twice what a step is to gain
		if decrement < 1e-4 {
			return nil
		}
		for size := 1.0; ; size /= 2 {
			if size < 1e-6 {
				return nil // float32 says no more
			}
			for i := range next {
				next[i] = p.mode[i] - size*step.AtVec(i)
			}
			if potential(next) < before-0.1*size*decrement {
				break
			}
		}
		copy(p.mode, next)
	}
	return fmt.Errorf("Newton's method does not end")
}

// hessian returns that of U at some parameters.
func (p *problem) hessian(theta []float64) *mat.SymDense {
	n := p.params()
	h := mat.NewSymDense(n, nil)
	x := make([]float64, n)
	for i := range p.nines {
		sum := 0.0
		for k := range x {
			x[k] = float64(p.images.Data[i*n+k])
			sum += x[k] * theta[k]
		}
		q := 1 / (1 + math.Exp(-sum))
		h.SymRankOne(h, q*(1-q), mat.NewVecDense(n, x))
	}
	for i := range n {
		h.SetSym(i, i, h.At(i, i)+1/(p.prior*p.prior))
	}
	return h
}

// score returns the accuracy of the mode.
func (p *problem) score(images blas32.General, nines []float32) float64 {
	right := 0
	for i, y := range nines {
		sum := 0.0
		for k, x := range images.Data[i*images.Stride : i*images.Stride+images.Cols] {
			sum += float64(x) * p.mode[k]
		}
		if (sum > 0) == (y == 1) {
			right++
		}
	}
	return float64(right) / float64(len(nines))
}

// String says what the problem is.
func (p *problem) String() string {
	return fmt.Sprintf("7 or 9: N = %d, P = %d, prior N(0, %v²), accuracy of the mode on test images %.4f", len(p.nines), p.params(), p.prior, p.accuracy)
}

// A model is a langevin.Gradient of a problem, for one goroutine.
type model struct {
	*problem
	odds []float32 // scratch
}

func (p *problem) model() *model { return &model{p, make([]float32, len(p.nines))} }

// Samples returns N.
func (m *model) Samples() int { return len(m.nines) }

// Params returns P.
func (m *model) Params() int { return m.params() }

// Gradient implements langevin.Gradient, on all samples.
func (m *model) Gradient(dst, params []float32, _ []int) float64 {
	vector := func(x []float32) blas32.Vector { return blas32.Vector{N: len(x), Inc: 1, Data: x} }
	blas32.Gemv(blas.NoTrans, 1, m.images, vector(params), 0, vector(m.odds))
	loss := 0.0
	for i, z := range m.odds {
		// ln(1 + eᶻ) − yz, and its derivative.
		e := math.Exp(-math.Abs(float64(z)))
		loss += max(float64(z), 0) + math.Log1p(e) - float64(m.nines[i]*z)
		q := 1 / (1 + e)
		if z < 0 {
			q = e / (1 + e)
		}
		m.odds[i] = float32(q) - m.nines[i]
	}
	n := float32(len(m.odds))
	blas32.Gemv(blas.Trans, 1/n, m.images, vector(m.odds), 0, vector(dst))
	return loss / float64(n)
}
