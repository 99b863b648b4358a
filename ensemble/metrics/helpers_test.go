package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/trajens/trajens/internal/random"
)

// draw returns a classification whose labels are drawn from the predictions at
// a temperature. With levels above 0, logits are rounded to that many values a
// unit, so that there are ties.
func draw(t testing.TB, source rand.Source, n, classes int, temperature, levels float64) *Classification {
	t.Helper()
	draws := rand.New(source)
	logits := make([]float64, n*classes)
	labels := make([]int, n)
	for i := range labels {
		row := logits[i*classes : (i+1)*classes]
		best := math.Inf(-1)
		for k := range row {
			row[k] = 2 * draws.NormFloat64()
			if levels > 0 {
				row[k] = math.Round(row[k]*levels) / levels
			}
			// The largest of logits with Gumbel noise has their softmax's
			// distribution.
			if y := row[k]/temperature - math.Log(draws.ExpFloat64()); y > best {
				best, labels[i] = y, k
			}
		}
	}
	return classification(t, must[[]float64](t)(LogSoftmax(logits, classes)), classes, labels)
}

// drawMixtures returns a regression whose targets are drawn from its mixtures, with
// scales stretched by a factor.
func drawMixtures(t testing.TB, source rand.Source, n, members int, stretch float64) *Regression {
	t.Helper()
	draws := rand.New(source)
	means, scales := make([]float64, n*members), make([]float64, n*members)
	targets := make([]float64, n)
	for i := range means {
		means[i] = draws.NormFloat64()
		scales[i] = 0.2 + draws.Float64()
	}
	for i := range targets {
		at := i*members + draws.IntN(members)
		targets[i] = means[at] + stretch*scales[at]*draws.NormFloat64()
	}
	m := must[*Mixtures](t)(NewMixtures(means, scales, members, MixturesConfig{}))
	return must[*Regression](t)(NewRegression(m, targets))
}

func inf(sign int) float64 { return math.Inf(sign) }

var nan = math.NaN()

// shuffled puts x in random order, each time the last of those left first, and
// returns it.
func shuffled(x []int, source rand.Source) []int {
	for i := len(x) - 1; i > 0; i-- {
		j := random.Below(source, i+1)
		x[i], x[j] = x[j], x[i]
	}
	return x
}
