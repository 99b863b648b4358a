package page

import (
	"fmt"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/ensemble/report"
)

// draws is the number of random committees of each size.
const draws = 20

// sizes appends accuracy and NLL against the number of members, if there are several.
func (j *judgment) sizes(r *report.Report) error {
	if j.Committee.Len() == 1 {
		return nil
	}
	config := ensemble.CurveConfig{Sizes: spread(j.Committee.Len()), Draws: draws}
	inOrder, err := j.Committee.CurveInOrder(j.Test, config)
	if err != nil {
		return err
	}
	atRandom, err := j.Committee.CurveAtRandom(j.Test, j.source(orderStream), config)
	if err != nil {
		return err
	}
	for _, p := range []struct {
		title, label, caption string
		of                    func(ensemble.Quality) float64
		alone                 func(*metrics.Classification) float64
	}{
		{"Accuracy", "accuracy", "Share of the test images that the majority vote gets right.", func(q ensemble.Quality) float64 { return q.Accuracy }, (*metrics.Classification).Accuracy},
		{"NLL", "NLL (nats)", "Negative log-likelihood of the mean probabilities.", func(q ensemble.Quality) float64 { return q.NLL }, (*metrics.Classification).NLL},
	} {
		plot := report.Plot{
			Title:   p.title,
			Caption: fmt.Sprintf("%s The band is one standard deviation to each side over %d random choices.", p.caption, draws),
			X:       report.Axis{Label: "members", Logarithmic: true}, Y: report.Axis{Label: p.label},
		}
		ordered, random := report.Line{Name: "the first ones"}, report.Line{Name: "chosen at random"}
		for i, size := range inOrder.Sizes {
			mean, deviation := p.of(atRandom.Mean[i]), p.of(atRandom.Deviation[i])
			ordered.X, ordered.Y = append(ordered.X, float64(size)), append(ordered.Y, p.of(inOrder.Mean[i]))
			random.X, random.Y = append(random.X, float64(size)), append(random.Y, mean)
			random.Low, random.High = append(random.Low, mean-deviation), append(random.High, mean+deviation)
		}
		plot.Lines = append(plot.Lines, ordered, random)
		if network := j.methods.network; network != nil {
			y := p.alone(network.Classification)
			plot.Lines = append(plot.Lines, report.Line{Name: lower(network.name), X: []float64{1, float64(j.Committee.Len())}, Y: []float64{y, y}})
		}
		r.Sizes = append(r.Sizes, plot)
	}
	return nil
}

// spread returns sizes from 1 to the largest, each about 1.3 times the one before.
func spread(largest int) (sizes []int) {
	for size := 1; size < largest; size = max(size+1, size*13/10) {
		sizes = append(sizes, size)
	}
	return append(sizes, largest)
}
