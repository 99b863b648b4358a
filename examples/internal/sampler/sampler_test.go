package sampler_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

const samples = 40

func parse(args string) (*sampler.Flags, error) {
	var f sampler.Flags
	flags := cli.NewFlagSet("test", "", new(bytes.Buffer))
	f.Add(flags)
	if err := cli.Parse(flags, strings.Fields(args)); err != nil {
		return nil, err
	}
	if err := f.Check(1, 2); err != nil {
		return nil, err
	}
	return &f, f.Test.Fit(flags, samples)
}

func newChain(t *testing.T, args string, chain int) *tps.Chain {
	t.Helper()
	f, err := parse(args)
	require.NoError(t, err)
	line, _, err := data.Line(samples, 0, random.Source(1))
	require.NoError(t, err)
	losses, err := nn.NewLosses(nn.LinearPerceptron(1), line, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { losses.Close() })
	start, err := tps.RandomWalk(f.Tau, sampler.RandomModel(nn.LinearPerceptron(1), f.Source(sampler.StartStream, chain)), f.Sigma, f.Source(sampler.StartStream, chain))
	require.NoError(t, err)
	c, err := f.NewChain([]*nn.Losses{losses}, start, nil, chain)
	require.NoError(t, err)
	return c
}

// Each option changes what it should in the chain, and nothing else.
func TestOptions(t *testing.T) {
	type settings struct {
		Tau                int
		Sigma, S, Fraction float64
		Test               string
		Chunk              int
		SigmaC             float64
		Population         bool
		Rule               minibatch.Rule
		Estimate           minibatch.Estimate
	}
	of := func(args string) settings {
		config := newChain(t, args, 0).Config()
		s := settings{Tau: config.Tau, Sigma: config.Sigma, S: config.S, Fraction: config.Fraction}
		switch test := config.Test.(type) {
		case *minibatch.Adaptive:
			s.Rule, s.Estimate = test.Config().Rule, test.Config().Estimate
			s.Test, s.Chunk, s.SigmaC, s.Population = "adaptive", test.Config().Chunk, test.Config().Sigma, !test.Config().InfinitePopulation
		case *minibatch.Full:
			s.Test = test.String()
		}
		return s
	}
	base := settings{4, 0.015, 100, 0.25, "adaptive", 20, 1.3, true, minibatch.Planned, 0}
	require.Equal(t, base, of(""))
	for args, change := range map[string]func(*settings){
		"-tau 7":         func(s *settings) { s.Tau = 7 },
		"-sigma 0.5":     func(s *settings) { s.Sigma = 0.5 },
		"-s 3":           func(s *settings) { s.S = 3 },
		"-fraction 0.5":  func(s *settings) { s.Fraction = 0.5 },
		"-chunk 8":       func(s *settings) { s.Chunk = 8 },
		"-sigmac 0.9":    func(s *settings) { s.SigmaC = 0.9 },
		"-infinite":      func(s *settings) { s.Population = false },
		"-rule stopping": func(s *settings) { s.Rule = minibatch.Stopping },
		"-workers 3":     func(*settings) {},

		"-estimate cheapest":   func(*settings) {},
		"-estimate uniform":    func(s *settings) { s.Estimate = minibatch.Uniform },
		"-estimate weighted":   func(s *settings) { s.Estimate = minibatch.Weighted },
		"-estimate controlled": func(s *settings) { s.Estimate = minibatch.Controlled },
	} {
		want := base
		change(&want)
		require.Equal(t, want, of(args), args)
	}
	require.NotEqual(t, of("-test barker").Test, of("-test metropolis").Test)
	require.NotEqual(t, "adaptive", of("-test barker").Test)
}

// Chains, streams and seeds all have random numbers of their own.
func TestSources(t *testing.T) {
	seen := make(map[uint64]string)
	for _, seed := range []string{"1", "2"} {
		f, err := parse("-seed " + seed)
		require.NoError(t, err)
		for stream := range uint64(sampler.SplitStream + 1) {
			for chain := range 3 {
				number := f.Source(stream, chain).Uint64()
				require.Empty(t, seen[number], "seed %s, stream %d, chain %d", seed, stream, chain)
				seen[number] = "taken"
				require.Equal(t, number, f.Source(stream, chain).Uint64(), "it is always the same")
			}
		}
	}
	first, second := newChain(t, "", 0), newChain(t, "", 1)
	require.NotEqual(t, first.Config().Source.Uint64(), second.Config().Source.Uint64())
}

func TestFit(t *testing.T) {
	f, err := parse("-chunk 40")
	require.NoError(t, err)
	require.Equal(t, 40, f.Test.Chunk)
	_, err = parse("-chunk 41")
	require.EqualError(t, err, "-chunk 41: want at most the number of samples, 40")
	_, err = parse("-chunk 41 -test barker")
	require.NoError(t, err, "the tests on all the data have no chunk")
	var test sampler.Test
	flags := cli.NewFlagSet("test", "", new(bytes.Buffer))
	test.Add(flags, 50, 1)
	require.NoError(t, test.Fit(flags, samples))
	require.Equal(t, 40, test.Chunk, "with fewer samples than the default chunk all are a chunk")
}

func TestRefused(t *testing.T) {
	for _, args := range []string{
		"-tau 0", "-tau 1.5", "-tau 1000000000000",
		"-s -1", "-s NaN", "-s Inf",
		"-sigma 0", "-sigma NaN", "-sigma +Inf", "-sigma 1e300",
		"-fraction 0", "-fraction 1.1", "-fraction NaN",
		"-chunk 1", "-sigmac 0.4", "-sigmac 1.5", "-sigmac NaN",
		"-seed -1", "-workers 0", "-workers 1000000", "-test other",
		"-estimate other", "-estimate weighted -rule stopping",
	} {
		_, err := parse(args)
		var usage *cli.UsageError
		require.ErrorAs(t, err, &usage, args)
	}
	_, err := parse("-tau 1000000000000")
	require.EqualError(t, err, "-tau 1000000000000: needs 16 TB of memory, want at most 8 GB")
}
