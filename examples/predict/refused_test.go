package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/examples/internal/clitest"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/tps"
)

func TestHelp(t *testing.T) {
	clitest.Help(t, run, "-ensemble", "-images", "-invert", "-digit", "-labels", "-drawn", "-seed", "-first", "-json", "-summary", "-sheet",
		"image", "class", "probability", "votes", "members", "share", "entropy", "mutual_information", "certainty", "probabilities", "label", "correct",
		"final", "images", "seconds", "microseconds_per_image", "accuracy", "vote_accuracy", "nll")
}

func TestRefused(t *testing.T) {
	f := newFixture(t)
	pictures := f.writePNGs(t, 2)
	clitest.Refused(t, run, "To make one: go run ./examples/mnist -save ensemble.npz")
	clitest.Refused(t, run, "go run ./examples/mnist -save ensemble.npz", "-images", f.images)
	for _, c := range []struct {
		says string
		args []string
	}{
		{"-images: want", nil},
		{`unexpected argument "more"`, []string{"more"}},
		{"-drawn 3: has no use with -images", []string{"-drawn", "3", "-images", f.images}},
		{"-drawn -1", []string{"-drawn", "-1"}},
		{"-seed", []string{"-seed", "3", "-images", f.images}},
		{"-labels: has no use with -drawn", []string{"-drawn", "3", "-labels", f.labels}},
		{"-invert", []string{"-drawn", "3", "-invert"}},
		{"-first -1", []string{"-drawn", "3", "-first", "-1"}},
		{"-first", []string{"-drawn", "3", "-first", "x"}},
		{"-labels: want the images in an IDX file", []string{"-labels", f.labels, "-images", pictures[0]}},
		{"is no PNG file", []string{"-images", f.images, pictures[0]}},
		{"has no use with " + f.images, []string{"-digit", "-images", f.images}},
		{"-sheet", []string{"-drawn", "3", "-sheet", filepath.Join(f.dir, "sheet.svg")}},
		{"-sheet", []string{"-drawn", "3", "-sheet", filepath.Join(f.dir, "none", "sheet.png")}},
	} {
		clitest.Refused(t, run, c.says, append([]string{"-ensemble", f.ensemble}, c.args...)...)
	}
}

// failed returns the error of a program that must fail, and print nothing.
func failed(t *testing.T, args ...string) error {
	t.Helper()
	var stdout bytes.Buffer
	err := run(t.Context(), args, &stdout, new(bytes.Buffer))
	require.Error(t, err)
	require.Empty(t, stdout.String())
	return err
}

// What does not fit is said.
func TestFaults(t *testing.T) {
	f := newFixture(t)
	regression := f.save(t, "regression.npz", ensemble.Info{Loss: nn.GaussianExp})
	require.ErrorContains(t, failed(t, "-ensemble", regression, "-drawn", "3"), "is of a regression (GaussianExp), want classifiers")
	one, err := ensemble.New(nn.LinearPerceptron(4), [][]float32{make([]float32, 5)})
	require.NoError(t, err)
	line := filepath.Join(f.dir, "line.safetensors")
	require.NoError(t, one.Save(line, ensemble.Info{}))
	require.ErrorContains(t, failed(t, "-ensemble", line, "-drawn", "3"), "one output")

	require.ErrorContains(t, failed(t, "-ensemble", filepath.Join(f.dir, "none.npz"), "-drawn", "3"), "no such file")
	require.ErrorContains(t, failed(t, "-ensemble", f.images, "-drawn", "3"), "neither a NumPy .npz file")
	require.ErrorContains(t, failed(t, "-ensemble", f.ensemble, "-images", filepath.Join(f.dir, "none.png")), "no such file")
	require.ErrorContains(t, failed(t, "-ensemble", f.ensemble, "-images", f.ensemble), "IDX")
	require.ErrorContains(t, failed(t, "-ensemble", f.ensemble, "-images", f.labels), "these are no images")
	picture := f.writePNGs(t, 1)[0]
	require.ErrorContains(t, failed(t, "-ensemble", f.ensemble, "-images", picture, f.images), "images.gz")
	wide, empty, other := filepath.Join(f.dir, "wide"), filepath.Join(f.dir, "empty"), filepath.Join(f.dir, "labels of others")
	writeIDX(t, wide, make([]byte, 2*28*29), 2, 28, 29)
	require.ErrorContains(t, failed(t, "-ensemble", f.ensemble, "-images", wide), "the images have the shape [1 28 29], but the ensemble takes [1 28 28]")
	require.NoError(t, os.WriteFile(empty, nil, 0o666))
	require.ErrorContains(t, failed(t, "-ensemble", f.ensemble, "-images", empty), "the file ends")
	writeIDX(t, other, make([]byte, 7), 7)
	require.ErrorContains(t, failed(t, "-ensemble", f.ensemble, "-images", f.images, "-labels", other), "has 7 labels")
}

func TestInterrupt(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, run(ctx, []string{"-ensemble", f.ensemble, "-images", f.images}, new(bytes.Buffer), new(bytes.Buffer)), context.Canceled)
}

// What the file says of inputs and members counts: a standardizer, weights, and
// classes without names.
func TestInfo(t *testing.T) {
	f := newFixture(t)
	of := func(path string) []map[string]any {
		stdout, _ := clitest.Run(t, run, "-ensemble", path, "-images", f.images, "-first", "50", "-json")
		return clitest.Objects(t, stdout)
	}
	plain := of(f.ensemble)
	standardizer, err := data.NewStandardizer(f.test)
	require.NoError(t, err)
	require.NotEqual(t, plain[0]["probabilities"], of(f.save(t, "standardized.npz", ensemble.Info{Standardizer: standardizer}))[0]["probabilities"])

	f.committee, err = ensemble.NewWeighted(f.committee.Network(), [][]float32{f.committee.Member(0), f.committee.Member(1), f.committee.Member(2)}, []float64{0, 0, 1})
	require.NoError(t, err)
	weighted := f.save(t, "weighted.npz", ensemble.Info{})
	single, err := f.committee.Subset([]int{2})
	require.NoError(t, err)
	first, err := f.test.First(50)
	require.NoError(t, err)
	probabilities, err := single.Probabilities(first)
	require.NoError(t, err)
	for i, object := range of(weighted)[:50] {
		require.InDelta(t, probabilities[10*i], object["probabilities"].([]any)[0], 1e-12)
		votes := object["votes"].([]any)
		require.Len(t, votes, 1)
		require.Equal(t, 1.0, votes[0].(map[string]any)["share"])
		require.NotContains(t, votes[0], "members")
		require.Contains(t, "0123456789", object["class"], "a file without names")
	}
	stdout, _ := clitest.Run(t, run, "-ensemble", weighted, "-drawn", "1")
	require.Regexp(t, `\d: 100 %`, stdout)
}

// A checkpoint of a chain has an ensemble, too.
func TestCheckpoint(t *testing.T) {
	f := newFixture(t)
	losses, err := nn.NewLosses(f.committee.Network(), f.test, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	defer losses.Close()
	chain, err := tps.NewChain(tps.Config{Tau: 2, Sigma: 0.1, S: 100}, losses)
	require.NoError(t, err)
	checkpoints, err := tps.NewCheckpoints(tps.CheckpointsConfig{Dir: filepath.Join(f.dir, "checkpoints")})
	require.NoError(t, err)
	path, err := checkpoints.Save(chain)
	require.NoError(t, err)
	stdout, stderr := clitest.Run(t, run, "-ensemble", path, "-drawn", "1")
	require.Equal(t, "Ensemble: 2 networks of 1906 parameters.\n", stderr)
	require.Regexp(t, `\n\n1 image, \d+ µs\naccuracy [01]\.0000`, stdout)
}
