package trace

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trajens/trajens/tps"
)

// A Column is a named observable.
type Column struct {
	// Name is its title: not empty, without commas, quotes and control
	// characters, not step, and different from the others'.
	Name string
	// Value returns the observable after a step. It is called after every step
	// for averages, and else only after the steps that have a row. nil, in all
	// columns: the values are given to Writer.Add or File.Add.
	Value func(chain *tps.Chain, step tps.Step) float64
}

// Named returns columns of these names without a Value, for runs that are not of a
// tps.Chain and give their values to Add.
func Named(names ...string) []Column {
	columns := make([]Column, len(names))
	for i, name := range names {
		columns[i].Name = name
	}
	return columns
}

// S returns the column s, the tilt of the step.
func S() Column {
	return Column{"s", func(_ *tps.Chain, step tps.Step) float64 { return step.S }}
}

// Loss returns the column loss, the chain's LossEstimate. It is NaN while no
// model has been evaluated.
func Loss() Column {
	return Column{"loss", func(chain *tps.Chain, _ tps.Step) float64 { return chain.LossEstimate() }}
}

// Acceptance returns the column acceptance: 1 if the step was accepted, 0 if
// not. Its average is the acceptance rate.
func Acceptance() Column {
	return Column{"acceptance", func(_ *tps.Chain, step tps.Step) float64 {
		if step.Accepted {
			return 1
		}
		return 0
	}}
}

// Batch returns the column batch, the number of samples drawn in the step, each
// counting once however many models the step moves.
func Batch() Column {
	return Column{"batch", func(_ *tps.Chain, step tps.Step) float64 { return float64(step.Samples) }}
}

// Delta returns the column delta, the estimate Δ* that the step's decision
// rested on. It can be infinite.
func Delta() Column {
	return Column{"delta", func(_ *tps.Chain, step tps.Step) float64 { return step.Delta }}
}

// ModelLosses returns the columns loss_0 … loss_τ−1, the chain's
// LossEstimates, for a trajectory of tau models. An estimate is NaN while its
// model has not been evaluated.
func ModelLosses(tau int) []Column {
	columns := make([]Column, tau)
	for t := range columns {
		columns[t] = Column{fmt.Sprintf("loss_%d", t), func(chain *tps.Chain, _ tps.Step) float64 {
			return chain.ModelLossEstimate(t)
		}}
	}
	return columns
}

// stepName is the title of the first column.
const stepName = "step"

// checkNames says what is wrong with titles, and at which of them.
func checkNames(names []string) (int, error) {
	seen := map[string]bool{stepName: true}
	for i, name := range names {
		switch {
		case name == "":
			return i, fmt.Errorf("a column has no name")
		case !utf8.ValidString(name) || strings.ContainsAny(name, `,"`) || strings.ContainsFunc(name, unicode.IsControl):
			return i, fmt.Errorf("the column name %q has a comma, a quote or a control character", name)
		case seen[name]:
			return i, fmt.Errorf("two columns have the name %q", name)
		}
		seen[name] = true
	}
	return 0, nil
}
