package correction

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/floats"
)

func (g RidgeGrid) withDefaults() (RidgeGrid, error) {
	if g.V == 0 {
		g.V = 10
	}
	if !(g.V > 0 && g.V <= 100) {
		return g, fmt.Errorf("correction: Ridge.V = %v, want a number in (0, 100]", g.V)
	}
	if g.N == 0 {
		g.N = 4000
	}
	if g.N < 1 || g.N > 1e5 {
		return g, fmt.Errorf("correction: Ridge.N = %d, want 1 to 100000", g.N)
	}
	if g.Lambda == 0 {
		g.Lambda = 10
	}
	if !(g.Lambda > 0 && g.Lambda <= 1e12) {
		return g, fmt.Errorf("correction: Ridge.Lambda = %v, want a number in (0, 1e12]", g.Lambda)
	}
	return g, nil
}

// solveRidge computes u = (MᵀM + λ)⁻¹ Mᵀ v with M_ij = Φ((x_i − y_j)/σ) and
// v_i = logistic(x_i), sets its negative elements to zero and normalises it.
//
// The paper leaves some choices open. Here u_j is the probability of y_j, an
// atom: the paper calls u a CDF, but only as probabilities does u make M u the
// CDF of the sum. And u is not symmetrised, although its exact counterpart is
// symmetric, because the paper does not: λ pulls Σ u a little below 1 before
// the normalisation, which breaks the symmetry.
func solveRidge(sigma float64, grid RidgeGrid) (*Distribution, error) {
	grid, err := grid.withDefaults()
	if err != nil {
		return nil, err
	}
	u, err := ridgeWeights(sigma, grid)
	if err != nil {
		return nil, err
	}
	atoms := make([]float64, len(u))
	for j := range u {
		atoms[j] = float64(j-grid.N) * grid.V / float64(grid.N)
		u[j] = max(u[j], 0)
	}
	total := floats.Sum(u)
	if !(total > 0) {
		return nil, fmt.Errorf("correction: the ridge regression for Sigma = %v has no positive weight; Ridge.Lambda = %v is too large", sigma, grid.Lambda)
	}
	floats.Scale(1/total, u)
	return newDistribution(sigma, Ridge, atoms, u)
}

const (
	ridgeTolerance  = 1e-9 // of u, relative
	ridgeIterations = 10_000
)

// ridgeWeights returns u before negative elements are set to zero. The
// equations are those of the damped least squares problem
// min ‖M u − v‖² + λ‖u‖², solved by conjugate gradients in the form that
// keeps the residual v − M u (CGLS; Björck, Numerical Methods for Least
// Squares Problems, SIAM 1996, section 7.4).
func ridgeWeights(sigma float64, grid RidgeGrid) ([]float64, error) {
	n := grid.N
	spacing := grid.V / float64(n)
	m := newToeplitz(4*n+1, 2*n+1, func(d int) float64 {
		// x_i − y_j = (i − 2N)·V/N − (j − N)·V/N
		return normal(float64(d-n) * spacing / sigma)
	})
	residual := make([]float64, 4*n+1)
	for i := range residual {
		residual[i] = logistic(float64(i-2*n) * spacing)
	}
	u := make([]float64, 2*n+1)
	gradient := make([]float64, 2*n+1) // Mᵀ residual − λ u
	m.mulTrans(gradient, residual)
	direction := append([]float64(nil), gradient...)
	image := make([]float64, 4*n+1) // M direction
	norm := floats.Dot(gradient, gradient)
	for range ridgeIterations {
		m.mul(image, direction)
		step := norm / (floats.Dot(image, image) + grid.Lambda*floats.Dot(direction, direction))
		floats.AddScaled(u, step, direction)
		floats.AddScaled(residual, -step, image)
		m.mulTrans(gradient, residual)
		floats.AddScaled(gradient, -grid.Lambda, u)
		previous := norm
		norm = floats.Dot(gradient, gradient)
		// The error of u is (MᵀM + λ)⁻¹ gradient, at most gradient/λ.
		if math.Sqrt(norm) <= ridgeTolerance*grid.Lambda*floats.Norm(u, 2) {
			return u, nil
		}
		floats.AddScaledTo(direction, gradient, norm/previous, direction)
	}
	return nil, fmt.Errorf("correction: the ridge regression for Sigma = %v did not converge in %d iterations; Ridge.Lambda = %v may be too small",
		sigma, ridgeIterations, grid.Lambda)
}

// A toeplitz is a matrix whose elements depend on i − j alone. Products with
// it are convolutions, done with Fourier transforms of a circulant matrix of
// which it is a corner.
type toeplitz struct {
	rows, cols int
	fft        *fourier.FFT
	spectrum   []complex128
	sequence   []float64
	transform  []complex128
}

// newToeplitz returns the matrix with the elements at(i − j).
func newToeplitz(rows, cols int, at func(difference int) float64) *toeplitz {
	length := 1
	for length < rows+cols-1 {
		length *= 2
	}
	t := &toeplitz{
		rows:      rows,
		cols:      cols,
		fft:       fourier.NewFFT(length),
		sequence:  make([]float64, length),
		transform: make([]complex128, length/2+1),
	}
	for d := 1 - cols; d < rows; d++ {
		t.sequence[(d+length)%length] = at(d) / float64(length) // the inverse transform is not normalised
	}
	t.spectrum = t.fft.Coefficients(nil, t.sequence)
	return t
}

// mul stores M x in dst.
func (t *toeplitz) mul(dst, x []float64) {
	t.load(x)
	for k, s := range t.spectrum {
		t.transform[k] *= s
	}
	copy(dst[:t.rows], t.fft.Sequence(t.sequence, t.transform))
}

// mulTrans stores Mᵀ x in dst. The transposed circulant has the conjugate
// spectrum.
func (t *toeplitz) mulTrans(dst, x []float64) {
	t.load(x)
	for k, s := range t.spectrum {
		t.transform[k] *= complex(real(s), -imag(s))
	}
	copy(dst[:t.cols], t.fft.Sequence(t.sequence, t.transform))
}

func (t *toeplitz) load(x []float64) {
	clear(t.sequence[copy(t.sequence, x):])
	t.fft.Coefficients(t.transform, t.sequence)
}
