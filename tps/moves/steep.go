package moves

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/tps"
)

// steep has the directions of a quadratic model of the loss, in which the integrator
// moves exactly what the model says, and kicks by what it leaves of the gradient.
type steep struct {
	curvatures []float64
	centers    []float64      // of the directions
	directions blas64.General // K × P

	model       []float64 // P
	along       []float64 // K: positions, velocities
	alongSpeed  []float64
	centerAlong []float64
	residuals   [][]float32 // by model of the window
}

// newSteep returns nil if there is no quadratic model.
func newSteep(q *tps.Quadratic, width int) *steep {
	if q == nil {
		return nil
	}
	n, params := len(q.Directions), len(q.Center)
	s := &steep{
		curvatures: q.Curvatures, centers: make([]float64, n),
		directions: blas64.General{Rows: n, Cols: params, Stride: params, Data: make([]float64, 0, n*params)},
		model:      make([]float64, params), along: make([]float64, n), alongSpeed: make([]float64, n), centerAlong: make([]float64, n),
	}
	for k, v := range q.Directions {
		s.directions.Data = append(s.directions.Data, v...)
		for i, x := range v {
			s.centers[k] += x * float64(q.Center[i])
		}
		if q.Slopes != nil {
			s.centers[k] -= q.Slopes[k] / q.Curvatures[k]
		}
	}
	for range width {
		s.residuals = append(s.residuals, make([]float32, params))
	}
	return s
}

func vector(x []float64) blas64.Vector { return blas64.Vector{N: len(x), Inc: 1, Data: x} }

// project writes the components of v to dst.
func (s *steep) project(dst, v []float64) {
	blas64.Gemv(blas.NoTrans, 1, s.directions, vector(v), 0, vector(dst))
}

// add adds a vector of the given components to v.
func (s *steep) add(v, components []float64) {
	blas64.Gemv(blas.Trans, 1, s.directions, vector(components), 1, vector(v))
}

// residual returns the gradient of a model of the window less that of the quadratic
// model.
func (s *steep) residual(k int, at *point) []float32 {
	for i, x := range at.model {
		s.model[i] = float64(x)
	}
	s.project(s.along, s.model)
	for j, a := range s.curvatures {
		s.along[j] = -a * (s.along[j] - s.centers[j])
	}
	for i, g := range at.gradient {
		s.model[i] = float64(g)
	}
	s.add(s.model, s.along)
	for i, g := range s.model {
		s.residuals[k][i] = float32(g)
	}
	return s.residuals[k]
}

// rotate moves what modes.rotate moves without the quadratic model as it moves with it,
// at a tilt s. center is that of the modes' models.
func (s *steep) rotate(m *modes, positions, velocities [][]float64, center []float64, speed, tilt, time float64) {
	s.project(s.centerAlong, center)
	for j, frequency := range m.frequencies {
		position, velocity := positions[j], velocities[j]
		share := floats.Sum(m.vectors[j]) // of a displacement that all models have
		s.project(s.along, position)
		s.project(s.alongSpeed, velocity)
		plain := oscillator{frequency, 0}
		for k, a := range s.curvatures {
			pull := math.Max(tilt, 0) * a * speed * speed
			held := oscillator{math.Sqrt(frequency*frequency + pull), 0}
			held.center = pull / (held.frequency * held.frequency) * share * (s.centers[k] - s.centerAlong[k])
			x, v := s.along[k], s.alongSpeed[k]
			withX, withV := held.move(x, v, time)
			plainX, plainV := plain.move(x, v, time)
			s.along[k], s.alongSpeed[k] = withX-plainX, withV-plainV
		}
		m.rotateOne(j, position, velocity, time)
		s.add(position, s.along)
		s.add(velocity, s.alongSpeed)
	}
}

// An oscillator swings about a center, or moves freely if its frequency is 0.
type oscillator struct{ frequency, center float64 }

// move returns where it is after a time, and how fast.
func (o oscillator) move(x, v, time float64) (float64, float64) {
	if o.frequency == 0 {
		return x + time*v, v
	}
	sine, cosine := math.Sincos(o.frequency * time)
	d := x - o.center
	return o.center + cosine*d + sine/o.frequency*v, cosine*v - sine*o.frequency*d
}
