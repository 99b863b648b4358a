package langevin

// GLA1 is the geometric Langevin algorithm of first order (Bou-Rabee and Owhadi, SIAM J.
// Numer. Anal. 48, 278, 2010): a step of the symplectic Euler method, and then an exact
// one of friction and noise; the splitting BAO. It is here to compare with.
type GLA1 struct {
	// Step, Friction and Masses are those of Splitting.
	Step, Friction float64
	Masses         []float32
}

func (g GLA1) splitting() Splitting { return Splitting{"BAO", g.Step, g.Friction, g.Masses} }

// String returns the sampler and its options.
func (g GLA1) String() string { return g.splitting().String() }

// Stepper implements Sampler.
func (g GLA1) Stepper(system *System, state *State) (Stepper, error) {
	return newSplitting("GLA1", g.splitting(), system, state)
}

// GLA2 is the geometric Langevin algorithm of second order (Bou-Rabee and Owhadi 2010): a
// step of the velocity Verlet method, and then an exact one of friction and noise; the
// splitting BABO, with one gradient a step. For a harmonic U it is exact in p.
type GLA2 struct {
	// Step, Friction and Masses are those of Splitting.
	Step, Friction float64
	Masses         []float32
}

func (g GLA2) splitting() Splitting { return Splitting{"BABO", g.Step, g.Friction, g.Masses} }

// String returns the sampler and its options.
func (g GLA2) String() string { return g.splitting().String() }

// Stepper implements Sampler.
func (g GLA2) Stepper(system *System, state *State) (Stepper, error) {
	return newSplitting("GLA2", g.splitting(), system, state)
}
