package moves

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/tps"
)

// modes are the normal modes of the path measure of some models, their deviations from
// a center. In each coordinate of the models they are independent and normal.
type modes struct {
	// frequencies are the square roots of the modes' precisions times the speed, 0 for
	// what nothing holds.
	frequencies []float64
	// vectors has the j-th mode in row j: how much of it each model has. They are
	// orthonormal.
	vectors [][]float64
}

// modeOf returns the mode of one model, its deviation from the mean.
func modeOf(c *tps.Conditional, speed float64) modes {
	return modes{frequencies: []float64{speed / c.Width}, vectors: [][]float64{{1}}}
}

// modesOf returns those of a whole trajectory, its deviations from the mean of the prior:
// the precision of a coordinate of the trajectory is a tridiagonal matrix.
func modesOf(target tps.Target, speed float64) (modes, error) {
	tau, path := target.Tau, target.Path
	precision := mat.NewSymDense(tau, nil) // times σ²
	for t := range tau {
		width := path.Conditional(t, tau).Width
		precision.SetSym(t, t, path.Sigma/width*(path.Sigma/width))
		if t > 0 {
			precision.SetSym(t-1, t, -1)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(precision, true) {
		return modes{}, errors.New("moves: the normal modes of the trajectory do not converge")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	m := modes{frequencies: eigen.Values(nil), vectors: make([][]float64, tau)}
	for j, value := range m.frequencies {
		m.vectors[j] = mat.Col(nil, j, &vectors)
		m.frequencies[j] = math.Sqrt(math.Max(value, 0)) * (speed / path.Sigma)
	}
	if path.Prior == nil {
		m.frequencies[0] = 0 // all models together: rounding errors do not hold them
	}
	return m, nil
}

// modeBlock is how many coordinates are transformed at a time, so that they stay in the
// cache.
const modeBlock = 512

// A transform goes from models to modes and back.
type transform struct{ buffer [modeBlock]float64 }

// project adds factor · (models − center) to the modes dst. center nil: zero.
func (tr *transform) project(m *modes, dst [][]float64, factor float64, models [][]float32, center []float64) {
	params := len(models[0])
	for from := 0; from < params; from += modeBlock {
		to := min(from+modeBlock, params)
		block := tr.buffer[:to-from]
		for t, model := range models {
			for i, x := range model[from:to] {
				block[i] = float64(x)
			}
			if center != nil {
				floats.Sub(block, center[from:to])
			}
			for j, row := range m.vectors {
				floats.AddScaled(dst[j][from:to], factor*row[t], block)
			}
		}
	}
}

// models writes the models of the modes to dst, rounded to float32.
func (tr *transform) models(m *modes, dst [][]float32, modes [][]float64, center []float64) {
	params := len(center)
	for from := 0; from < params; from += modeBlock {
		to := min(from+modeBlock, params)
		block := tr.buffer[:to-from]
		for t, model := range dst {
			copy(block, center[from:to])
			for j, row := range m.vectors {
				floats.AddScaled(block, row[t], modes[j][from:to])
			}
			for i, x := range block {
				model[from+i] = float32(x)
			}
		}
	}
}

// rotate lets the modes move for a time without the losses, each coordinate as a harmonic
// oscillator, or freely.
func (m *modes) rotate(positions, velocities [][]float64, time float64) {
	for j := range m.frequencies {
		m.rotateOne(j, positions[j], velocities[j], time)
	}
}

// rotateOne lets the j-th mode move.
func (m *modes) rotateOne(j int, position, velocity []float64, time float64) {
	frequency := m.frequencies[j]
	if frequency == 0 {
		floats.AddScaled(position, time, velocity)
		return
	}
	sine, cosine := math.Sincos(frequency * time)
	for i, x := range position {
		v := velocity[i]
		position[i] = cosine*x + sine/frequency*v
		velocity[i] = cosine*v - sine*frequency*x
	}
}
