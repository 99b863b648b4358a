package langevin

// BAOAB is the splitting of that name (see Splitting): of second order, with one
// gradient a step, and for a harmonic U exact in θ at any stable step size; for others
// of fourth order in θ at high friction (Leimkuhler and Matthews 2013). It is the
// scheme of choice.
type BAOAB struct {
	// Step, Friction and Masses are those of Splitting.
	Step, Friction float64
	Masses         []float32
}

func (b BAOAB) splitting() Splitting { return Splitting{"BAOAB", b.Step, b.Friction, b.Masses} }

// String returns the sampler and its options.
func (b BAOAB) String() string { return b.splitting().String() }

// Stepper implements Sampler.
func (b BAOAB) Stepper(system *System, state *State) (Stepper, error) {
	return newSplitting("BAOAB", b.splitting(), system, state)
}

// OBABO is the splitting of that name (Bussi and Parrinello, Phys. Rev. E 75, 056707,
// 2007), with one gradient a step. After a step it has the stationary distribution of
// GLA2: for a harmonic U exact in p, and of second order in θ.
type OBABO struct {
	// Step, Friction and Masses are those of Splitting.
	Step, Friction float64
	Masses         []float32
}

func (o OBABO) splitting() Splitting { return Splitting{"OBABO", o.Step, o.Friction, o.Masses} }

// String returns the sampler and its options.
func (o OBABO) String() string { return o.splitting().String() }

// Stepper implements Sampler.
func (o OBABO) Stepper(system *System, state *State) (Stepper, error) {
	return newSplitting("OBABO", o.splitting(), system, state)
}
