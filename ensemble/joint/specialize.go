package joint

import (
	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
)

// A Specialization says how well modules tell each class from all others, by the F1
// score 2TP/(2TP + FP + FN) of their votes, one class against the rest. A score
// without votes for a class and without samples of it is 0.
type Specialization struct {
	// F1 is the score of each module for each class, [module][class].
	F1 [][]float64
	// Best is for each class the score of the module that has the highest. It is
	// chosen on the samples that it is measured on.
	Best []float64
	// Random is for each class the mean score of the modules, what a module drawn
	// at random has in the mean.
	Random []float64
}

// Specialize measures the modules of a network on a dataset with labels.
func Specialize(net *nn.Network, modules [][]float32, d *data.Dataset) (*Specialization, error) {
	if err := check(net, modules, d); err != nil {
		return nil, err
	}
	if _, err := Softmax.resolve(net.Outputs(), d); err != nil {
		return nil, err
	}
	o, err := newOutputs(net, len(modules), d)
	if err != nil {
		return nil, err
	}
	o.setModules(modules)
	classes := net.Outputs()
	labels := make([]int, classes)
	votes, hits := make([]int, len(modules)*classes), make([]int, len(modules)*classes) // [module][class]
	err = o.each(func(sample int, outputs []float32) {
		label := d.Label(sample)
		labels[label]++
		for j := range modules {
			row := outputs[j*classes:][:classes]
			vote := 0
			for k, v := range row {
				if v > row[vote] {
					vote = k
				}
			}
			votes[j*classes+vote]++
			if vote == label {
				hits[j*classes+vote]++
			}
		}
	})
	if err != nil {
		return nil, err
	}
	s := &Specialization{Best: make([]float64, classes), Random: make([]float64, classes)}
	for j := range modules {
		row := make([]float64, classes)
		for k := range row {
			if at := j*classes + k; hits[at] > 0 {
				row[k] = 2 * float64(hits[at]) / float64(votes[at]+labels[k])
			}
			s.Best[k] = max(s.Best[k], row[k])
			s.Random[k] += row[k] / float64(len(modules))
		}
		s.F1 = append(s.F1, row)
	}
	return s, nil
}
