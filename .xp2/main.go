package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"time"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/moves"
)

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

func main() {
	tau := flag.Int("tau", 4, "")
	seed := flag.Uint64("seed", 1, "")
	tilt := flag.Float64("s", 1000, "")
	beta := flag.Float64("beta", 0.1, "")
	walk := flag.Float64("sigma", 0.05, "")
	batch := flag.Int("batch", 1000, "")
	secs := flag.Float64("seconds", 50, "")
	tune := flag.Int("tune", 0, "")
	move := flag.String("move", "langevin", "")
	s1 := flag.Float64("s1", 0, "")
	dmax := flag.Float64("d", 4e6, "")
	betaAt := flag.Float64("betaat", 0, "")
	fraction := flag.Float64("f", 1, "")
	flag.Parse()
	ctx := context.Background()
	train, test, err := data.MNIST("../shared/data/mnist")
	if err != nil {
		panic(err)
	}
	net := nn.MairCNN()
	g := must(nn.NewGradients(net, train, nn.CrossEntropy, nn.Config{Workers: 2}))
	src := random.Source(*seed)
	first := make([]float32, net.Params())
	nn.InitNormal(first, 0.05, src)
	begin := time.Now()
	losses := must(nn.NewLosses(net, train, nn.CrossEntropy, nn.Config{Workers: 2}))
	test2 := must(minibatch.NewAdaptive(60000, minibatch.AdaptiveConfig{Chunk: 32, Sigma: 1.3}))
	var mv tps.Move
	switch *move {
	case "langevin":
		mv = moves.Langevin{Gradient: g, Beta: *beta, Batch: *batch}
	case "barker":
		mv = moves.Barker{Gradient: g, Step: *beta, Batch: *batch}
	default:
		mv = tps.Autoregressive{Beta: *beta, Fraction: *fraction, BetaAt: *betaAt}
	}
	chain := must(tps.NewChain(tps.Config{Tau: *tau, Sigma: *walk, S: *tilt, Test: test2, Seed: *seed, Start: must(tps.RandomWalk(*tau, first, *walk, src)),
		Move: mv, Tuning: tps.Tuning{Steps: *tune}}, losses))
	_ = secs
	next := 0.2
	for {
		st := chain.Stats()
		share := (float64(st.DataUse)) / *dmax
		if share >= next {
			next += 0.2
			rep := must(must(ensemble.New(net, chain.Trajectory().Models())).Evaluate(test))
			fmt.Printf("%5.1fs D %.2g steps %d s %.0f acc %.3f b %.0f loss %.4f| vote %.4f nll %.4f member nll %.4f acc %.4f\n", time.Since(begin).Seconds(), float64(st.DataUse), st.Steps, chain.S(), st.Acceptance(), st.MeanBatch(), chain.LossEstimate(), rep.Accuracy, rep.NLL, rep.MemberNLLMean(), rep.MemberAccuracyMean())
		}
		if share >= 1 {
			return
		}
		if *s1 > 0 {
			if err := chain.SetS(*tilt * math.Pow(*s1 / *tilt, share)); err != nil {
				panic(err)
			}
		}
		if err := chain.Run(ctx, chain.Steps()+100); err != nil {
			panic(err)
		}
	}
}
