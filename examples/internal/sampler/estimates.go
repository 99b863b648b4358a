package sampler

import (
	"fmt"
	"io"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
)

// estimated returns how many decisions were by an estimate of Δ.
func estimated(stats *tps.Stats) (decisions int) {
	for e := minibatch.Uniform; e < minibatch.Estimates; e++ {
		decisions += stats.Estimates[e]
	}
	return decisions
}

// PrintEstimates writes how the adaptive test estimated Δ, what that took, and how
// often the acceptance probability may be off. It writes nothing if the test made
// no estimates.
func PrintEstimates(w io.Writer, stats tps.Stats) error {
	n := float64(estimated(&stats))
	if n == 0 {
		return nil
	}
	share := func(part int) float64 { return 100 * float64(part) / n }
	_, err := fmt.Fprintf(w, `
estimates of Δ   uniform %.1f %%, weighted %.1f %%, controlled %.1f %% of the decisions
references made  %d
mean cost        %.0f losses a decision and model, without references; of uniform draws %.0f were expected
doubtful         %.2f %% of the decisions
`,
		share(stats.Estimates[minibatch.Uniform]), share(stats.Estimates[minibatch.Weighted]), share(stats.Estimates[minibatch.Controlled]),
		stats.References, float64(stats.Cost)/n, float64(stats.UniformCost)/n, share(stats.Doubtful))
	return err
}

const (
	// doubted is the share of doubtful decisions above which there is a warning,
	// and fewestDoubted how many decisions there must be.
	doubted, fewestDoubted = 0.01, 1000
)

// A Doubt warns of doubtful decisions, once.
type Doubt struct{ told bool }

// Warning returns what is to be said, the first time that the statistics are a
// reason to say it; else nothing.
func (d *Doubt) Warning(stats tps.Stats) string {
	n := estimated(&stats)
	share := float64(stats.Doubtful) / float64(n)
	if d.told || n < fewestDoubted || !(share > doubted) {
		return ""
	}
	d.told = true
	return fmt.Sprintf("Warning: in %.0f %% of the decisions a few samples had most of the variance of the loss differences, "+
		"so acceptance probabilities may be off. Look at the samples of the largest losses, or use -test barker, which reads all the data.", 100*share)
}
