package tps

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/trajens/trajens/internal/memory"
)

// A surrogate makes moves with respect to the path measure times the exponential of
// a Quadratic: a Gaussian that has the path's widths in most directions, and others
// in the steep ones.
type surrogate struct {
	path       *Path
	curvatures []float64
	centers    []float64      // of the directions: vₖ·θ* − gₖ/aₖ
	directions blas64.General // vₖ, K × P
	priorMeans []float64      // vₖ·m

	projections []projection // of the models of the current trajectory, by time
	proposed    []projection // of the proposed ones

	known []float64 // the models' parts of what is known of Δ, by time
	links [][]link  // by direction
	noise []float64 // P
	model []float64 // P
	along []float64 // K
}

// A projection has the components vₖ·θ of a model.
type projection struct {
	model []float32 // a copy, none if nothing is known
	along []float64
}

// newSurrogate returns an error if there is no memory for it.
func newSurrogate(q *Quadratic, path *Path, tau int) (*surrogate, error) {
	n, params := len(q.Directions), len(q.Center)
	if err := memory.Check(8 * float64(params) * (float64(n) + float64(tau))); err != nil {
		return nil, fmt.Errorf("tps: a Quadratic of %d directions with Tau = %d and %d parameters %w", n, tau, params, err)
	}
	s := &surrogate{
		path: path, curvatures: slices.Clone(q.Curvatures), centers: make([]float64, n), priorMeans: make([]float64, n),
		directions:  blas64.General{Rows: n, Cols: params, Stride: params, Data: make([]float64, 0, n*params)},
		projections: make([]projection, tau), proposed: make([]projection, tau), known: make([]float64, tau), links: make([][]link, n),
		noise: make([]float64, params), model: make([]float64, params), along: make([]float64, n),
	}
	for k, v := range q.Directions {
		s.directions.Data = append(s.directions.Data, v...)
		slope := 0.0
		if q.Slopes != nil {
			slope = q.Slopes[k]
		}
		s.centers[k] = -slope / q.Curvatures[k]
		for i, x := range v {
			s.centers[k] += x * float64(q.Center[i])
			if path.Prior != nil {
				s.priorMeans[k] += x * path.Prior.At(i)
			}
		}
	}
	return s, nil
}

// projectCurrent makes the projections of the current models of some times. What was
// proposed last may be current now.
func (s *surrogate) projectCurrent(p *Proposal, from, to int) {
	for t := from; t < to; t++ {
		model := p.Current.Model(t)
		if s.proposed[t].model != nil && equalFloats(s.proposed[t].model, model) {
			s.projections[t], s.proposed[t] = s.proposed[t], s.projections[t]
		}
		s.project(&s.projections[t], model)
	}
}

// project makes to the projection of a model, unless it is that already.
func (s *surrogate) project(to *projection, model []float32) {
	if to.model == nil {
		to.model, to.along = make([]float32, len(model)), make([]float64, len(s.curvatures))
	} else if equalFloats(to.model, model) {
		return
	}
	copy(to.model, model)
	for i, x := range model {
		s.model[i] = float64(x)
	}
	s.multiply(to.along, s.model)
}

func equalFloats(a, b []float32) bool {
	for i, x := range a {
		if x != b[i] {
			return false
		}
	}
	return true
}

// multiply writes the components of v in the directions to dst.
func (s *surrogate) multiply(dst, v []float64) {
	blas64.Gemv(blas.NoTrans, 1, s.directions, blas64.Vector{N: len(v), Inc: 1, Data: v}, 0, blas64.Vector{N: len(dst), Inc: 1, Data: dst})
}

// propose changes the models of the window, of which links are the path's: the noise
// is the same in all directions but for its width.
func (s *surrogate) propose(p *Proposal, links []link, beta float64) {
	tilt := math.Max(p.S, 0)
	tau := p.Current.Len()
	s.projectCurrent(p, max(p.First-1, 0), min(p.First+p.Width+1, tau))
	for k, a := range s.curvatures {
		s.links[k] = s.path.links(s.links[k][:0], p.First, p.Width, tau, tilt*a*s.path.Sigma*s.path.Sigma)
	}
	normal := rand.New(p.Source)
	for j := range links {
		s.follow(p, &links[j], j, beta, normal)
	}
	s.weigh(p)
}

// weigh adds to what is known of Δ what the surrogate says, s·[Q(Θ′) − Q(Θ)], and
// notes it by time.
func (s *surrogate) weigh(p *Proposal) {
	tilt := math.Max(p.S, 0)
	for t := p.First; t < p.First+p.Width; t++ {
		s.project(&s.proposed[t], p.Proposed.Model(t))
		before, after := s.projections[t].along, s.proposed[t].along
		s.known[t] = 0
		for k, a := range s.curvatures {
			s.known[t] += tilt * a / 2 * (after[k] - before[k]) * (after[k] + before[k] - 2*s.centers[k])
		}
		p.Known += s.known[t]
	}
}

// follow changes the model of the j-th link.
func (s *surrogate) follow(p *Proposal, l *link, j int, beta float64, normal *rand.Rand) {
	model, before := p.Proposed.Model(l.time), p.Current.Model(l.time)
	beside, besideBefore := l.of(l.besideTime, p.Proposed), l.of(l.besideTime, p.Current)
	end := l.of(l.endTime, p.Current)
	fresh := l.step(beta, s.path.Sigma)
	keep, width := math.Sqrt(1-fresh*fresh), fresh*l.width
	if l.free {
		keep, width = 1, beta*l.width
	}
	for i := range model {
		fixed := 0.0
		if end != nil {
			fixed = l.end * float64(end[i])
		}
		if l.prior > 0 {
			fixed += l.prior * s.path.Prior.At(i)
		}
		mean := fixed * (1 - keep)
		if beside != nil {
			mean += l.beside * (float64(beside[i]) - keep*float64(besideBefore[i]))
		}
		s.noise[i] = normal.NormFloat64()
		s.model[i] = mean + keep*float64(before[i]) + width*s.noise[i]
	}

	// In the steep directions the model has now the component of the path's link. It
	// gets that of the link with the surrogate's pull, with the same noise.
	s.multiply(s.along, s.noise)
	for k, noise := range s.along {
		s.along[k] = s.component(p, &s.links[k][j], k, beta, noise) - s.component(p, l, k, beta, noise)
	}
	blas64.Gemv(blas.Trans, 1, s.directions, blas64.Vector{N: len(s.along), Inc: 1, Data: s.along}, 1, blas64.Vector{N: len(s.model), Inc: 1, Data: s.model})
	for i, x := range s.model {
		model[i] = float32(x)
	}
	s.project(&s.proposed[l.time], model)
}

// component returns what a link makes of the k-th component of a model.
func (s *surrogate) component(p *Proposal, l *link, k int, beta, noise float64) float64 {
	before := s.projections[l.time].along[k]
	if l.free {
		return before + beta*l.width*noise
	}
	fresh := l.step(beta, s.path.Sigma)
	keep := math.Sqrt(1 - fresh*fresh)
	fixed := l.prior*s.priorMeans[k] + l.pull*s.centers[k]
	if l.endTime >= 0 {
		fixed += l.end * s.projections[l.endTime].along[k]
	}
	mean, meanBefore := fixed, fixed
	if l.besideTime >= 0 {
		meanBefore += l.beside * s.projections[l.besideTime].along[k]
		mean += l.beside * s.besideNow(p, l.besideTime)[k]
	}
	return mean + keep*(before-meanBefore) + fresh*l.width*noise
}

// besideNow returns the components of the model at a time in the proposal: of the
// proposed one if it is in the window.
func (s *surrogate) besideNow(p *Proposal, time int) []float64 {
	if time >= p.First && time < p.First+p.Width {
		return s.proposed[time].along
	}
	return s.projections[time].along
}
