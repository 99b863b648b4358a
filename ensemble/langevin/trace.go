package langevin

import (
	"math"

	"github.com/trajens/trajens/tps/trace"
)

// A Column is a named observable of a chain, for a Trace.
type Column struct {
	// Name is its title, as that of a trace.Column.
	Name string
	// Value returns the observable after a step.
	Value func(chain *Chain, step Step) float64
}

// LossColumn returns the column loss, Step.Loss.
func LossColumn() Column {
	return Column{"loss", func(_ *Chain, step Step) float64 { return step.Loss }}
}

// PotentialColumn returns the column potential, Step.Potential.
func PotentialColumn() Column {
	return Column{"potential", func(_ *Chain, step Step) float64 { return step.Potential }}
}

// KineticColumn returns the column kinetic, the kinetic temperature of the free
// parameters, whose mean is 1/β. See package tps/diagnostics/temperature.
func KineticColumn() Column {
	return Column{"kinetic", func(chain *Chain, step Step) float64 {
		return 2 * step.Kinetic / float64(chain.system.Free())
	}}
}

// VirialColumn returns the column virial, the virial temperature of the free parameters
// about 0, whose mean is 1/β. See package tps/diagnostics/temperature. It is NaN where
// the gradient at the parameters after the step is not known, as with SGLD.
func VirialColumn() Column {
	return Column{"virial", func(chain *Chain, _ Step) float64 {
		if !chain.state.Current {
			return math.NaN()
		}
		return chain.state.Virial() / float64(chain.system.Free())
	}}
}

// AcceptanceColumn returns the column acceptance, Step.Acceptance.
func AcceptanceColumn() Column {
	return Column{"acceptance", func(_ *Chain, step Step) float64 { return step.Acceptance }}
}

// FrictionColumn returns the column friction, State.Friction.
func FrictionColumn() Column {
	return Column{"friction", func(chain *Chain, _ Step) float64 { return chain.state.Friction }}
}

// A Trace streams observables of a chain to a file, as trace.File does for a tps.Chain:
// its methods and use are the same, with checkpoints too.
type Trace struct {
	*trace.File
	columns []Column
	values  []float64
}

// NewTrace returns a trace of columns, at least one, that is to be in the file at path.
// The Columns of config are set by it.
func NewTrace(path string, config trace.Config, columns ...Column) (*Trace, error) {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	config.Columns = trace.Named(names...)
	file, err := trace.NewFile(path, config)
	if err != nil {
		return nil, err
	}
	return &Trace{file, columns, make([]float64, len(columns))}, nil
}

// Observer returns what Run is to be given, in front of observers that may end the run
// and of Checkpointing. A step that it does not see leaves a gap. Start comes first:
// without it the run ends with an error.
func (t *Trace) Observer() Observer {
	return EachStep(func(chain *Chain, step Step) error {
		if !t.Wants(chain.Steps()) {
			return nil
		}
		for i, column := range t.columns {
			t.values[i] = column.Value(chain, step)
		}
		return t.Add(chain.Steps(), t.values...)
	})
}
