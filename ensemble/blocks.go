package ensemble

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/trajens/trajens/data"
)

// blockSize is how many samples are evaluated at a time: enough to make the
// loading of a member's parameters cheap, few enough to be shared evenly.
const blockSize = 128

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
	blocks := blocksOf(d)
	errs := make([]error, blocks)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), blocks) {
		workers.Go(func() {
			evaluator := c.net.NewEvaluator()
			outputs := make([]float32, blockSize*c.net.Outputs())
			samples := make([]int, blockSize)
			for {
				i := int(next.Add(1)) - 1
				if i >= blocks {
					return
				}
				first := i * blockSize
				count := min(blockSize, d.Len()-first)
				for j := range count {
					samples[j] = first + j
				}
				for member, params := range c.members {
					b := block{i, member, first, count, outputs[:count*c.net.Outputs()]}
					evaluator.Outputs(b.outputs, params, d, samples[:count])
					if errs[i] = b.finite(); errs[i] != nil {
						return
					}
					visit(b)
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
