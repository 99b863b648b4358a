package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/minibatch"
)

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

func main() {
	sigma := flag.Float64("sigma", 0.1, "")
	epochs := flag.Int("epochs", 3, "")
	rate := flag.Float64("rate", 0.005, "")
	tau := flag.Int("tau", 8, "")
	frombase := flag.Bool("base", false, "")
	seed := flag.Uint64("seed", 1, "")
	tilt := flag.Float64("s", 60000, "")
	beta := flag.Float64("beta", 0.01, "")
	walk := flag.Float64("walk", 0.2, "")
	secs := flag.Float64("seconds", 40, "")
	tune := flag.Int("tune", 0, "")
	flag.Parse()
	ctx := context.Background()
	train, test, err := data.MNIST("../shared/data/mnist")
	if err != nil {
		panic(err)
	}
	net := nn.MairCNN()
	g := must(nn.NewGradients(net, train, nn.CrossEntropy, nn.Config{Workers: 2}))
	first := make([]float32, net.Params())
	src := random.Source(*seed)
	nn.InitUniform(first, net, src)
	must(descent.Run(ctx, first, g, descent.Config{Epochs: 20, Schedule: descent.Cosine{Peak: 0.005, WarmUp: 0.1}, Source: src}))
	models := [][]float32{first}
	rep := must(must(ensemble.New(net, models)).Evaluate(test))
	fmt.Printf("net acc %.4f nll %.4f\n", rep.Accuracy, rep.NLL)
	begin := time.Now()
	normal := rand.New(src)
	prev := first
	for t := 1; t < *tau; t++ {
		m := append([]float32(nil), prev...)
		if *frombase {
			m = append([]float32(nil), first...)
		}
		for i := range m {
			m[i] += float32(*sigma * normal.NormFloat64())
		}
		e := must(descent.Run(ctx, m, g, descent.Config{Epochs: *epochs, Schedule: descent.Cosine{Peak: *rate, WarmUp: 0.1}, Source: src}))
		models = append(models, m)
		d := 0.0
		for i := range m {
			d += math.Pow(float64(m[i]-prev[i]), 2)
		}
		prev = m
		rep := must(must(ensemble.New(net, models)).Evaluate(test))
		fmt.Printf("%2d: loss %.4f rms %.4f | vote %.4f nll %.4f member nll %.4f acc %.4f  %.1fs\n", t+1, e.Loss, math.Sqrt(d/float64(len(m))), rep.Accuracy, rep.NLL, rep.MemberNLL[t], rep.MemberAccuracy[t], time.Since(begin).Seconds())
	}

	// sampling
	begin = time.Now()
	flat := must(tps.ThroughModels(*tau, models, 0, src))
	var losses []tps.Losses
	for range 2 {
		losses = append(losses, must(nn.NewLosses(net, train, nn.CrossEntropy, nn.Config{})))
	}
	test2 := must(minibatch.NewAdaptive(60000, minibatch.AdaptiveConfig{Estimate: minibatch.Controlled, Chunk: 32, Sigma: 1.3}))
	chain := must(tps.NewChain(tps.Config{Tau: *tau, Sigma: *walk, S: *tilt, Test: test2, Start: flat, Sweep: true, Seed: *seed,
		Move: tps.Autoregressive{Beta: *beta}, Tuning: tps.Tuning{Steps: *tune}}, losses[0], losses[1:]...))
	for time.Since(begin).Seconds() < *secs {
		t0 := time.Now()
		for time.Since(t0).Seconds() < *secs/4 {
			if err := chain.Run(ctx, chain.Steps()+200); err != nil {
				panic(err)
			}
		}
		st := chain.Stats()
		rep := must(must(ensemble.New(net, chain.Trajectory().Models())).Evaluate(test))
		d := 0.0
		for t, m := range models {
			for i := range m {
				d += math.Pow(float64(chain.Trajectory().Model(t)[i]-m[i]), 2)
			}
		}
		fmt.Printf("%5.1fs steps %d acc %.3f b %.0f rms moved %.4f loss %.4f| vote %.4f nll %.4f member nll %.4f acc %.4f tuned %v\n", time.Since(begin).Seconds(), st.Steps, st.Acceptance(), st.MeanBatch(), math.Sqrt(d/float64(*tau*net.Params())), chain.LossEstimate(), rep.Accuracy, rep.NLL, rep.MemberNLLMean(), rep.MemberAccuracyMean(), chain.Tuned())
	}
}
