package tps

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// proposal presents a proposed change of a trajectory to an acceptance test:
// it evaluates the changed models, old and new, on the samples that the test
// asks for.
type proposal struct {
	losses Losses
	first  int         // time of the first changed model
	models [][]float32 // old and new of each changed model in turn
	buffer []float64   // backs rows
	rows   [][]float64 // the losses of models on the samples in hand
	sums   []float64   // the losses of models summed over all samples so far
	count  int         // how many samples that is
	err    error       // the first LossError
}

func newProposal(losses Losses, width int) *proposal {
	return &proposal{
		losses: losses,
		models: make([][]float32, 2*width),
		rows:   make([][]float64, 2*width),
		sums:   make([]float64, 2*width),
	}
}

// set makes p the change of current to proposed in the given window.
func (p *proposal) set(current, proposed *Trajectory, w window) {
	p.first = w.first
	for k := range w.width {
		p.models[2*k] = current.Model(w.first + k)
		p.models[2*k+1] = proposed.Model(w.first + k)
	}
	clear(p.sums)
	p.count, p.err = 0, nil
}

// Samples implements minibatch.Differences.
func (p *proposal) Samples() int { return p.losses.Samples() }

// Differences implements minibatch.Differences: the differences are summed
// over the changed models.
func (p *proposal) Differences(dst []float64, samples []int) {
	if len(dst) != len(samples) {
		panic("tps: length of dst is not the number of samples")
	}
	p.fit(len(samples))
	p.losses.Losses(p.rows, p.models, samples)
	p.count += len(samples)
	clear(dst)
	finite := true
	for k := 0; k < len(p.rows); k += 2 {
		before, after := p.rows[k][:len(dst)], p.rows[k+1][:len(dst)]
		for j := range dst {
			dst[j] += after[j] - before[j]
		}
		sumBefore, sumAfter := floats.Sum(before), floats.Sum(after)
		p.sums[k] += sumBefore
		p.sums[k+1] += sumAfter
		sum := sumBefore + sumAfter
		finite = finite && sum-sum == 0
	}
	if !finite {
		p.resolve(dst, samples)
	}
}

// fit makes the rows n long.
func (p *proposal) fit(n int) {
	if n == len(p.rows[0]) {
		return
	}
	if n*len(p.rows) > len(p.buffer) {
		p.buffer = make([]float64, n*len(p.rows))
	}
	for k := range p.rows {
		p.rows[k] = p.buffer[k*n : (k+1)*n : (k+1)*n]
	}
}

// resolve decides what the differences are when losses are not finite. What is
// not allowed becomes NaN and is kept as the error. A proposed model of
// infinite loss makes the difference +Inf, whatever the others are; an old
// one, −Inf.
func (p *proposal) resolve(dst []float64, samples []int) {
	for k, row := range p.rows {
		if err := checkLosses(row, samples, p.first+k/2, k%2 == 1); err != nil {
			p.err = err
			dst[0] = math.NaN()
			return
		}
	}
	for j := range dst {
		if anyInfinite(p.rows, 1, j) {
			dst[j] = math.Inf(1)
		} else if anyInfinite(p.rows, 0, j) {
			dst[j] = math.Inf(-1)
		}
	}
}

// anyInfinite says whether rows from, from+2, … have an infinite loss at j.
func anyInfinite(rows [][]float64, from, j int) bool {
	for k := from; k < len(rows); k += 2 {
		if math.IsInf(rows[k][j], 0) {
			return true
		}
	}
	return false
}
