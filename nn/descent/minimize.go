package descent

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"

	"github.com/trajens/trajens/internal/null"
)

// Minimize minimizes the mean loss over all samples by a method of
// gonum/optimize that needs gradients; nil stands for L-BFGS. It starts from
// params, which it changes in place. Nil settings are gonum's defaults. Minimize
// is for small problems: each evaluation costs a gradient on all samples.
//
// The parameters are float32, so losses are flat at about 1e-7 of their size. A
// line search may find no lower loss before the gradient is as small as the
// settings ask for. That is not an error: the Status of the result then is
// optimize.StepConvergence. The X of the result is the float64 form of params,
// its F the mean loss.
func Minimize(ctx context.Context, params []float32, gradient Gradient, method optimize.Method, settings *optimize.Settings) (*optimize.Result, error) {
	if ctx == nil {
		return nil, errors.New("descent: the context is nil")
	}
	if null.Is(gradient) {
		return nil, errors.New("descent: gradient is nil")
	}
	if len(params) != gradient.Params() || len(params) == 0 {
		return nil, fmt.Errorf("descent: params has %d numbers, want those of the model, %d", len(params), gradient.Params())
	}
	if gradient.Samples() < 1 {
		return nil, errors.New("descent: there are no samples")
	}
	if method == nil {
		method = new(optimize.LBFGS)
	}
	f := &fullBatch{gradient: gradient, samples: make([]int, gradient.Samples()), at: make([]float32, len(params)), slope: make([]float32, len(params))}
	for i := range f.samples {
		f.samples[i] = i
	}
	problem := optimize.Problem{
		Func:   f.loss,
		Grad:   f.grad,
		Status: func() (optimize.Status, error) { return optimize.NotTerminated, context.Cause(ctx) },
	}
	start := make([]float64, len(params))
	for i, p := range params {
		start[i] = float64(p)
	}
	before := f.loss(start)
	if math.IsNaN(before) || math.IsInf(before, 0) {
		return nil, fmt.Errorf("descent: the loss is %v at the start", before)
	}
	result, err := optimize.Minimize(problem, start, settings, method)
	if result == nil || !(result.F <= before) {
		return result, err
	}
	for i, x := range result.X {
		params[i] = float32(x)
	}
	if isLineSearch(err) {
		result.Status, err = optimize.StepConvergence, nil
	}
	return result, err
}

// isLineSearch tells whether a line search found no lower loss.
func isLineSearch(err error) bool {
	return errors.Is(err, optimize.ErrLinesearcherFailure) || errors.Is(err, optimize.ErrNonDescentDirection) ||
		errors.Is(err, optimize.ErrNoProgress)
}

// fullBatch is the mean loss over all samples as a function of float64.
type fullBatch struct {
	gradient  Gradient
	samples   []int
	at, slope []float32
	value     float64
	known     bool // slope and value are those of the parameters at
}

// evaluate computes the loss and the gradient at x, unless x is where they were
// computed last.
func (f *fullBatch) evaluate(x []float64) {
	same := f.known
	for i, v := range x {
		p := float32(v)
		same = same && p == f.at[i]
		f.at[i] = p
	}
	if !same {
		f.value = f.gradient.Gradient(f.slope, f.at, f.samples)
		f.known = true
	}
}

func (f *fullBatch) loss(x []float64) float64 {
	f.evaluate(x)
	return f.value
}

func (f *fullBatch) grad(dst, x []float64) {
	f.evaluate(x)
	for i, g := range f.slope {
		dst[i] = float64(g)
	}
}
