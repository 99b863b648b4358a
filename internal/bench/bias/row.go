package main

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/tps/diagnostics"
)

// watched is on how many test samples functions are watched.
const watched = 200

// functions are what is compared: for each of some test samples the log-odds of the
// first two classes, a series over the draws. Parameters may be exchanged without a change
// of these.
func (p *problem) functions(s *sample) ([][]float64, error) {
	committee, err := ensemble.New(p.net, s.draws)
	if err != nil {
		return nil, err
	}
	d, err := p.test.First(watched)
	if err != nil {
		return nil, err
	}
	outputs, err := committee.MemberOutputs(d)
	if err != nil {
		return nil, err
	}
	k := p.net.Outputs()
	series := make([][]float64, d.Len())
	for i := range series {
		series[i] = make([]float64, len(s.draws))
		for m := range s.draws {
			at := outputs[(m*d.Len()+i)*k:]
			label, other := d.Label(i), 0
			if label == 0 {
				other = 1
			}
			series[i][m] = float64(at[label] - at[other])
		}
	}
	return series, nil
}

// predictions are the mean probabilities for all test samples.
func (p *problem) predictions(s *sample) (*metrics.Classification, *metrics.Predictions, error) {
	committee, err := ensemble.New(p.net, s.draws)
	if err != nil {
		return nil, nil, err
	}
	c, err := committee.PredictClasses(p.test)
	if err != nil {
		return nil, nil, err
	}
	classification, err := c.Classification(p.test)
	if err != nil {
		return nil, nil, err
	}
	return classification, classification.Predictions, nil
}

// A row is a line of the table.
type row struct {
	name                                string
	steps, draws                        int
	seconds, effective                  float64
	mean, deviation                     float64
	agreement, variation, accuracy, nll float64
	ece                                 float64
}

const header = "sampler            steps  effective   mean  log sd  agreement  total variation  accuracy     NLL    ECE"

func (r row) String() string {
	return fmt.Sprintf("%-16s %7d %10.0f %6.3f %7.3f %10.4f %16.4f %9.4f %7.4f %6.4f",
		r.name, r.steps, r.effective, r.mean, r.deviation, r.agreement, r.variation, r.accuracy, r.nll, r.ece)
}

// compare compares a sample with the reference: the root mean squares, over test samples,
// of the distance of the means of the log-odds, in standard deviations of the reference, and
// of the logarithm of the ratio of standard deviations.
func (p *problem) compare(name string, s *sample, reference *reference) (row, error) {
	r := row{name: name, steps: s.steps, draws: len(s.draws), seconds: s.seconds, effective: math.Inf(1)}
	functions, err := p.functions(s)
	if err != nil {
		return r, err
	}
	sizes := make([]float64, len(functions))
	for i, series := range functions {
		mean, deviation := stat.MeanStdDev(series, nil)
		wanted, width := stat.MeanStdDev(reference.functions[i], nil)
		r.mean += (mean - wanted) * (mean - wanted) / (width * width)
		r.deviation += math.Pow(math.Log(deviation/width), 2)
		sizes[i] = diagnostics.IntegratedTime(series, 5).EffectiveSize()
	}
	n := float64(len(functions))
	r.mean, r.deviation, r.effective = math.Sqrt(r.mean/n), math.Sqrt(r.deviation/n), stat.Mean(sizes, nil)
	c, predictions, err := p.predictions(s)
	if err != nil {
		return r, err
	}
	if r.agreement, err = predictions.Agreement(reference.predictions); err != nil {
		return r, err
	}
	if r.variation, err = predictions.TotalVariation(reference.predictions); err != nil {
		return r, err
	}
	r.accuracy, r.nll, r.ece = c.Accuracy(), c.NLL(), c.ECE()
	return r, nil
}
