package langevin

// A Sampler is a way to make steps. It is a description, which chains may share: each
// has a Stepper of its own made from it. A Sampler of one's own is as good as those of
// this package.
type Sampler interface {
	// Stepper returns what makes the steps of one chain. NewChain calls it. state is
	// where the chain starts: the Stepper may draw a Momentum for it (System.Momentum),
	// and set Masses. The error says what is wrong with the sampler for that system.
	Stepper(system *System, state *State) (Stepper, error)
}

// A Stepper makes the steps of one chain.
//
// One with a state of its own, such as a thermostat, implements
// encoding.BinaryMarshaler and encoding.BinaryUnmarshaler to have it in checkpoints.
// One with a method StepSize() float64, that of the next step, has it named in errors.
type Stepper interface {
	// Step changes the state, always the same one. What it asks of the System may
	// fail; it returns that error as it is, and the chain ends. A step does not
	// allocate.
	Step(state *State) error
}

// stepSizer is a Stepper that tells its step size.
type stepSizer interface{ StepSize() float64 }
