package nn

import (
	"math"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/kernel"
)

// networkLosses evaluates any network with any loss.
type networkLosses struct {
	data    *data.Dataset
	loss    Loss
	forward *forward
	call    *lossCall

	// For the cross-entropy of a block.
	labels  []int32
	softmax kernel.Softmax

	coming coming
}

func newNetworkLosses(p *plan, d *data.Dataset, loss Loss, sparse bool, call *lossCall) *networkLosses {
	return &networkLosses{
		data: d, loss: loss, forward: newForward(p, sparse), call: call,
		labels:  make([]int32, p.block),
		softmax: kernel.Softmax{Others: make([]float64, p.block), Gaps: make([]float64, p.block), Classes: p.net.Outputs()},
	}
}

// Do computes the losses of some samples.
func (e *networkLosses) Do(from, to int) {
	f, c := e.forward, e.call
	if len(c.models) == 0 {
		return
	}
	block := c.samples[from : from+blockLength(to-from, f.plan.block)]
	e.coming.fetch(e.data, block)
	f.take(c.models)
	for from < to {
		next := from + len(block)
		following := c.samples[next : next+blockLength(to-next, f.plan.block)]
		e.coming.fetch(e.data, following) // while this one is computed
		f.load(e.data, block)
		e.loadLabels(block)
		for _, turn := range f.turns {
			outputs := f.run(turn, len(block))
			e.of(c.dst[turn.model][from:][:len(block)], outputs, block)
		}
		from, block = next, following
	}
}

// blockLength returns how many samples of those that are left to take
// together, so that all blocks are nearly equal.
func blockLength(left, most int) int {
	blocks := max(1, (left+most-1)/most)
	return (left + blocks - 1) / blocks
}

func (e *networkLosses) loadLabels(block []int) {
	if e.loss == CrossEntropy {
		for j, i := range block {
			e.labels[j] = int32(e.data.Label(i))
		}
	}
}

// of writes the losses of the outputs for a block.
func (e *networkLosses) of(dst []float64, outputs []float32, block []int) {
	if e.loss == CrossEntropy {
		e.softmax.Logits, e.softmax.Labels = outputs, e.labels[:len(block)]
		crossEntropies(dst, &e.softmax)
		return
	}
	n := len(outputs) / len(block)
	for j, i := range block {
		dst[j] = halfSquaredError(outputs[j*n:][:n], e.data.Target(i))
	}
}

func halfSquaredError(output, target []float32) float64 {
	target = target[:len(output)]
	sum := 0.0
	for i, v := range output {
		r := float64(v) - float64(target[i])
		sum += r * r
	}
	return sum / 2
}

// crossEntropies writes the loss of each row of logits.
func crossEntropies(dst []float64, k *kernel.Softmax) {
	k.Run()
	for j := range dst {
		switch gap, others := k.Gaps[j], k.Others[j]; {
		case others != others:
			dst[j] = overflow(k.Logits[j*k.Classes:][:k.Classes])
		case gap == 0:
			dst[j] = math.Log1p(others) // keeps its digits where the loss is small
		default:
			dst[j] = gap + math.Log(others+math.Exp(-gap))
		}
	}
}
