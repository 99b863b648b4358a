package sampler

import (
	"context"
	"flag"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/hessian"
	"github.com/trajens/trajens/tps"
)

// Names of moves.
const (
	Redraw         = "redraw"
	Layers         = "layers"
	Autoregressive = "autoregressive"
	Harmonic       = "harmonic"
)

// Move describes the moves of a chain.
type Move struct {
	Name       string
	Beta       float64
	Directions int
	Prior      float64
	Tune       int

	// Blocks are the coordinates of the layers.
	Blocks [][]int
	// Size is β as it is used: Beta, or another default.
	Size float64
}

// Add adds the flags to a set.
func (m *Move) Add(flags *flag.FlagSet) {
	flags.StringVar(&m.Name, "move", Redraw, "`name` of the moves: redraw (the paper's: a random share of a model is drawn anew),\nlayers (a share of one layer is), autoregressive (all of a model moves a little), harmonic (the same, about what the\ncurvatures of the loss at the trained network say)")
	flags.Float64Var(&m.Beta, "beta", 0, "with -move autoregressive or harmonic, the `size` of moves, in (0, 1]; where it is tuned,\nwhat tuning begins with (0: 0.1, or one that fits s near a trained network)")
	flags.IntVar(&m.Directions, "directions", 50, "with -move harmonic, `number` of directions in which the loss is steepest that the moves\nknow")
	flags.Float64Var(&m.Prior, "prior", 0, "standard `deviation` of a Gaussian prior of each model (0: none). At s = N and -tau 1 a\nmodel is then weighted as by Bayes' rule")
	flags.IntVar(&m.Tune, "tune", 0, "tune the size of moves in this `number` of first steps, at least 300 (0: not)")
}

// Check returns a UsageError if the flags are wrong.
func (m *Move) Check() error {
	switch {
	case m.Name != Redraw && m.Name != Layers && m.Name != Autoregressive && m.Name != Harmonic:
		return cli.Usagef("-move %q: want redraw, layers, autoregressive or harmonic", m.Name)
	case !(m.Beta >= 0 && m.Beta <= 1):
		return cli.Usagef("-beta %v: want a number in (0, 1], or 0 for the default", m.Beta)
	case m.Directions < 1:
		return cli.Usagef("-directions %d: want at least 1", m.Directions)
	case !(m.Prior >= 0) || m.Prior > 1e30:
		return cli.Usagef("-prior %v: want a number from 0 to 1e30", m.Prior)
	case m.Tune != 0 && m.Tune < 300:
		return cli.Usagef("-tune %d: want at least 300, or 0 for none", m.Tune)
	}
	return nil
}

// curved is how many samples curvatures are measured on.
const curved = 6000

// Surrogate returns a quadratic model of a classifier's loss at a trained model, from
// the steepest directions on some samples and the slopes there on all.
func (f *Flags) Surrogate(ctx context.Context, net *nn.Network, d *data.Dataset, model []float32, chain int) (*tps.Quadratic, error) {
	gradients, err := nn.NewGradients(net, d, nn.CrossEntropy, nn.Config{Workers: f.Workers})
	if err != nil {
		return nil, err
	}
	defer gradients.Close()
	source := f.Source(CurvatureStream, chain)
	some := random.NewDeck(d.Len()).Draw(min(curved, d.Len()), source)
	e, err := hessian.Expand(ctx, gradients, model, hessian.ExpandConfig{
		Directions: min(f.Move.Directions, net.Params()), Samples: some, Source: source,
	})
	return (*tps.Quadratic)(e), err
}
