package main

import "github.com/trajens/trajens/tps"

// A recorder follows what the models of a chain say of the watched samples. A model is
// evaluated again only if it has changed.
type recorder struct {
	watched
	trajectory *tps.Trajectory // of the chain

	samples, images        []int
	loss                   []float64   // mean, by model
	logits                 [][]float64 // by model
	staleLoss, staleLogits []bool

	// Steps of which the jump is measured: how many are left, how many there were, and
	// the sum of their squared jumps.
	left, jumps int
	squares     float64

	rows   [1][]float64
	models [1][]float32
	after  []float64
}

// newRecorder returns a recorder for τ models, which follows no chain yet.
func newRecorder(w watched, tau int) *recorder {
	r := &recorder{
		watched: w, samples: upTo(w.losses.Samples()), images: upTo(w.tests.Samples()),
		loss: make([]float64, tau), logits: make([][]float64, tau),
		staleLoss: make([]bool, tau), staleLogits: make([]bool, tau),
	}
	r.rows[0] = make([]float64, len(r.samples))
	return r
}

// upTo returns 0 … n−1.
func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// follow makes a chain the one that is followed.
func (r *recorder) follow(chain *tps.Chain) {
	r.left, r.jumps, r.squares = 0, 0, 0
	r.trajectory = chain.Trajectory()
	for t := range r.loss {
		r.staleLoss[t], r.staleLogits[t] = true, true
	}
}

// see takes a step into account. In a sweep several models change at once, but each is
// looked at when its step is seen.
func (r *recorder) see(step *tps.Step) {
	measured := r.left > 0
	if measured {
		r.left--
		r.jumps++
	}
	if !step.Accepted {
		return
	}
	for t := step.First; t < step.First+step.Width; t++ {
		r.staleLoss[t] = true
		if !measured {
			r.staleLogits[t] = true
			continue
		}
		before := r.logits[t]
		r.after = r.tests.Outputs(r.after, r.trajectory.Model(t), r.images)
		for j, x := range r.after {
			r.squares += (x - before[j]) * (x - before[j])
		}
		r.logits[t], r.after = r.after, before
	}
}

// meanLoss returns the mean loss of the models.
func (r *recorder) meanLoss() (mean float64) {
	for t := range r.loss {
		if r.staleLoss[t] {
			r.models[0] = r.trajectory.Model(t)
			r.losses.Losses(r.rows[:], r.models[:], r.samples)
			r.loss[t], r.staleLoss[t] = 0, false
			for _, l := range r.rows[0] {
				r.loss[t] += l / float64(len(r.samples))
			}
		}
		mean += r.loss[t] / float64(len(r.loss))
	}
	return mean
}

// meanLogits returns the logits of the watched images, means over the models.
func (r *recorder) meanLogits() []float64 {
	var mean []float64
	for t := range r.logits {
		if r.staleLogits[t] {
			r.logits[t] = r.tests.Outputs(r.logits[t], r.trajectory.Model(t), r.images)
			r.staleLogits[t] = false
		}
		if mean == nil {
			mean = make([]float64, len(r.logits[t]))
		}
		for j, x := range r.logits[t] {
			mean[j] += x / float64(len(r.logits))
		}
	}
	return mean
}

// measureJumps lets the jumps of the next steps be measured, right after meanLogits.
func (r *recorder) measureJumps(steps int) { r.left = steps }

// jump returns the squared jump of a step, a mean over images.
func (r *recorder) jump() float64 {
	return r.squares / float64(r.jumps) / float64(len(r.images))
}
