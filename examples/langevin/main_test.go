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
			args, chains := small("-sampler", m.name), 1.0
			if m.name == mileName {
				args, chains = append(args, "-members", "2", "-rate", "0.01"), 2
			}
			r := final(t, args...)
			require.Equal(t, m.name, r["sampler"])
			require.Equal(t, 600*chains, r["steps"])
			require.Equal(t, 5*chains, r["members"])
			require.Greater(t, r["accuracy"], 0.5)
			require.Equal(t, m.thermal, r["kinetic"] != nil)
			require.Equal(t, m.whole, r["acceptance"] != nil)
			if m.thermal {
				require.InDelta(t, 1, r["kinetic"], 0.25)
			}
		})
	}
}

// Walkers have the temperature whatever the preconditioner, and forget the loss sooner with one.
func TestWalkers(t *testing.T) {
	for _, more := range [][]string{{"-eta", "0"}, {"-eta", "30"}, {"-eta", "30", "-groups", "2", "-freeze", "150", "-every", "50"}} {
		r := final(t, small(append([]string{"-walkers", "4"}, more...)...)...)
		require.Equal(t, 4.0, r["walkers"])
		require.Equal(t, 2400.0, r["steps"])
		require.Equal(t, 20.0, r["members"])
		require.Greater(t, r["accuracy"], 0.5)
		require.InDelta(t, 1, r["kinetic"], 4*r["kinetic_error"].(float64))
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
	for name, c := range map[string]struct {
		flags  []string
		traces []string
		after  int // lines
	}{
		"sghmc":   {[]string{"-sampler", "sghmc", "-batch", "20"}, []string{""}, 40},
		"walkers": {[]string{"-walkers", "3", "-eta", "10", "-freeze", "200"}, []string{"-1", "-2", "-3"}, 700}, // in a turn
		"mile":    {[]string{"-sampler", "mile", "-members", "2", "-rate", "0.01"}, []string{"-1", "-2"}, 700},
	} {
		t.Run(name, func(t *testing.T) {
			want := numbers(final(t, small(append(c.flags, "-workers", "1")...)...))
			require.Equal(t, want, numbers(final(t, small(append(c.flags, "-workers", "3")...)...)))
			dir := filepath.Join(t.TempDir(), "run")
			args := small(append(c.flags, "-json", "-checkpoint", dir, "-trace", dir+".csv")...)
			ctx, cancel := context.WithCancel(context.Background())
			stop := &stopper{after: c.after, cancel: cancel}
			var stderr bytes.Buffer
			require.NoError(t, run(ctx, args, stop, &stderr))
			require.Contains(t, stderr.String(), "Interrupted")
			require.Contains(t, stderr.String(), "Go on with: go run ./examples/langevin")
			clitest.Refused(t, run, "-checkpoint", args...)
			stdout, errors := clitest.Run(t, run, append(args, "-resume")...)
			require.Contains(t, errors, "Going on")
			objects := clitest.Objects(t, stdout)
			require.Equal(t, want, numbers(objects[len(objects)-1]))
			for _, number := range c.traces {
				require.Len(t, clitest.CSV(t, dir+number+".csv"), 601)
			}
			clitest.Refused(t, run, "-resume", append(args, "-resume", "-seed", "2")...)
		})
	}
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
		"-burnin 9: mclmc is tuned in the burn-in, want at least 10":   {"-sampler", "mclmc", "-step", "0.1", "-burnin", "9"},
		"-burnin 19: amclmc is tuned in the burn-in, want at least 20": {"-sampler", "amclmc", "-burnin", "19"},
		"-burnin 0: hmc is tuned":                                      {"-sampler", "hmc", "-burnin", "0"},
		"-dataset":                                                     {"-dataset", "moons"},
		"-sampler":                                                     {"-sampler", "nuts"},
		"-table":                                                       {"-dataset", "table"},
		"-friction":                                                    {"-sampler", "sgld", "-friction", "1"},
		"-cycle":                                                       {"-cycle", "10"},
		"-leaps":                                                       {"-leaps", "10"},
		"-batch":                                                       {"-sampler", "hmc", "-batch", "10"},
		"-permute":                                                     {"-permute"},
		"-hidden":                                                      {"-hidden", "4,0"},
		"-grid":                                                        {"-grid", "2"},
		"-draws":                                                       {"-draws", "30", "-steps", "20"},
		"-beta":                                                        {"-beta", "0"},
		"-prior":                                                       {"-prior", "-1"},
		"-step":                                                        {"-step", "NaN"},
		"-steps":                                                       {"-steps", "0"},
		"-freeze":                                                      {"-freeze", "10"},
		"-save":                                                        {"-save", "x.txt"},
	} {
		clitest.Refused(t, run, text, args...)
	}
	walkers := []string{"-walkers", "4"}
	for text, args := range map[string][]string{
		"-walkers 4: WalkersConfig.Sampler is hmc":                   {"-sampler", "hmc"},
		"want BAOAB: only BAOAB is exact in θ":                       {"-sampler", "sgld"},
		"-walkers 4: WalkersConfig.Sampler is mclmc":                 {"-sampler", "mile"},
		"WalkersConfig.Walkers = 2, want at least 3":                 {"-walkers", "2"},
		"WalkersConfig.Groups = 5 of 4 walkers":                      {"-groups", "5"},
		"-eta -1":                                                    {"-eta", "-1"},
		"-every 0: want at least 1":                                  {"-every", "0"},
		"-every 7: want a divisor of -burnin and -steps":             {"-every", "7"},
		"-freeze 300: want at most -burnin, 200":                     {"-freeze", "300", "-burnin", "200"},
		"-chains: walkers are chains":                                {"-chains", "2"},
		"-members: has no use without -sampler mile":                 {"-members", "2"},
		"-energyvariance: has no use without -sampler mclmc or mile": {"-energyvariance", "1"},
	} {
		clitest.Refused(t, run, text, append(walkers, args...)...)
	}
	for text, args := range map[string][]string{
		"-eta: has no use without -walkers": {"-eta", "2"},
		"-chains: with -sampler mile":       {"-chains", "2"},
		"-members 0":                        {"-members", "0"},
		"-step: mile finds its steps":       {"-step", "0.1"},
		"-batch 10: mile samples with":      {"-batch", "10"},
		"-epochs 0: mile":                   {"-epochs", "0"},
		"-burnin 5: mile is tuned":          {"-burnin", "5"},
		"-validation 1: want":               {"-validation", "1"},
		"-patience -1":                      {"-patience", "-1"},
	} {
		clitest.Refused(t, run, text, append([]string{"-sampler", "mile"}, args...)...)
	}
}

func TestHelp(t *testing.T) {
	words := []string{"-sampler", "-json", "loss_time", "-walkers", "-members"}
	for _, m := range methods {
		words = append(words, m.name)
	}
	clitest.Help(t, run, words...)
}
