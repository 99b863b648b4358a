package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/clitest"
)

var allSections = []string{"configuration", "training", "metrics", "calibration", "confusions", "sizes", "shifts", "images", "notes"}

// headline demands that a headline of a page is a number, up to its last digit.
func headline(t *testing.T, page, name string, want any) {
	t.Helper()
	found := regexp.MustCompile(`<dt>` + name + `</dt>\s*<dd class="value number">([^<]*)</dd>`).FindStringSubmatch(page)
	require.NotNil(t, found, name)
	value, err := strconv.ParseFloat(found[1], 64)
	require.NoError(t, err)
	_, decimals, _ := strings.Cut(found[1], ".")
	require.InDelta(t, want, value, 0.5000001*math.Pow10(-len(decimals)), name)
}

// fakeFashion writes 20 black images in the format of Fashion-MNIST.
func fakeFashion(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, set := range []string{"train", "t10k"} {
		images := binary.BigEndian.AppendUint32([]byte{0, 0, 8, 3}, 20)
		images = append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(images, 28), 28), make([]byte, 20*28*28)...)
		labels := append(binary.BigEndian.AppendUint32([]byte{0, 0, 8, 1}, 20), make([]byte, 20)...)
		require.NoError(t, os.WriteFile(filepath.Join(dir, set+"-images-idx3-ubyte"), images, 0o666))
		require.NoError(t, os.WriteFile(filepath.Join(dir, set+"-labels-idx1-ubyte"), labels, 0o666))
	}
	return dir
}

// The page of a run has all sections, and the numbers of the run's last line, and so
// has that of the run that goes on from it.
func TestReport(t *testing.T) {
	t.Setenv("TRAJENS_FASHION_MNIST", fakeFashion(t))
	dir := t.TempDir()
	path := filepath.Join(dir, "report.html")
	args := trained("-train", "300", "-epochs", "6", "-checkpoint", filepath.Join(dir, "saved"))
	read := func(stdout string) string {
		objects := clitest.Objects(t, stdout)
		final := objects[len(objects)-1]
		page, sections := clitest.Page(t, path)
		require.Equal(t, allSections, sections)
		headline(t, page, "Test accuracy", final["accuracy"])
		headline(t, page, "Test NLL", final["nll"])
		headline(t, page, "Members", 2.0)
		require.Contains(t, page, "<h1>Ensemble of 2 networks on built-in digits</h1>")
		require.Contains(t, page, "300 training and 4,000 test images")
		require.Contains(t, page, "Fashion-MNIST: 20 images of another kind")
		require.NotContains(t, page, dir)
		return page
	}
	stdout, stderr := clitest.Run(t, run, append(args, "-report", path)...)
	require.Contains(t, stderr, "Report: "+path)
	page := read(stdout)
	require.Contains(t, page, "<dt>Steps</dt><dd>40</dd>")
	require.Contains(t, page, "Network at the start, tempered")
	require.Contains(t, page, "Share of accepted moves in blocks of 32 steps.")
	require.Contains(t, page, "go run ./examples/mnist -dataset=digits -directions=10 -epochs=6 -init=sgd -move=harmonic -steps=40 -tau=2 -train=300</p>")

	path = filepath.Join(dir, "other.html")
	stdout, _ = clitest.Run(t, run, append(args, "-report", path, "-resume", "-steps", "70")...)
	page = read(stdout)
	require.Contains(t, page, "<dt>Steps</dt><dd>70</dd>")
	require.NotContains(t, page, "Network at the start")
	require.Contains(t, page, "went on from a checkpoint")
	// The histograms are of all steps, which have two blocks of 32.
	require.Regexp(t, `<desc id="chart-2-description">[^<]* 2 in all.</desc>`, page)
	require.Regexp(t, `<desc id="chart-3-description">[^<]* 70 in all.</desc>`, page)
}

// A run that is interrupted before its first step has a page of what there is, of all
// chains and from random networks.
func TestReportOfNoSteps(t *testing.T) {
	for _, name := range []string{"XDG_CACHE_HOME", "HOME"} {
		t.Setenv(name, t.TempDir())
	}
	t.Setenv("TRAJENS_FASHION_MNIST", "")
	path := filepath.Join(t.TempDir(), "report.html")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	require.NoError(t, run(ctx, small("-json", "-tau", "1", "-chains", "3", "-report", path), &stdout, &stderr))
	objects := clitest.Objects(t, stdout.String())
	page, sections := clitest.Page(t, path)
	require.Equal(t, append([]string{"configuration"}, allSections[2:]...), sections)
	headline(t, page, "Test accuracy", objects[len(objects)-1]["accuracy"])
	headline(t, page, "Members", 3.0)
	require.Contains(t, page, "<dt>Chains</dt><dd>3</dd>")
	require.NotContains(t, page, "at the start")
	require.NotContains(t, page, "AUROC")
}

// Checkpoints of runs that did not count what was accepted are gone on with.
func TestMeterWithoutOutcomes(t *testing.T) {
	before := struct {
		Spent  time.Duration
		Points []point
		Steps  int
	}{time.Second, []point{{Step: 5}}, 3}
	state, err := cli.Part("meter", &before).State.MarshalBinary()
	require.NoError(t, err)
	m, err := newMeter(0, 0)
	require.NoError(t, err)
	require.NoError(t, cli.Part("meter", &m.meterState).State.UnmarshalBinary(state))
	require.Equal(t, before.Points, m.Points)
	require.Equal(t, 3, m.Steps)
	m.Outcomes.Add(1)
	require.Equal(t, 1, m.Outcomes.Count())
}

// Where images of another kind should be and are not, the report says so and is made
// without them.
func TestReportWithoutOutside(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	t.Setenv("TRAJENS_FASHION_MNIST", nowhere)
	path := filepath.Join(t.TempDir(), "report.html")
	_, stderr := clitest.Run(t, run, small("-tau", "1", "-steps", "2", "-report", path)...)
	require.Contains(t, stderr, "The report is without Fashion-MNIST: ")
	require.Contains(t, stderr, nowhere)
	page, _ := clitest.Page(t, path)
	require.NotContains(t, page, "AUROC")
	require.Contains(t, page, "rises from a tenth to 1000 in the first 100,000 steps")
}

func TestReportRefused(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "nowhere", "report.html")
	clitest.Refused(t, run, "-report "+nowhere, small("-report", nowhere)...)
	folder := t.TempDir()
	clitest.Refused(t, run, "it is a folder", small("-report", folder)...)
}
