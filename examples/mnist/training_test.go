package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/examples/internal/clitest"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

// prepared returns a training that has not begun.
func prepared(t *testing.T, args ...string) *training {
	t.Helper()
	o, err := parse(args, new(bytes.Buffer))
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	set, err := o.digits.Load(t.Context(), o.Source(sampler.TrainStream, 0), o.Source(sampler.TestStream, 0), &stderr)
	require.NoError(t, err)
	require.NoError(t, o.fit(set.Train.Len()))
	training, err := newTraining(t.Context(), o, set, newReport(o, &stdout, &stderr))
	require.NoError(t, err)
	t.Cleanup(training.close)
	return training
}

// Each option of sampling changes what comes out, and -trace writes a file.
func TestOptionsChangeTheRun(t *testing.T) {
	trace := filepath.Join(t.TempDir(), "trace.csv")
	of := func(args string) map[string]any {
		stdout, _ := clitest.Run(t, run, small(append([]string{"-train", "200", "-json", "-steps", "100"}, strings.Fields(args)...)...)...)
		objects := clitest.Objects(t, stdout)
		return timeless(objects[len(objects)-1])
	}
	base := of("-trace " + trace)
	for _, args := range []string{"-fraction 0.5", "-sigmac 0.8", "-sigma 0.1", "-s 1000", "-chunk 30", "-estimate weighted", "-seed 2", "-init uniform", "-train 199"} {
		require.NotEqual(t, base, of(args), args)
	}
	require.Equal(t, base, of("-workers 3"))
	// A smaller σ_c and a larger fraction need more samples, as does a test
	// without the factor for a finite population. The batch is that of the test, so these are
	// compared where it has to be large, and references cannot make it small.
	batch := func(args string) float64 { return of("-s 1000 -estimate uniform " + args)["mean_batch"].(float64) }
	plain := batch("")
	require.Greater(t, batch("-sigmac 0.8"), plain)
	require.Less(t, batch("-fraction 0.02"), plain)
	require.Greater(t, batch("-infinite"), plain)

	rows := clitest.CSV(t, trace)
	require.Equal(t, []string{"step", "loss", "acceptance", "batch"}, rows[0])
	require.Len(t, rows, 2, "one for each 100 steps")
	mean, err := strconv.ParseFloat(rows[1][3], 64)
	require.NoError(t, err)
	require.InDelta(t, base["mean_batch"], mean, 1e-9)
	err = run(context.Background(), small("-trace", trace), new(bytes.Buffer), new(bytes.Buffer))
	require.ErrorContains(t, err, "exists already")
}

// Chains have their own random numbers and their own first models.
func TestChainsAreIndependent(t *testing.T) {
	training := prepared(t, small("-chains", "3")...)
	numbers := make(map[uint64]bool)
	starts := make(map[float32]bool)
	for _, c := range training.chains {
		numbers[c.Config().Source.Uint64()] = true
		starts[c.Trajectory().Model(0)[0]] = true
	}
	require.Len(t, numbers, 3)
	require.Len(t, starts, 3)

	// Gradient descent sees the samples in another order, too.
	training = prepared(t, "-dataset", "digits", "-train", "200", "-tau", "1", "-init", "sgd", "-epochs", "1", "-chains", "2")
	var trained [2][]float32
	for k, c := range training.chains {
		trained[k] = make([]float32, training.net.Params())
		nn.InitUniform(trained[k], training.net, training.Source(sampler.StartStream, 0))
		gradients, err := nn.NewGradients(training.net, training.set.Train, nn.CrossEntropy, nn.Config{})
		require.NoError(t, err)
		require.NoError(t, training.descend(t.Context(), trained[k], gradients, c))
	}
	require.NotEqual(t, trained[0], trained[1])
}

// The trajectory that sampling starts from has the width that is asked for.
func TestStartIsARandomWalk(t *testing.T) {
	for _, init := range []string{"random", "sgd"} {
		args := []string{"-dataset", "digits", "-train", "50", "-tau", "5", "-sigma", "0.02", "-init", init}
		if init == "sgd" {
			args = append(args, "-epochs", "1", "-move", "redraw")
		}
		models := prepared(t, args...).chains[0].Trajectory().Models()
		var steps []float64
		for k := range models[1:] {
			for i := range models[k] {
				steps = append(steps, float64(models[k+1][i])-float64(models[k][i]))
			}
		}
		// 4·1906 normal numbers know their standard deviation to 0.8 %.
		require.InEpsilon(t, 0.02, stat.StdDev(steps, nil), 4*0.008)
	}
}

// By default the first model is the network and the others begin elsewhere, as far as
// the noise has taken them.
func TestRestartedStart(t *testing.T) {
	args := []string{"-dataset", "digits", "-train", "300", "-tau", "5", "-epochs", "1", "-restarts", "1", "-restartrate", "1e-6", "-sigma", "0.1"}
	c := prepared(t, args...).chains[0]
	require.Equal(t, 4, c.begin.Restarts)
	models := c.Trajectory().Models()
	require.Equal(t, c.begin.networks[0], models[0])
	for k, model := range models[1:] {
		var steps []float64
		for i := range model {
			steps = append(steps, float64(model[i])-float64(models[0][i]))
		}
		// 1906 normal numbers know their standard deviation to 1.6 %.
		require.InEpsilon(t, 0.1, stat.StdDev(steps, nil), 4*0.016, "model %d", k+1)
		require.NotEqual(t, models[k], model)
	}
	require.True(t, c.Config().Sweep)
	require.Nil(t, c.Config().Move.(tps.Autoregressive).Surrogate)
	require.Equal(t, 300.0, c.S(), "the number of samples")

	c = prepared(t, append(args, "-restarts", "0")...).chains[0]
	require.Zero(t, c.begin.Restarts)
	require.Equal(t, c.begin.networks[0], c.Trajectory().Model(4))
}

// Harmonic moves start at the network itself, and are about it.
func TestHarmonicStart(t *testing.T) {
	c := prepared(t, "-dataset", "digits", "-train", "300", "-tau", "3", "-epochs", "1", "-move", "harmonic").chains[0]
	models := c.Trajectory().Models()
	require.Equal(t, models[0], models[1])
	require.Equal(t, models[0], models[2])
	move := c.Config().Move.(tps.Autoregressive)
	require.Equal(t, models[0], move.Surrogate.Center)
	require.Greater(t, len(move.Surrogate.Directions), 10)
	require.True(t, c.Config().Sweep)
	require.Equal(t, 300.0, c.S(), "the number of samples")
}

// What is reported of the network is of the network, and what is of the
// trajectory of the trajectory: a wide random walk spoils what was learned.
func TestBeginning(t *testing.T) {
	stdout, _ := clitest.Run(t, run, trained("-move", "redraw", "-sigma", "0.2", "-tau", "4", "-steps", "1")...)
	begin, _ := beginnings(t, stdout)
	require.Greater(t, begin[0]["network_accuracy"], 0.7)
	require.Less(t, begin[0]["accuracy"], 0.6)
	require.Less(t, begin[0]["network_nll"].(float64)+0.5, begin[0]["nll"])
	require.Less(t, begin[0]["member_accuracy_mean"], begin[0]["network_accuracy"])
}

// The result is that of the committee in the last checkpoint: accuracy and
// likelihood of its votes, not of its members, and printed as such.
func TestResultIsTheCommittees(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "saved")
	args := trained("-move", "redraw", "-sigma", "0.05", "-tau", "4", "-steps", "3", "-checkpoint", saved)
	stdout, _ := clitest.Run(t, run, args...)
	objects := clitest.Objects(t, stdout)
	final := objects[len(objects)-1]

	file, err := os.Open(filepath.Join(saved, "checkpoint-000000000003.npz"))
	require.NoError(t, err)
	defer file.Close()
	committee, err := ensemble.ReadNPZ(nn.MairCNN(), file)
	require.NoError(t, err)
	o, err := parse(args, new(bytes.Buffer))
	require.NoError(t, err)
	set, err := o.digits.Load(t.Context(), o.Source(sampler.TrainStream, 0), o.Source(sampler.TestStream, 0), new(bytes.Buffer))
	require.NoError(t, err)
	want, err := committee.Evaluate(set.Test)
	require.NoError(t, err)
	require.Equal(t, want.Accuracy, final["accuracy"])
	require.Equal(t, want.NLL, final["nll"])
	require.InDelta(t, stat.Mean(want.MemberAccuracy, nil), final["member_accuracy_mean"], 1e-12)
	require.Greater(t, math.Abs(want.NLL-stat.Mean(want.MemberNLL, nil)), 0.01, "members that agree would prove nothing")

	var text bytes.Buffer
	report := newReport(o, &text, new(bytes.Buffer))
	o.json = false
	require.NoError(t, report.result(&result{Accuracy: 0.75, MemberAccuracyMean: 0.5, NLL: 0.25}))
	require.Contains(t, text.String(), "\naccuracy           0.7500 by majority vote\nmember accuracy    0.5000 on average\nneg. log-likelih.  0.2500 nats\n")
	text.Reset()
	require.NoError(t, report.beginning(&beginning{NetworkAccuracy: 0.9, NetworkNLL: 0.1, Accuracy: 0.75, MemberAccuracyMean: 0.5, NLL: 0.25}))
	require.Contains(t, text.String(), "the network        accuracy 0.9000, neg. log-likelihood 0.1000 nats\n")
	require.Contains(t, text.String(), "accuracy 0.7500 by majority vote, 0.5000 on average, neg. log-likelihood 0.2500 nats\n")
}

// noise is a model whose losses hardly depend on its parameters, so that a chain
// of it costs nothing and its loss is converged from the start.
type noise struct{ loss float64 }

func (noise) Samples() int { return 10 }
func (noise) Params() int  { return 1 }
func (n noise) Losses(dst [][]float64, models [][]float32, samples []int) {
	for k, model := range models {
		for j := range samples {
			dst[k][j] = n.loss + 0.01*math.Sin(float64(model[0]))
		}
	}
}

func noiseChain(t *testing.T, loss float64) *tps.Chain {
	t.Helper()
	chain, err := tps.NewChain(tps.Config{Tau: 1, Sigma: 10, S: 1}, noise{loss})
	require.NoError(t, err)
	return chain
}

// A point of the curve is of the steps since the one before alone.
func TestPointsAreMeansOfTheirSteps(t *testing.T) {
	m, err := newMeter(0, 50)
	require.NoError(t, err)
	m.start()
	chain := noiseChain(t, 1)
	var since []tps.Step
	for range 200 {
		step, err := chain.Step()
		require.NoError(t, err)
		since = append(since, step)
		p := m.add(chain, step)
		if p == nil {
			continue
		}
		accepted := 0
		for _, step := range since {
			if step.Accepted {
				accepted++
			}
		}
		require.Len(t, since, 50)
		require.Equal(t, float64(accepted)/50, float64(p.Acceptance))
		require.Equal(t, 10.0, float64(p.MeanBatch))
		require.InDelta(t, 1, float64(p.Loss), 0.011)
		require.Equal(t, 10*p.Step, p.DataUse)
		since = nil
	}
	require.Len(t, m.Points, 4)
	require.Nil(t, m.point(chain), "no steps are left")
}

// A chain whose loss has converged ends with -converge, and only with it.
func TestConverge(t *testing.T) {
	const total = 400_000
	for _, converge := range []bool{true, false} {
		o := &options{Flags: sampler.Flags{Tau: 1}, converge: converge}
		w, err := newWatch(o, 10)
		require.NoError(t, err)
		chain := noiseChain(t, 1)
		require.NoError(t, chain.Run(t.Context(), total, w.observers()...))
		require.Equal(t, converge, chain.Steps() < total, "%d steps", chain.Steps())
		require.Equal(t, converge, len(w.parts()) == 3)
	}
}

// fed returns a chain whose watch has seen values.
func fed(t *testing.T, values []float64) *chain {
	t.Helper()
	w, err := newWatch(&options{Flags: sampler.Flags{Tau: 1}}, 10)
	require.NoError(t, err)
	for _, x := range values {
		w.outline.Add(x)
	}
	return &chain{watch: w}
}

// The diagnostics are of all chains, and in steps.
func TestDiagnostics(t *testing.T) {
	source := &options{Flags: sampler.Flags{Seed: 1}}
	series := func(mean float64, k int) []float64 {
		noise := normals(source, k, 5000)
		values := make([]float64, len(noise))
		for i := 1; i < len(values); i++ {
			values[i] = 0.95*values[i-1] + noise[i]
		}
		floats.AddConst(mean, values)
		return values
	}
	print := func(chains ...*chain) string {
		var text bytes.Buffer
		require.NoError(t, printWatches(&text, chains, 1))
		return text.String()
	}
	numbers := func(text, format string) float64 {
		_, rest, found := strings.Cut(text, format)
		require.True(t, found, "%q in\n%s", format, text)
		value, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
		require.NoError(t, err)
		return value
	}
	// An AR(1) of coefficient 0.95 has τ_int = 39 values, of 100 steps each.
	text := print(fed(t, series(100, 0)))
	require.InEpsilon(t, 3900, numbers(text, "τ_int "), 0.5)
	require.NotContains(t, text, "R̂")
	// The first 1500 values are far off: the burn-in is these, and not all.
	late := series(100, 0)
	floats.AddConst(50, late[:1500])
	require.InDelta(t, 170_000, numbers(print(fed(t, late)), "burn-in "), 30_000)

	require.InDelta(t, 1, numbers(print(fed(t, series(100, 0)), fed(t, series(100, 1))), "R̂ of the chains: "), 0.1)
	require.Greater(t, numbers(print(fed(t, series(100, 0)), fed(t, series(200, 1))), "R̂ of the chains: "), 10.0)

	require.Contains(t, print(fed(t, series(100, 0)[:99])), "too short to be judged: 9900 steps, want 10000")
	require.Contains(t, print(fed(t, make([]float64, 200))), "Geweke's test of the whole run: no p: all values are 0")
}

// A doubter is an acceptance test whose decisions are all doubtful.
type doubter struct{}

func (doubter) Decide(minibatch.Differences, float64, rand.Source) (minibatch.Decision, error) {
	return minibatch.Decision{Estimate: minibatch.Uniform, By: minibatch.Correction, Doubtful: true}, nil
}

// A run warns of doubtful decisions on standard error, once.
func TestDoubtfulDecisions(t *testing.T) {
	line, _, err := data.Line(10, 0, rand.NewPCG(1, 0))
	require.NoError(t, err)
	losses, err := nn.NewLosses(nn.LinearPerceptron(1), line, nn.HalfSquaredError, nn.Config{})
	require.NoError(t, err)
	defer losses.Close()
	doubtful, err := tps.NewChain(tps.Config{Tau: 1, Sigma: 1, S: 1, Test: doubter{}}, losses)
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	r := newReport(&options{chains: 1, json: true}, &stdout, &stderr)
	for steps := 500; steps <= 3000; steps += 500 {
		require.NoError(t, doubtful.Run(t.Context(), steps))
		require.NoError(t, r.point(&chain{Chain: doubtful}, &point{Step: steps}))
		require.Equal(t, steps >= 1000, strings.Contains(stderr.String(), "Warning: in 100 %"))
	}
	require.Equal(t, 1, strings.Count(stderr.String(), "Warning"))
	require.NotContains(t, stdout.String(), "Warning")
}

// With -diagnostics a run says how Δ was estimated, of all chains.
func TestEstimatesInDiagnostics(t *testing.T) {
	stdout, stderr := clitest.Run(t, run, small("-diagnostics", "-chains", "2", "-estimate", "weighted", "-json")...)
	require.Regexp(t, `estimates of Δ   uniform \d+\.\d %, weighted \d+\.\d %, controlled 0\.0 %`, stderr)
	require.Regexp(t, `references made  [4-9]`, stderr, "two models in two chains")
	require.NotContains(t, stdout, "references")
}

// normals are standard normal numbers.
func normals(o *options, k, n int) []float64 {
	values := make([]float32, n)
	nn.InitNormal(values, 1, o.Source(sampler.StartStream, k))
	wide := make([]float64, n)
	for i, x := range values {
		wide[i] = float64(x)
	}
	return wide
}

// A chain that fails is left out, and does not stop the others.
func TestFailedChain(t *testing.T) {
	training := prepared(t, small("-chains", "2")...)
	poison := training.chains[1].Trajectory().Model(0)
	for i := range poison {
		poison[i] = float32(math.NaN())
	}
	good, err := training.run(t.Context())
	require.Error(t, err)
	require.Len(t, good, 1)
	require.Equal(t, 40, training.chains[0].Steps())
}

// An error of a chain has the number that the flags give it, whichever of the
// chains are still running.
func TestErrorsOfChains(t *testing.T) {
	failed := &tps.ChainError{Chain: 0, Err: errors.New("a fault")}
	require.EqualError(t, (&chain{}).name(failed), "a fault")
	require.EqualError(t, (&chain{number: 3}).name(failed), "chain 3: a fault")
	require.NoError(t, (&chain{}).name(nil))
}

// At s = 0 there is no loss, and no data are used: neither is shown as a number.
func TestWithoutTilt(t *testing.T) {
	stdout, stderr := clitest.Run(t, run, small("-s", "0", "-steps", "40")...)
	require.Contains(t, stderr, "100 %, 0s left, acceptance ")
	require.Contains(t, stdout, "accuracy")
	for _, text := range []string{"NaN", "Inf", "data use"} {
		require.NotContains(t, stdout+stderr, text)
	}
}
