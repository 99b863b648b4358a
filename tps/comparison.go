package tps

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// A comparison presents a proposed change of a trajectory to an acceptance
// test: it evaluates the models of a window, old and new, on the samples that
// the test asks for.
type comparison struct {
	losses     Losses
	references *references // nil: the test has no use for them

	times       []int   // of the models that change
	coordinates []int   // that differ, nil for all
	known       float64 // the part of Δ that takes no samples

	// The old and the new model of a time are neighbors: oldRow and newRow say
	// where.
	models [][]float32
	rows   [][]float64 // the losses of models on the samples in hand
	sums   []float64   // the losses of models summed over all samples so far
	count  int         // how many samples that is
	buffer []float64   // backs rows
}

// oldRow and newRow return where the old and the new model of the k-th time of
// a window are among the models of a comparison.
func oldRow(k int) int { return 2 * k }
func newRow(k int) int { return 2*k + 1 }

func newComparison(losses Losses, tau int) *comparison {
	return &comparison{
		losses: losses,
		times:  make([]int, 0, tau),
		models: make([][]float32, 0, 2*tau),
		rows:   make([][]float64, 0, 2*tau),
		sums:   make([]float64, 0, 2*tau),
	}
}

// set makes c the change that a proposal makes at some times, with the part of Δ
// that takes no samples.
func (c *comparison) set(p *Proposal, times []int, known float64) {
	c.coordinates, c.known = p.Coordinates, known
	c.times, c.models, c.sums = append(c.times[:0], times...), c.models[:0], c.sums[:0]
	for _, t := range times {
		c.models = append(c.models, p.Current.Model(t), p.Proposed.Model(t))
		c.sums = append(c.sums, 0, 0)
	}
	c.count = 0
	if c.references != nil {
		c.references.set(c.times)
	}
}

// Offset implements minibatch.Offset.
func (c *comparison) Offset() float64 { return c.known }

// Samples implements minibatch.Differences.
func (c *comparison) Samples() int { return c.losses.Samples() }

// Scale implements minibatch.Scaler: the distance between the old and the new
// models of the window.
func (c *comparison) Scale() float64 {
	sum := 0.0
	for k := range c.times {
		before, after := c.models[oldRow(k)], c.models[newRow(k)]
		if c.coordinates == nil {
			for i, x := range before {
				step := float64(after[i]) - float64(x)
				sum += step * step
			}
			continue
		}
		for _, i := range c.coordinates {
			step := float64(after[i]) - float64(before[i])
			sum += step * step
		}
	}
	return math.Sqrt(sum)
}

// Differences implements minibatch.Differences: the differences are summed
// over the models of the window. The error is a LossError.
func (c *comparison) Differences(dst []float64, samples []int) error {
	if len(dst) != len(samples) {
		panic("tps: length of dst is not the number of samples")
	}
	c.rows, c.buffer = fitRows(c.rows, c.buffer, 2*len(c.times), len(samples))
	c.losses.Losses(c.rows, c.models, samples)
	return c.subtract(dst, samples, nil)
}

// subtract writes the differences of the losses in the rows, which were drawn with
// weights, nil if all are 1.
func (c *comparison) subtract(dst []float64, samples []int, weights []float64) error {
	c.count += len(samples)
	finite := true
	for k := range c.times {
		before, after := c.rows[oldRow(k)][:len(dst)], c.rows[newRow(k)][:len(dst)]
		if k == 0 {
			floats.SubTo(dst, after, before)
		} else {
			for j := range dst {
				dst[j] += after[j] - before[j]
			}
		}
		sumBefore, sumAfter := floats.Sum(before), floats.Sum(after)
		sum := sumBefore + sumAfter
		finite = finite && sum-sum == 0
		if weights != nil {
			sumBefore, sumAfter = floats.Dot(before, weights), floats.Dot(after, weights)
		}
		c.sums[oldRow(k)] += sumBefore
		c.sums[newRow(k)] += sumAfter
	}
	if !finite {
		return c.resolve(dst, samples)
	}
	return nil
}

// fitRows makes count rows n long, in a buffer that grows if it must.
func fitRows(rows [][]float64, buffer []float64, count, n int) ([][]float64, []float64) {
	if len(rows) == count && len(rows[0]) == n {
		return rows, buffer
	}
	if count > cap(rows) {
		rows = make([][]float64, count)
	}
	rows = rows[:count]
	if n*count > len(buffer) {
		buffer = make([]float64, n*count)
	}
	for k := range rows {
		rows[k] = buffer[k*n : (k+1)*n : (k+1)*n]
	}
	return rows, buffer
}

// resolve decides what the differences are when a sum of losses is not finite.
// A new model of infinite loss makes a difference +Inf, whatever the others
// are; an old one, −Inf. A difference of finite losses stays finite.
func (c *comparison) resolve(dst []float64, samples []int) error {
	for k := range c.times {
		if err := checkLosses(c.rows[oldRow(k)], c.models[oldRow(k)], samples, c.times[k], false); err != nil {
			return err
		}
		if err := checkLosses(c.rows[newRow(k)], c.models[newRow(k)], samples, c.times[k], true); err != nil {
			return err
		}
	}
	for j := range dst {
		before, after, scaled := false, false, 0.0
		for k := range c.times {
			old, new := c.rows[oldRow(k)][j], c.rows[newRow(k)][j]
			before = before || math.IsInf(old, 1)
			after = after || math.IsInf(new, 1)
			scaled += (new/2 - old/2) / float64(len(c.times))
		}
		switch {
		case after:
			dst[j] = math.Inf(1)
		case before:
			dst[j] = math.Inf(-1)
		case dst[j]-dst[j] != 0:
			dst[j] = math.Copysign(math.MaxFloat64, scaled)
		}
	}
	return nil
}
