package ensemble

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// blockSize is how many samples are evaluated at a time: enough to make the
// loading of a member's parameters cheap, few enough to be shared evenly.
const blockSize = 128

// Several members are evaluated together, as the inputs are prepared once for all
// of them: so many at most, and no more than this memory has room for the outputs
// of.
const (
	membersTogether = 16
	outputsTogether = 256 << 10 // bytes
)

// A block is the outputs of one member for some samples in a row.
type block struct {
	index   int       // which block of samples, from 0
	member  int       // whose outputs, from 0
	first   int       // the first sample
	samples int       // the number of samples
	outputs []float32 // samples × outputs, row-major; all finite
}

// eachBlock calls visit with the outputs of all members in turn for one block
// of samples after the other. Blocks of different samples are visited by
// several goroutines at once, those of the same samples by one.
func (c *Committee) eachBlock(d *data.Dataset, visit func(block)) error {
	return c.eachBlockOf(blockSize, d, visit)
}

// eachBlockOf is eachBlock for blocks of another size.
func (c *Committee) eachBlockOf(size int, d *data.Dataset, visit func(block)) error {
	size = min(size, d.Len())
	blocks := (d.Len() + size - 1) / size
	errs := make([]error, blocks)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), blocks) {
		workers.Go(func() {
			e := c.newEvaluation(size, d)
			for {
				i := int(next.Add(1)) - 1
				if i >= blocks {
					return
				}
				if errs[i] = e.run(i, visit); errs[i] != nil {
					return
				}
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func blocksOf(d *data.Dataset) int { return (d.Len() + blockSize - 1) / blockSize }

// An evaluation is the memory of a goroutine that evaluates blocks.
type evaluation struct {
	committee *Committee
	data      *data.Dataset
	evaluator *nn.Evaluator
	samples   []int       // room for those of a block
	outputs   [][]float32 // room for those of some members
}

func (c *Committee) newEvaluation(size int, d *data.Dataset) *evaluation {
	n := size * c.net.Outputs()
	together := min(max(outputsTogether/(4*n), 1), membersTogether, c.Len())
	e := &evaluation{c, d, c.net.NewEvaluator(), make([]int, size), make([][]float32, together)}
	for k := range e.outputs {
		e.outputs[k] = make([]float32, n)
	}
	return e
}

// run visits the outputs of all members for a block.
func (e *evaluation) run(index int, visit func(block)) error {
	first := index * len(e.samples)
	samples := e.samples[:min(len(e.samples), e.data.Len()-first)]
	for j := range samples {
		samples[j] = first + j
	}
	outputs := make([][]float32, len(e.outputs))
	for k := range outputs {
		outputs[k] = e.outputs[k][:len(samples)*e.committee.net.Outputs()]
	}
	members := e.committee.members
	for at := 0; at < len(members); at += len(outputs) {
		some := members[at:min(at+len(outputs), len(members))]
		e.evaluator.OutputsOfModels(outputs[:len(some)], some, e.data, samples)
		for k := range some {
			b := block{index, at + k, first, len(samples), outputs[k]}
			if err := b.finite(); err != nil {
				return err
			}
			visit(b)
		}
	}
	return nil
}

// finite returns an error that names the first output that is not finite.
func (b *block) finite() error {
	for i, y := range b.outputs {
		if y-y != 0 {
			return fmt.Errorf("ensemble: member %d gives %v for sample %d, want finite outputs", b.member, y, b.first+i/(len(b.outputs)/b.samples))
		}
	}
	return nil
}

// output returns the outputs for sample first+j.
func (b *block) output(j int) []float32 {
	n := len(b.outputs) / b.samples
	return b.outputs[j*n : (j+1)*n]
}
