package judge_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/examples/internal/judge"
	"github.com/trajens/trajens/examples/internal/sampler"
)

func digits(t *testing.T, n int, seed uint64) *data.Dataset {
	t.Helper()
	d, err := data.Digits(n, rand.NewPCG(seed, 3))
	require.NoError(t, err)
	return d
}

// guesses are random predictions for each judged set.
func guesses(t *testing.T, s *judge.Sets) (all []*metrics.Predictions) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	for _, d := range s.Judged {
		logits := make([]float64, d.Len()*10)
		for i := range logits {
			logits[i] = 2 * random.NormFloat64()
		}
		logs, err := metrics.LogSoftmax(logits, 10)
		require.NoError(t, err)
		p, err := metrics.NewPredictions(logs, 10)
		require.NoError(t, err)
		all = append(all, p)
	}
	return all
}

func TestSets(t *testing.T) {
	s, err := judge.New("digits", digits(t, 100, 1), digits(t, 60, 2), digits(t, 30, 3), new(sampler.Flags))
	require.NoError(t, err)
	require.Equal(t, 90, s.Train.Len())
	require.Equal(t, 10, s.Judged[judge.HeldOut].Len())
	require.Equal(t, 60, s.Judged[judge.Test].Len())
	require.Equal(t, len(data.Shifts()), s.Shifts)
	require.Len(t, s.Judged, 2+s.Shifts+1)
	require.True(t, s.Other)
	require.Equal(t, 10+60+60*s.Shifts+30, s.Samples())
	require.Equal(t, "digits, 90 to train on, 10 held out, 60 to test on", s.Describe())
	for k := range s.Shifts {
		require.Equal(t, s.Judged[judge.Test].Labels(), s.Judged[judge.Shifted+k].Labels())
		require.NotEqual(t, s.Judged[judge.Test].Input(0), s.Judged[judge.Shifted+k].Input(0))
	}
}

func TestMeasures(t *testing.T) {
	s, err := judge.New("digits", digits(t, 100, 1), digits(t, 60, 2), digits(t, 30, 3), new(sampler.Flags))
	require.NoError(t, err)
	p := guesses(t, s)
	m, err := s.Measure(p)
	require.NoError(t, err)
	c, err := metrics.NewClassification(p[judge.Test], s.Judged[judge.Test].Labels())
	require.NoError(t, err)
	require.Equal(t, []float64{c.Accuracy(), c.NLL(), c.ECE(), c.Brier()}, []float64{m[judge.Accuracy], m[judge.NLL], m[judge.ECE], m[judge.Brier]})
	calibrated, err := c.CalibratedNLL(s.Splits())
	require.NoError(t, err)
	require.Equal(t, calibrated, m[judge.CalibratedNLL])
	accuracy, nll := 0.0, 0.0
	for k := range s.Shifts {
		c, err := s.Classification(p[judge.Shifted+k], judge.Shifted+k)
		require.NoError(t, err)
		accuracy += c.Accuracy() / float64(s.Shifts)
		nll += c.NLL() / float64(s.Shifts)
	}
	require.InDelta(t, accuracy, m[judge.ShiftAccuracy], 1e-12)
	require.InDelta(t, nll, m[judge.ShiftNLL], 1e-12)
	d, err := metrics.NewDetection(p[judge.Test].EntropyPerSample(), p[len(p)-1].EntropyPerSample())
	require.NoError(t, err)
	require.Equal(t, d.AUROC(), m[judge.AUROC])
}

// A table has neither shifts nor another set.
func TestMeasuresOfATable(t *testing.T) {
	inputs, labels := make([]float32, 100), make([]int, 100)
	for i := range labels {
		inputs[i], labels[i] = float32(i), i%10
	}
	d, err := data.NewLabeled(inputs, []int{1}, labels, 10)
	require.NoError(t, err)
	s, err := judge.New("table", d, d, nil, new(sampler.Flags))
	require.NoError(t, err)
	require.Len(t, s.Judged, 2)
	m, err := s.Measure(guesses(t, s))
	require.NoError(t, err)
	for _, i := range []int{judge.AUROC, judge.ShiftAccuracy, judge.ShiftNLL} {
		require.True(t, math.IsNaN(m[i]))
	}
	require.Greater(t, m[judge.NLL], 0.0)
}

func TestMean(t *testing.T) {
	mean, errors := judge.Mean([]judge.Measures{{judge.NLL: 1}, {judge.NLL: 2}, {judge.NLL: 6}})
	require.Equal(t, 3.0, mean[judge.NLL])
	require.InDelta(t, math.Sqrt(7.0/3), errors[judge.NLL], 1e-12)
	_, errors = judge.Mean([]judge.Measures{{judge.NLL: 1}})
	require.True(t, math.IsNaN(errors[judge.NLL]))
}

func TestFormat(t *testing.T) {
	nan := math.NaN()
	for want, got := range map[string]string{
		"0.0912(21)": judge.Short(judge.NLL, 0.0912, 0.00205),
		"0.0913":     judge.Short(judge.NLL, 0.0913, nan),
		"-":          judge.Short(judge.AUROC, nan, nan),
		"12.3":       judge.Short(judge.Seconds, 12.345, 3),
		"56521":      judge.Short(judge.Parameters, 56521, 0),
		"":           judge.Exactly(nan),
		"inf":        judge.Exactly(math.Inf(1)),
		"0.125":      judge.Exactly(0.125),
	} {
		require.Equal(t, want, got)
	}
}
