package main

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
	"github.com/trajens/trajens/internal/kernel"
	"github.com/trajens/trajens/internal/mnistdir"
	"github.com/trajens/trajens/tps"
)

// The keys of the line of a beginning, sorted.
var beginningKeys = []string{"accuracy", "begin", "curvatures", "epochs", "member_accuracy_mean", "network_accuracy", "network_nll",
	"nll", "train_loss", "train_seconds"}

// trained are flags of a run that starts from a network trained for seconds.
func trained(more ...string) []string {
	return append([]string{"-dataset", "digits", "-train", "1000", "-json", "-init", "sgd", "-move", "harmonic", "-directions", "10", "-epochs", "12", "-tau", "2", "-steps", "40"}, more...)
}

// beginnings returns the lines of the beginnings and the others, without what
// the clock decides.
func beginnings(t *testing.T, stdout string) (begin, rest []map[string]any) {
	t.Helper()
	for _, object := range clitest.Objects(t, stdout) {
		delete(object, "train_seconds")
		delete(object, "restart_seconds")
		if object["begin"] == true {
			require.Empty(t, rest, "a beginning after the first step")
			begin = append(begin, object)
		} else {
			rest = append(rest, timeless(object))
		}
	}
	return begin, rest
}

// A network that was trained reads many digits, and so does the trajectory that
// starts from it, with the narrow random walk of the defaults. The ensemble of
// the same number of steps from a random start does not.
func TestStartFromTrainedNetwork(t *testing.T) {
	stdout, stderr := clitest.Run(t, run, trained("-diagnostics")...)
	require.Contains(t, stderr, "gradient descent 8 %")
	objects := clitest.Objects(t, stdout)
	require.Equal(t, beginningKeys, clitest.Keys(objects[0]))
	begin, rest := beginnings(t, stdout)
	require.Len(t, begin, 1)
	b, final := begin[0], rest[len(rest)-1]
	require.Equal(t, finalKeys, clitest.Keys(objects[len(objects)-1]))
	require.Equal(t, 12.0, b["epochs"])
	require.Greater(t, b["network_accuracy"], 0.7)
	require.InDelta(t, b["network_accuracy"], b["accuracy"], 0.05)
	require.InDelta(t, b["network_nll"], b["nll"], 0.1)
	require.InDelta(t, b["accuracy"], final["accuracy"], 0.05)
	curvatures := b["curvatures"].([]any)
	require.Len(t, curvatures, 11)
	require.Greater(t, curvatures[0], 0.5)
	for i, a := range curvatures[1:] {
		require.LessOrEqual(t, a, curvatures[i])
	}

	random, _ := clitest.Run(t, run, small("-json", "-steps", "40")...)
	objects = clitest.Objects(t, random)
	require.Less(t, objects[len(objects)-1]["accuracy"], 0.5)
}

// The network and the chain are the same for any number of workers, and those
// of several chains differ.
func TestTrainedChains(t *testing.T) {
	stdout, _ := clitest.Run(t, run, trained("-epochs", "3", "-chains", "2", "-workers", "1")...)
	begin, rest := beginnings(t, stdout)
	require.Len(t, begin, 3)
	require.Equal(t, 1.0, begin[0]["chain"])
	require.Equal(t, 2.0, begin[1]["chain"])
	require.Equal(t, 2.0, begin[2]["chains"])
	require.NotContains(t, begin[2], "chain")
	require.Less(t, begin[2]["network_nll"], (begin[0]["network_nll"].(float64)+begin[1]["network_nll"].(float64))/2, "−log is convex")
	require.NotEqual(t, begin[0]["train_loss"], begin[1]["train_loss"])

	stdout, _ = clitest.Run(t, run, trained("-epochs", "3", "-chains", "2", "-workers", "3")...)
	again, restAgain := beginnings(t, stdout)
	require.Equal(t, begin, again)
	require.Equal(t, rest[len(rest)-1], restAgain[len(restAgain)-1])

	stdout, _ = clitest.Run(t, run, trained("-epochs", "3", "-workers", "2")...)
	alone, _ := beginnings(t, stdout)
	delete(begin[0], "chain")
	require.Equal(t, begin[0], alone[0], "the first chain is the one of a run with only one")
}

// Models that were trained again are reported, read digits too, and are the same for any
// number of workers. Together they do better than the network.
func TestRestarts(t *testing.T) {
	args := trained("-move", "autoregressive", "-sigma", "0.05", "-tau", "4", "-chains", "2", "-steps", "20", "-workers")
	stdout, stderr := clitest.Run(t, run, append(args, "1")...)
	require.Contains(t, stderr, "restarts 100 %")
	begin, rest := beginnings(t, stdout)
	require.Len(t, begin, 3)
	for k, b := range begin {
		require.Equal(t, []float64{3, 3, 6}[k], b["restarts"])
		require.Greater(t, b["restart_loss"], 0.0)
		require.Greater(t, b["member_accuracy_mean"], 0.7)
		require.Less(t, b["nll"], b["network_nll"])
	}
	stdout, _ = clitest.Run(t, run, append(args, "3")...)
	again, restAgain := beginnings(t, stdout)
	require.Equal(t, begin, again)
	require.Equal(t, rest[len(rest)-1], restAgain[len(restAgain)-1])

	text, _ := clitest.Run(t, run, "-dataset", "digits", "-train", "100", "-epochs", "1", "-tau", "3", "-steps", "1")
	require.Regexp(t, `\nrestarts           2 in \d+\.\d s, loss \d\.\d{4} on average\n`, text)
}

// A run that goes on from a checkpoint does not train a network again.
func TestResumeTrained(t *testing.T) {
	stdout, _ := clitest.Run(t, run, trained("-epochs", "3", "-steps", "60")...)
	_, want := beginnings(t, stdout)

	saved := filepath.Join(t.TempDir(), "saved")
	clitest.Run(t, run, trained("-epochs", "3", "-steps", "30", "-checkpoint", saved)...)
	stdout, stderr := clitest.Run(t, run, trained("-epochs", "3", "-steps", "60", "-checkpoint", saved, "-resume")...)
	require.Contains(t, stderr, "Going on from "+saved)
	require.NotContains(t, stderr, "gradient descent")
	begin, rest := beginnings(t, stdout)
	require.Empty(t, begin)
	require.Equal(t, want[len(want)-1], rest[len(rest)-1])
}

// By default s is the number of training samples, and the test has the
// factor for a finite population: a checkpoint knows, and refuses anything else.
func TestTrainedRunKnowsItsTilt(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "saved")
	flags := trained("-epochs", "3", "-steps", "1", "-checkpoint", saved)
	clitest.Run(t, run, flags...)
	again := func(more ...string) error {
		args := append(append([]string(nil), flags...), "-resume")
		return run(context.Background(), append(args, more...), new(bytes.Buffer), new(bytes.Buffer))
	}
	require.NoError(t, again("-s", "1000"))
	require.ErrorContains(t, again("-s", "210"), "-s 1000, this is -s 210")
	require.ErrorContains(t, again("-infinite"), "-infinite false, this is -infinite true")
}

// With fewer samples than the default chunk all are a chunk.
func TestTrainedOnFewSamples(t *testing.T) {
	stdout, _ := clitest.Run(t, run, trained("-train", "20", "-steps", "2")...)
	objects := clitest.Objects(t, stdout)
	require.Equal(t, 20.0, objects[len(objects)-1]["mean_batch"])
	clitest.Refused(t, run, "-chunk 200: want at most the number of samples, 50", trained("-train", "50", "-chunk", "200")...)
}

// An interrupt while the network is trained ends the program, and leaves no
// checkpoint, from which the run would go on with half a network.
func TestInterruptInGradientDescent(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	saved := filepath.Join(t.TempDir(), "saved")
	var stdout, stderr bytes.Buffer
	err := run(ctx, trained("-checkpoint", saved), &stdout, &stderr)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "gradient descent, epoch 1")
	require.Empty(t, stdout.String())
	files, err := filepath.Glob(filepath.Join(saved, "*"))
	require.NoError(t, err)
	require.Empty(t, files)

	// An interrupt after the last epoch ends the program before models are trained again.
	ctx, cancel = context.WithCancel(context.Background())
	err = run(ctx, trained("-move", "autoregressive", "-epochs", "1", "-checkpoint", saved), &stdout, interrupter{"gradient descent", cancel})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "restarts: descent: model 1 of 1: ")
	files, err = filepath.Glob(filepath.Join(saved, "*"))
	require.NoError(t, err)
	require.Empty(t, files)
}

// An interrupter cancels a context when a word is written.
type interrupter struct {
	word   string
	cancel context.CancelFunc
}

func (i interrupter) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte(i.word)) {
		i.cancel()
	}
	return len(text), nil
}

func TestGradientDescentDiverges(t *testing.T) {
	var stdout, stderr bytes.Buffer
	err := run(context.Background(), trained("-rate", "1e30"), &stdout, &stderr)
	require.ErrorContains(t, err, "gradient descent, epoch 1: descent: the loss is ")
	require.Empty(t, stdout.String())
}

// A network trained as by default reads at least 98 % of MNIST: 98.4 %, with a
// scatter of 0.05 % over seeds.
func TestTrainedOnMNIST(t *testing.T) {
	dir := mnistdir.Find(t)
	if testing.Short() || kernel.InstructionSet() == "Go" {
		t.Skip("takes long: left out with -short and without machine code")
	}
	stdout, _ := clitest.Run(t, run, "-data", dir, "-json", "-init", "sgd", "-move", "redraw", "-tau", "1", "-steps", "1")
	begin, _ := beginnings(t, stdout)
	require.Greater(t, begin[0]["network_accuracy"], 0.98)
}

// From a random start s rises, unless it is given.
func TestAnneal(t *testing.T) {
	for args, want := range map[string]tps.Schedule{
		"-init random":                     tps.Exponential{From: 100, To: 1000, Rate: math.Log(10) / 100_000},
		"-init uniform -anneal 20":         tps.Exponential{From: 100, To: 1000, Rate: math.Log(10) / 20},
		"-init random -anneal 20 -s 50":    tps.Exponential{From: 5, To: 50, Rate: math.Log(10) / 20},
		"-init random -s 50":               nil,
		"-init random -anneal 0":           nil,
		"-init random -move layers":        nil,
		"-init sgd -epochs 1 -move redraw": nil,
	} {
		c := prepared(t, append([]string{"-dataset", "digits", "-train", "100", "-tau", "2"}, strings.Fields(args)...)...).chains[0]
		require.Equal(t, want, c.Config().Schedule, args)
		move, annealed := c.Config().Move.(tps.Autoregressive)
		require.Equal(t, want != nil, annealed && move.BetaAt > 0, args)
	}

	// A run that goes on finds s where it was.
	saved := filepath.Join(t.TempDir(), "saved")
	args := []string{"-dataset", "digits", "-train", "100", "-init", "random", "-tau", "2", "-anneal", "40", "-json", "-checkpoint"}
	whole, _ := clitest.Run(t, run, append(args, filepath.Join(t.TempDir(), "whole"), "-steps", "60")...)
	clitest.Run(t, run, append(args, saved, "-steps", "20")...)
	resumed, _ := clitest.Run(t, run, append(args, saved, "-steps", "60", "-resume")...)
	_, want := beginnings(t, whole)
	_, got := beginnings(t, resumed)
	require.Equal(t, want[len(want)-1], got[len(got)-1])
}

// What is given on the command line stays as it is.
func TestTrainedDefaults(t *testing.T) {
	for args, want := range map[string][]any{
		"-init sgd": {16, 5000.0, 0.15, 0.25, 32, true},
		"-s 100 -init sgd -tau 4 -sigma 0.5 -fraction 1 -chunk 20 -infinite": {4, 100.0, 0.5, 1.0, 20, false},
		"":             {16, 5000.0, 0.15, 0.25, 32, true},
		"-init random": {4, 1000.0, 0.05, 0.25, 20, true},
	} {
		o, err := parse(strings.Fields(args), new(bytes.Buffer))
		require.NoError(t, err)
		require.NoError(t, o.fit(5000))
		require.Equal(t, want, []any{o.Tau, o.S, o.Sigma, o.Fraction, o.Test.Chunk, !o.Test.InfinitePopulation})
	}
}
