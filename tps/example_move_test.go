package tps_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/trajens/trajens/tps"
)

// jump is a move of one's own: a step of one coordinate of one model, Cauchy
// distributed, so that most are short and some are very long.
type jump struct {
	// Width is that of the distribution, above 0.
	Width float64
}

// Proposer implements tps.Move.
func (j jump) Proposer(target tps.Target) (tps.Proposer, error) {
	if !(j.Width > 0) {
		return nil, fmt.Errorf("jump.Width = %v, want a number > 0", j.Width)
	}
	return &jumper{width: j.Width, path: target.Path}, nil
}

// String tells the move from others, which checkpoints ask for.
func (j jump) String() string { return fmt.Sprintf("jump(width %v)", j.Width) }

type jumper struct {
	width      float64
	path       tps.Path
	coordinate [1]int
}

// Propose implements tps.Proposer. The step is as likely as the one back, so that what
// is known of Δ is the ratio of the path measure.
func (j *jumper) Propose(p *tps.Proposal) error {
	random := rand.New(p.Source)
	p.First, p.Width = random.IntN(p.Current.Len()), 1
	model := p.Proposed.Model(p.First)
	i := random.IntN(len(model))
	j.coordinate[0] = i
	p.Coordinates = j.coordinate[:]
	model[i] += float32(j.width * math.Tan(math.Pi*(random.Float64()-0.5)))
	p.Known = j.path.LogRatio(p)
	return nil
}

// A move of one's own, alone and mixed with that of the package: the mean energy is
// the same.
func ExampleMove() {
	const tau, sigma, s = 4, 0.35, 3
	for _, move := range []tps.Move{
		jump{Width: 0.4},
		tps.Mix{{Weight: 1, Move: jump{Width: 0.4}}, {Weight: 3, Move: tps.Autoregressive{Beta: 0.8}}},
	} {
		chain, err := tps.NewChain(tps.Config{Tau: tau, Sigma: sigma, S: s, Move: move}, spring{})
		if err != nil {
			panic(err)
		}
		mean, count := 0.0, 0
		energies := make([]float64, tau)
		measure := tps.Every(5*tau, func(chain *tps.Chain) error {
			if err := chain.MeanLosses(energies); err != nil {
				return err
			}
			for _, energy := range energies {
				mean += energy
				count++
			}
			return nil
		})
		if err := chain.Run(context.Background(), 200_000, measure); err != nil {
			panic(err)
		}
		fmt.Printf("mean energy %.2f\n", mean/float64(count))
	}
	exact := 0.0
	for j := range tau {
		exact += 0.5 / tau / (s + (2-2*math.Cos(math.Pi*float64(j)/tau))/(sigma*sigma))
	}
	fmt.Printf("exact       %.2f\n", exact)
	// Output:
	// mean energy 0.07
	// mean energy 0.07
	// exact       0.07
}
