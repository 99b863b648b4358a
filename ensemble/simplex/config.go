package simplex

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn/descent"
)

// Config holds the options of SPRO and ESPRO. Epochs must be set; the zero value of any
// other field stands for its default.
type Config struct {
	// Epochs is how many times the training of a vertex goes through the data, at
	// least 1.
	Epochs int
	// Batch is how many samples a step has. 0: the default of package descent.
	Batch int
	// Optimizer makes the steps; it starts anew with each vertex. nil: Adam with its
	// defaults.
	Optimizer descent.Optimizer
	// Schedule sets the learning rate; it starts anew with each vertex. nil: a
	// constant rate of 0.001.
	Schedule descent.Schedule
	// Points is H, how many models a step draws from the simplexes, each of which
	// costs a gradient on the batch. 0: 5, as in the paper.
	Points int
	// Lambda is λ*, the strength of the reward for volume, finite and positive. 0: 0.01.
	//
	// It is divided by the volume that one would expect, so that it need not be chosen
	// anew for each dimension: the reward is λₖ log V with λₖ = λ*/log V(K), where K is
	// a random complex of the structure that the simplexes have with the new vertex.
	// The logarithm of a volume depends on the unit, so this is meant for networks
	// large enough that log V(K) is above 1. Where it is not, λₖ = λ*.
	Lambda float64
	// NoVolume leaves the reward out, so that nothing but the noise of the steps keeps a
	// simplex from shrinking. Lambda must be 0.
	NoVolume bool
	// Initialize fills a vertex of that random complex with what an untrained network
	// would have, such as nn.InitUniform. nil: independent normal numbers, with the
	// root mean square of the parameters of the vertex that it stands for.
	Initialize func(params []float32, source rand.Source)
	// Simplexes are the numbers of the simplexes that new vertices join, which all must
	// have as many vertices. nil: all. ESPRO chooses them itself.
	Simplexes []int
	// Progress, if it is not nil, is called after each epoch. An error ends the
	// run with that error; descent.ErrStop ends the training of the vertex only.
	Progress func(Epoch) error
	// Source is where the random numbers come from. nil: a generator that
	// starts each run with the same numbers.
	Source rand.Source
}

// An Epoch says how far a run is.
type Epoch struct {
	// Vertex is the number that the vertex in training will have in the complex.
	Vertex int
	// Number is how many epochs its training made, from 1.
	Number int
	// Loss is the mean loss over the points drawn and the samples of the epoch, without
	// the reward for volume.
	Loss float64
	// LogVolume is the logarithm of the sum of the volumes of the simplexes that
	// the vertex joins, with the vertex where it is.
	LogVolume float64
	// Lambda is λₖ, 0 without the reward.
	Lambda float64
	// Rate is the learning rate of the last step.
	Rate float64
}

const largestPoints = 1 << 20

// complete returns the options with defaults filled in, or an error.
func (c Config) complete() (Config, error) {
	c.Points = cmp.Or(c.Points, 5)
	if c.Points < 1 || c.Points > largestPoints {
		return c, fmt.Errorf("simplex: Config.Points = %d, want 1 to %d", c.Points, largestPoints)
	}
	if !(c.Lambda >= 0) || math.IsInf(c.Lambda, 1) {
		return c, fmt.Errorf("simplex: Config.Lambda = %v, want a finite number > 0", c.Lambda)
	}
	if c.NoVolume && c.Lambda > 0 {
		return c, fmt.Errorf("simplex: Config.NoVolume is set, but Lambda = %v", c.Lambda)
	}
	if !c.NoVolume {
		c.Lambda = cmp.Or(c.Lambda, 0.01)
	}
	if c.Epochs < 1 {
		return c, fmt.Errorf("simplex: Config.Epochs = %d, want at least 1", c.Epochs)
	}
	if null.Is(c.Source) {
		c.Source = random.Source(0)
	}
	return c, nil
}
