package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/examples/internal/clitest"
)

// small are flags of a run of a moment.
func small(more ...string) []string {
	return append([]string{"-samples", "60", "-hidden", "6", "-epochs", "60", "-burnin", "200", "-steps", "400", "-draws", "5"}, more...)
}

func final(t *testing.T, args ...string) map[string]any {
	stdout, _ := clitest.Run(t, run, append(args, "-json")...)
	objects := clitest.Objects(t, stdout)
	last := objects[len(objects)-1]
	require.Equal(t, true, last["final"])
	return last
}

func TestEverySampler(t *testing.T) {
	for _, m := range methods {
		t.Run(m.name, func(t *testing.T) {
			r := final(t, small("-sampler", m.name)...)
			require.Equal(t, m.name, r["sampler"])
			require.Equal(t, 600.0, r["steps"])
			require.Equal(t, 5.0, r["members"])
			require.Greater(t, r["accuracy"], 0.5)
			require.Equal(t, m.thermal, r["kinetic"] != nil)
			require.Equal(t, m.whole, r["acceptance"] != nil)
			if m.thermal {
				require.InDelta(t, 1, r["kinetic"], 0.25)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	for _, name := range datasetNames() {
		if name == tableName || name == "mnist" || name == "fashion" {
			continue
		}
		require.Equal(t, 60.0, final(t, small("-dataset", name, "-steps", "20")...)["train_samples"], name)
	}
	var table strings.Builder
	table.WriteString("a,b,kind,y\n")
	for i := range 100 {
		fmt.Fprintf(&table, "%d,%d,%c,%d\n", i, i*i%17, 'u'+rune(i%3), 3*i+20*(i%5))
	}
	path := filepath.Join(t.TempDir(), "t.csv")
	require.NoError(t, os.WriteFile(path, []byte(table.String()), 0o666))
	r := final(t, small("-samples", "0", "-table", path, "-categorical", "kind", "-exclude", "b", "-target", "y")...)
	require.Equal(t, 90.0, r["train_samples"])
	require.Less(t, r["rmse"], 70.0) // the standard deviation is 91
	require.Nil(t, r["accuracy"])
	r = final(t, small("-samples", "0", "-table", path, "-target", "kind", "-classes")...)
	require.NotNil(t, r["accuracy"])
	require.Nil(t, r["rmse"])
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	trace, saved := filepath.Join(dir, "trace.csv"), filepath.Join(dir, "e.npz")
	out := filepath.Join(dir, "out")
	stdout, _ := clitest.Run(t, run, small("-chains", "2", "-trace", trace, "-save", saved, "-out", out, "-grid", "7")...)
	for _, word := range []string{"kinetic", "virial", "inertia", "accuracy", "autocorrelation time"} {
		require.Contains(t, stdout, word)
	}
	for _, name := range []string{"temperatures", "plane"} {
		clitest.PNG(t, filepath.Join(out, name+".png"))
		clitest.SVG(t, filepath.Join(out, name+".svg"))
		require.Greater(t, len(clitest.CSV(t, filepath.Join(out, name+".csv"))), 40)
	}
	rows := clitest.CSV(t, filepath.Join(dir, "trace-2.csv"))
	require.Equal(t, []string{"step", "loss", "potential", "kinetic", "virial", "acceptance"}, rows[0])
	require.Len(t, rows, 601)
	committee, info, err := ensemble.Load(saved)
	require.NoError(t, err)
	require.Equal(t, 10, committee.Len())
	require.NotNil(t, info.Standardizer)
}

// What is gone on with ends as what was never stopped, and the same whatever the number of
// workers.
func TestResume(t *testing.T) {
	numbers := func(r map[string]any) map[string]any {
		delete(r, "seconds")
		delete(r, "gradients_per_second")
		return r
	}
	want := numbers(final(t, small("-sampler", "sghmc", "-batch", "20", "-workers", "1")...))
	require.Equal(t, want, numbers(final(t, small("-sampler", "sghmc", "-batch", "20", "-workers", "3")...)))
	dir := filepath.Join(t.TempDir(), "run")
	args := small("-sampler", "sghmc", "-batch", "20", "-json", "-checkpoint", dir, "-trace", dir+".csv")
	ctx, cancel := context.WithCancel(context.Background())
	stop := &stopper{after: 40, cancel: cancel}
	var stderr bytes.Buffer
	require.NoError(t, run(ctx, args, stop, &stderr))
	require.Contains(t, stderr.String(), "Interrupted")
	require.Contains(t, stderr.String(), "Go on with: go run ./examples/langevin")
	stdout, errors := clitest.Run(t, run, append(args, "-resume")...)
	require.Contains(t, errors, "Going on from")
	objects := clitest.Objects(t, stdout)
	require.Equal(t, want, numbers(objects[len(objects)-1]))
	require.Len(t, clitest.CSV(t, dir+".csv"), 601)
}

// A stopper cancels a run after so many lines.
type stopper struct {
	after  int
	cancel func()
	bytes.Buffer
}

func (s *stopper) Write(p []byte) (int, error) {
	if s.after--; s.after == 0 {
		s.cancel()
	}
	return s.Buffer.Write(p)
}

func TestRefused(t *testing.T) {
	for text, args := range map[string][]string{
		"-dataset":  {"-dataset", "moons"},
		"-sampler":  {"-sampler", "nuts"},
		"-table":    {"-dataset", "table"},
		"-friction": {"-sampler", "sgld", "-friction", "1"},
		"-cycle":    {"-cycle", "10"},
		"-leaps":    {"-leaps", "10"},
		"-batch":    {"-sampler", "hmc", "-batch", "10"},
		"-permute":  {"-permute"},
		"-hidden":   {"-hidden", "4,0"},
		"-grid":     {"-grid", "2"},
		"-draws":    {"-draws", "30", "-steps", "20"},
		"-beta":     {"-beta", "0"},
		"-prior":    {"-prior", "-1"},
		"-step":     {"-step", "NaN"},
		"-steps":    {"-steps", "0"},
		"-save":     {"-save", "x.txt"},
	} {
		clitest.Refused(t, run, text, args...)
	}
}

func TestHelp(t *testing.T) {
	words := []string{"-sampler", "-json", "loss_time"}
	for _, m := range methods {
		words = append(words, m.name)
	}
	clitest.Help(t, run, words...)
}
