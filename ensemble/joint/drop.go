package joint

import (
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
)

// DropConfig has the settings of Drop. The zero value works.
type DropConfig struct {
	// Family is as in Config.
	Family Family
	// Draws is how often modules are drawn. 0: 20.
	Draws int
	// Source is where the random numbers come from. nil: a generator that starts
	// with the same numbers in each call.
	Source rand.Source
}

// Drop returns the error of the ensembles of as many modules as each number of keep
// says (from 1 to all), the others being dropped at random: [number][draw], errors as
// in Measures. In a draw modules are dropped one after the other, so that draw r of a
// smaller number has a part of the modules of draw r of a larger one.
func Drop(net *nn.Network, modules [][]float32, d *data.Dataset, keep []int, config DropConfig) ([][]float64, error) {
	if err := check(net, modules, d); err != nil {
		return nil, err
	}
	family, err := config.Family.resolve(net.Outputs(), d)
	if err != nil {
		return nil, err
	}
	for _, n := range keep {
		if n < 1 || n > len(modules) {
			return nil, fmt.Errorf("joint: keep has %d, want 1 to the number of modules, %d", n, len(modules))
		}
	}
	if config.Draws == 0 {
		config.Draws = 20
	}
	if config.Draws < 1 {
		return nil, fmt.Errorf("joint: DropConfig.Draws = %d, want at least 1", config.Draws)
	}
	if config.Source == nil {
		config.Source = random.Source(0)
	}
	o, err := newOutputs(net, len(modules), d)
	if err != nil {
		return nil, err
	}
	o.setModules(modules)
	r := rand.New(config.Source)
	ds := make([]*draw, config.Draws)
	for i := range ds {
		ds[i] = newDraw(r.Perm(len(modules)), keep, family, net.Outputs())
	}
	err = o.each(func(sample int, outputs []float32) {
		y := family.truth(d, sample)
		for _, draw := range ds {
			draw.add(outputs, y)
		}
	})
	if err != nil {
		return nil, err
	}
	errors := make([][]float64, len(keep))
	for i := range keep {
		for _, draw := range ds {
			errors[i] = append(errors[i], draw.errors.of(i, d))
		}
	}
	return errors, nil
}

// A draw is an order in which modules come back.
type draw struct {
	order     []int
	wanted    [][]int // the places in keep of ensembles of so many modules
	errors    *errorSums
	sum, mean []float64
}

func newDraw(order, keep []int, family Family, outputs int) *draw {
	r := &draw{
		order: order, wanted: make([][]int, len(order)+1), errors: family.newErrors(len(keep)),
		sum: make([]float64, outputs), mean: make([]float64, outputs),
	}
	for i, n := range keep {
		r.wanted[n] = append(r.wanted[n], i)
	}
	return r
}

// add adds the errors of the ensembles for one sample.
func (r *draw) add(outputs []float32, y truth) {
	clear(r.sum)
	for n, j := range r.order {
		for k, v := range outputs[j*len(r.sum):][:len(r.sum)] {
			r.sum[k] += float64(v)
		}
		for _, i := range r.wanted[n+1] {
			for k, s := range r.sum {
				r.mean[k] = s / float64(n+1)
			}
			r.errors.add(i, r.mean, y)
		}
	}
}
