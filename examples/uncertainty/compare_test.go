package main

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/examples/internal/judge"
	"github.com/trajens/trajens/internal/mnistdir"
	"github.com/trajens/trajens/nn"
)

// smallSets are sets of few digits, of which the last is taken as out of distribution.
func smallSets(t *testing.T) *sets {
	t.Helper()
	s := &sets{&judge.Sets{Shifts: 1, Other: true, Splits: func() rand.Source { return rand.NewPCG(1, 2) }}}
	for seed, n := range []int{30, 200, 200, 50} {
		d, err := data.Digits(n, rand.NewPCG(uint64(seed), 3))
		require.NoError(t, err)
		s.Judged = append(s.Judged, d)
	}
	s.Train = s.Judged[judge.HeldOut]
	return s
}

func randomModels(n int, seed uint64) [][]float32 {
	models := make([][]float32, n)
	for k := range models {
		models[k] = make([]float32, nn.MairCNN().Params())
		nn.InitNormal(models[k], 0.3, rand.NewPCG(seed, uint64(k)))
	}
	return models
}

// What is made of stored answers is what the committee says itself.
func TestAnswersAgreeWithTheCommittee(t *testing.T) {
	s, models := smallSets(t), randomModels(5, 1)
	answers, err := s.ask(models)
	require.NoError(t, err)
	some := []int{4, 0, 2}
	committee, err := ensemble.New(nn.MairCNN(), [][]float32{models[4], models[0], models[2]})
	require.NoError(t, err)
	var chosen = answers[:0:0]
	for _, k := range some {
		chosen = append(chosen, answers[k])
	}
	plain, scaled, err := s.judge(chosen, 7)
	require.NoError(t, err)

	p, err := committee.PredictClasses(s.Judged[judge.Test])
	require.NoError(t, err)
	c, err := p.Classification(s.Judged[judge.Test])
	require.NoError(t, err)
	require.InDelta(t, c.NLL(), plain[judge.NLL], 1e-12)
	require.InDelta(t, c.Brier(), plain[judge.Brier], 1e-12)
	require.InDelta(t, c.ECE(), plain[judge.ECE], 1e-12)
	require.Equal(t, c.Accuracy(), plain[judge.Accuracy])
	require.Equal(t, 3.0, plain[judge.Members])
	require.Equal(t, 7.0, scaled[judge.Seconds])

	held, err := committee.PredictClasses(s.Judged[judge.HeldOut])
	require.NoError(t, err)
	h, err := held.Classification(s.Judged[judge.HeldOut])
	require.NoError(t, err)
	temperature, err := h.FitTemperature()
	require.NoError(t, err)
	require.InEpsilon(t, temperature, scaled[judge.Temperature], 1e-9)
	tempered, err := c.Tempered(temperature)
	require.NoError(t, err)
	require.InDelta(t, tempered.NLL(), scaled[judge.NLL], 1e-9)
	require.NotEqual(t, plain[judge.AUROC], scaled[judge.AUROC])
}

// Deep ensembles beside trajectories have as many networks as there was time for.
func TestEqualSeconds(t *testing.T) {
	s := smallSets(t)
	m := &seedModels{
		networks:     []trained{{randomModels(1, 1), 1}, {randomModels(1, 2), 2}, {randomModels(1, 3), 3}, {randomModels(1, 4), 2}},
		trajectories: []trained{{randomModels(4, 5), 6.1}, {randomModels(4, 6), 30}},
	}
	c, err := s.compare(m, 2)
	require.NoError(t, err)
	rows := make(map[name]judge.Measures)
	for _, r := range c.rows {
		rows[r.name] = r.Measures
	}
	row := func(view, method string) judge.Measures {
		require.Contains(t, rows, name{view, method, false})
		return rows[name{view, method, false}]
	}
	beside := row("seconds", "networks beside the trajectory from 1") // 6.1 s of 2 s each
	require.Equal(t, []float64{3, 6}, beside[:2])
	require.Equal(t, row("methods", "deep ensemble of 3"), beside)
	beside = row("seconds", "networks beside the trajectories from 2")
	require.Equal(t, []float64{4, 8}, beside[:2], "there are no more")
	all, some := row("methods", "trajectories from 2"), row("members", "5 of the trajectories from 2")
	require.Equal(t, []float64{8, 36.1}, all[:2])
	require.Equal(t, []float64{5, 36.1}, some[:2])
	require.NotContains(t, rows, name{"members", "5 of the trajectory from 1", false})
	require.Len(t, c.curve, 4)
	require.Equal(t, row("methods", "single network")[judge.CalibratedNLL], c.curve[0])
	require.Equal(t, row("methods", "deep ensemble of 3")[judge.CalibratedNLL], c.curve[2])
}

// An interrupted seed has the rows of what was done, and no part in the curve.
func TestInterruptedSeed(t *testing.T) {
	s := smallSets(t)
	networks := []trained{{randomModels(1, 1), 1}, {randomModels(1, 2), 2}, {randomModels(1, 3), 3}}
	whole, err := s.compare(&seedModels{networks: networks, trajectories: []trained{{randomModels(2, 4), 1}}}, 1)
	require.NoError(t, err)
	half, err := s.compare(&seedModels{networks: networks[1:]}, 1)
	require.NoError(t, err)
	none, err := s.compare(&seedModels{}, 1)
	require.NoError(t, err)
	require.Empty(t, none.rows)
	require.Len(t, half.rows, 2)

	seeds := []*comparison{whole, half, none}
	curve, err := newCurve(seeds)
	require.NoError(t, err)
	all, err := summarize("methods", seeds, curve)
	require.NoError(t, err)
	var counts []int
	for _, s := range all {
		counts = append(counts, s.seeds)
	}
	require.Equal(t, []int{2, 2, 1, 1, 1, 1}, counts)
	require.InDelta(t, (whole.rows[0].Measures[judge.NLL]+half.rows[0].Measures[judge.NLL])/2, all[0].mean[judge.NLL], 1e-12)
	of, err := curve.Equivalent(-whole.curve[0])
	require.NoError(t, err)
	require.Equal(t, 1.0, of)
	curve, err = newCurve([]*comparison{none})
	require.NoError(t, err)
	require.Nil(t, curve)
}

// Clothes are told from digits by networks that were trained on digits, but not by those
// that were not: the set on the disk is used.
func TestOtherSet(t *testing.T) {
	dir := mnistdir.FindFashion(t)
	o, err := parse(small("-other", dir), new(bytes.Buffer))
	require.NoError(t, err)
	s, err := o.load(t.Context(), new(bytes.Buffer))
	require.NoError(t, err)
	require.True(t, s.Other)
	require.Len(t, s.Judged, 8)
	require.Equal(t, 10_000, s.Judged[7].Len())
}
