package diagnostics

import (
	"context"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps"
)

func newTally(t testing.TB, config TallyConfig) *Tally {
	t.Helper()
	tally, err := NewTally(config)
	require.NoError(t, err)
	return tally
}

// Over a run it must count what the chain itself counts, and each step once.
func TestTallyOfAChain(t *testing.T) {
	l := newPerceptron(t)
	chain, err := tps.NewChain(tps.Config{
		Tau: 5, Width: 2, Sigma: 0.3, S: 300, Seed: 1, Test: l.adaptive(t),
	}, l)
	require.NoError(t, err)
	tally := newTally(t, TallyConfig{Tau: 5, Samples: l.Samples(), Chunk: 32})
	var models [5]tps.Outcomes
	batches := map[int]int{}
	byHand := tps.EachStep(func(_ *tps.Chain, step tps.Step) error {
		for k := step.First; k < step.First+2; k++ {
			models[k].Proposed++
			if step.Accepted {
				models[k].Accepted++
			}
		}
		batches[step.Samples]++
		return nil
	})
	require.NoError(t, chain.Run(context.Background(), 20_000, tally.Observer(), byHand))

	stats := chain.Stats()
	assert.Equal(t, 20_000, tally.Steps())
	assert.Equal(t, stats.Acceptance(), tally.Acceptance())
	assert.Equal(t, stats.MeanBatch(), tally.MeanBatch())
	for move := range tps.Kind(tps.Kinds) {
		assert.Equal(t, stats.Moves[move], tally.Move(move))
	}
	accepted := 0
	for reason := range minibatch.Reason(minibatch.Reasons) {
		assert.Equal(t, stats.Decisions[reason], tally.DecidedBy(reason).Proposed)
		accepted += tally.DecidedBy(reason).Accepted
	}
	assert.Equal(t, stats.Acceptance(), float64(accepted)/20_000)
	for time := range models {
		assert.Equal(t, models[time], tally.Model(time))
	}
	require.Len(t, tally.Batches(), 8)
	for k, n := range tally.Batches() {
		sizes := 0
		for b := 32*k + 1; b <= 32*(k+1); b++ {
			sizes += batches[b]
		}
		assert.Equal(t, sizes, n, "sizes from %d to %d", 32*k+1, 32*(k+1))
	}
	assert.Greater(t, len(batches), 3)
}

func step(samples int, accepted bool, by minibatch.Reason) tps.Step {
	return tps.Step{
		Kind: tps.Bridge, First: 1, Width: 1,
		Decision: minibatch.Decision{Accepted: accepted, By: by, Samples: samples},
	}
}

func TestTallyBins(t *testing.T) {
	tally := newTally(t, TallyConfig{Tau: 3, Samples: 25, Chunk: 10})
	assert.Zero(t, tally.BatchQuantile(0.5))
	assert.True(t, math.IsNaN(tally.MeanBatch()) && math.IsNaN(tally.Acceptance()))
	for _, samples := range []int{1, 10, 11, 20, 21, 25, 0, 99} {
		tally.Add(step(samples, false, minibatch.FullData))
	}
	assert.Equal(t, []int{3, 2, 3}, tally.Batches())
	assert.Equal(t, 10, tally.BatchQuantile(0))
	assert.Equal(t, 10, tally.BatchQuantile(0.375))
	assert.Equal(t, 20, tally.BatchQuantile(0.5))
	assert.Equal(t, 25, tally.BatchQuantile(1))
	assert.Equal(t, 187.0/8, tally.MeanBatch())

	assert.Equal(t, 60, newTally(t, TallyConfig{Tau: 1, Samples: 60_000}).Config().Chunk)
	assert.Equal(t, 1, newTally(t, TallyConfig{Tau: 1, Samples: 1000}).Config().Chunk)
	assert.Equal(t, 2, newTally(t, TallyConfig{Tau: 1, Samples: 1001}).Config().Chunk)
	assert.Panics(t, func() { tally.Add(tps.Step{First: 2, Width: 2}) })
	assert.Panics(t, func() { tally.Add(tps.Step{First: -1, Width: 1}) })
}

func TestTallyMerges(t *testing.T) {
	config := TallyConfig{Tau: 3, Samples: 25, Chunk: 10}
	a, b, both := newTally(t, config), newTally(t, config), newTally(t, config)
	for k := range 20 {
		s := step(k+1, k%3 == 0, minibatch.Reason(k%minibatch.Reasons))
		both.Add(s)
		if k < 7 {
			a.Add(s)
		} else {
			b.Add(s)
		}
	}
	require.NoError(t, a.Merge(b))
	assert.Equal(t, both, a)
	other := newTally(t, TallyConfig{Tau: 3, Samples: 25, Chunk: 5})
	assert.ErrorContains(t, a.Merge(other), "{Tau:3 Samples:25 Chunk:10} cannot take one of {Tau:3 Samples:25 Chunk:5}")
	assert.Equal(t, both, a)
}

func TestTallyTable(t *testing.T) {
	tally := newTally(t, TallyConfig{Tau: 40, Samples: 1000, Chunk: 10})
	assert.NotContains(t, tally.String(), "NaN")
	for k := range 300 {
		s := step(10+10*(k%50), k%4 == 0, minibatch.Correction)
		s.First = k % 40
		tally.Add(s)
	}
	table := tally.String()
	assert.Less(t, strings.Count(table, "\n"), 2*mostRows+8)
	for _, line := range []string{
		"all            300    100.00 %  25.00 %",
		"by correction  300    100.00 %  25.00 %",
		"model 39       7      2.33 %    0.00 %",
		"samples, mean 255.0",
		"1–40     24  8.00 %  " + strings.Repeat("▇", 30),
		"481–500  12  4.00 %  " + strings.Repeat("▇", 15),
	} {
		assert.Contains(t, table, line+"\n")
	}
	assert.NotContains(t, table, "shoot", "none occurred")
}

// A kind's share is of all steps, its acceptance of its own steps.
// At s = 0 no samples are drawn, and there is no histogram of them.
func TestTallyTableWithoutSamples(t *testing.T) {
	tally := newTally(t, TallyConfig{Tau: 3, Samples: 25, Chunk: 10})
	tally.Add(step(0, true, minibatch.FullData))
	assert.True(t, strings.HasSuffix(tally.String(), "samples, mean 0.0\n"), "%v", tally)
}

func TestTallyTableHasAcceptanceByKind(t *testing.T) {
	tally := newTally(t, TallyConfig{Tau: 2, Samples: 100, Chunk: 50})
	add := func(n, accepted int, move tps.Kind, model, samples int, by minibatch.Reason) {
		for k := range n {
			tally.Add(tps.Step{Kind: move, First: model, Width: 1,
				Decision: minibatch.Decision{Accepted: k < accepted, By: by, Samples: samples}})
		}
	}
	add(60, 45, tps.Bridge, 0, 50, minibatch.Correction)
	add(40, 4, tps.Shoot, 1, 100, minibatch.FullData)
	rows := map[string]string{}
	for _, line := range strings.Split(tally.String(), "\n") {
		if words := strings.Fields(strings.ReplaceAll(line, " %", "%")); len(words) > 3 {
			rows[strings.Join(words[:len(words)-3], " ")] = strings.Join(words[len(words)-3:], " ")
		}
	}
	for kind, want := range map[string]string{
		"all":                                 "100 100.00% 49.00%",
		tps.Bridge.String():                   "60 60.00% 75.00%",
		tps.Shoot.String():                    "40 40.00% 10.00%",
		"by " + minibatch.Correction.String(): "60 60.00% 75.00%",
		"by " + minibatch.FullData.String():   "40 40.00% 10.00%",
		"model 0":                             "60 60.00% 75.00%",
		"model 1":                             "40 40.00% 10.00%",
	} {
		assert.Equal(t, want, rows[kind], kind)
	}
}

func TestTallyConfigErrors(t *testing.T) {
	for _, c := range []struct {
		config TallyConfig
		says   string
	}{
		{TallyConfig{0, 10, 1}, "Tau = 0, want 1"},
		{TallyConfig{1 << 40, 10, 1}, "Tau = 1099511627776"},
		{TallyConfig{1, 0, 0}, "Samples = 0"},
		{TallyConfig{1, -5, 1}, "Samples = -5"},
		{TallyConfig{1, math.MaxInt, 1 << 60}, "Samples = 9223372036854775807"},
		{TallyConfig{1, 10, 11}, "Chunk = 11, want 1 to Samples = 10"},
		{TallyConfig{1, 10, -1}, "Chunk = -1"},
		{TallyConfig{1, 1 << 40, 1}, "Chunk = 1 makes 1099511627776 bins"},
	} {
		_, err := NewTally(c.config)
		assert.ErrorContains(t, err, "diagnostics: "+c.says)
	}
}

func sampleTally(t testing.TB) *Tally {
	tally := newTally(t, TallyConfig{Tau: 3, Samples: 25, Chunk: 10})
	for k := range 20 {
		tally.Add(step(k+1, k%3 == 0, minibatch.Reason(k%minibatch.Reasons)))
	}
	return tally
}

func TestTallyRestores(t *testing.T) {
	tally := sampleTally(t)
	state, err := tally.MarshalBinary()
	require.NoError(t, err)
	assert.Len(t, state, 177+16*3+8*3)
	restored := new(Tally)
	require.NoError(t, restored.UnmarshalBinary(state))
	assert.Equal(t, tally, restored)
	restored.Add(step(3, true, minibatch.Correction))
	tally.Add(step(3, true, minibatch.Correction))
	assert.Equal(t, tally, restored)
}

func TestTallyRefusesDamage(t *testing.T) {
	tally := sampleTally(t)
	before := sampleTally(t)
	state, err := tally.MarshalBinary()
	require.NoError(t, err)
	for n := range state {
		require.Error(t, tally.UnmarshalBinary(state[:n]))
	}
	assert.Error(t, tally.UnmarshalBinary(append(state, 0)))
	for _, c := range []struct {
		number int // of 8 bytes
		value  uint64
		says   string
	}{
		{0, 0, "Tau = 0"},
		{0, 1 << 63, "Tau = 9223372036854775808"},
		{0, 1 << 20, "length"},
		{1, 1 << 60, "bins"},
		{2, 26, "Chunk = 26"},
		{4, 5, "7 of 5 steps accepted"},
		{4, 21, "contradict"},
		{4, maxCount - 1, "contradict"},
		{6, maxCount - 1, "more than 2⁶²"},
		{28, 7, "contradict"},
	} {
		damaged := append([]byte(nil), state...)
		binary.LittleEndian.PutUint64(damaged[1+8*c.number:], c.value)
		assert.ErrorContains(t, tally.UnmarshalBinary(damaged), c.says)
	}
	state[0]++
	assert.ErrorContains(t, tally.UnmarshalBinary(state), "version 4, want 3")
	assert.Equal(t, before, tally)
}

func TestTallyDoesNotAllocate(t *testing.T) {
	tally := sampleTally(t)
	s := step(3, true, minibatch.Correction)
	assert.Zero(t, testing.AllocsPerRun(100, func() { tally.Add(s) }))
}

func FuzzTally(f *testing.F) {
	for _, tally := range []*Tally{sampleTally(f), newTally(f, TallyConfig{Tau: 1, Samples: 1})} {
		state, err := tally.MarshalBinary()
		require.NoError(f, err)
		f.Add(state)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tally := new(Tally)
		if tally.UnmarshalBinary(data) != nil {
			assert.Equal(t, new(Tally), tally)
			return
		}
		state, err := tally.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, data, state)
		_ = tally.String()
		_ = tally.BatchQuantile(0.9)
	})
}

func BenchmarkTally(b *testing.B) {
	tally := sampleTally(b)
	s := step(3, true, minibatch.Correction)
	for b.Loop() {
		tally.Add(s)
	}
}
