package page

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/report"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// committee returns networks that are trained a little, from different starts.
func committee(t *testing.T, members int) *ensemble.Committee {
	t.Helper()
	net := nn.MairCNN()
	train, err := data.Digits(600, rand.NewPCG(1, 1))
	require.NoError(t, err)
	gradients, err := nn.NewGradients(net, train, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	defer gradients.Close()
	models := make([][]float32, members)
	for k := range models {
		models[k] = make([]float32, net.Params())
		nn.InitUniform(models[k], net, rand.NewPCG(2, uint64(k)))
		_, err = descent.Run(t.Context(), models[k], gradients, descent.Config{
			Epochs: 4, Schedule: descent.Cosine{Peak: 0.02, WarmUp: 0.1}, Source: rand.NewPCG(3, uint64(k)),
		})
		require.NoError(t, err)
	}
	c, err := ensemble.New(net, models)
	require.NoError(t, err)
	return c
}

func digits(t *testing.T, n int) *data.Dataset {
	t.Helper()
	d, err := data.Digits(n, rand.NewPCG(4, 4))
	require.NoError(t, err)
	return d
}

// Numbers of a page are those of package ensemble.
func TestFill(t *testing.T) {
	c, test := committee(t, 3), digits(t, 500)
	names := []string{"<b>zero</b>", "1", "2", "3", "4", "5", "6", "7", "8", "9 & more"}
	test, err := test.NameClasses(names)
	require.NoError(t, err)
	networks, err := c.First(1)
	require.NoError(t, err)
	noise := make([]float32, 100*28*28)
	rng := rand.New(rand.NewPCG(5, 5))
	for i := range noise {
		noise[i] = rng.Float32()
	}
	outside, err := data.NewInputs(noise, []int{1, 28, 28})
	require.NoError(t, err)

	subject := Subject{Committee: c, Networks: networks, Test: test, Outside: &Outside{Name: "Noise", Data: outside}, Seed: 1}
	r := &report.Report{Title: "Test"}
	require.NoError(t, Fill(r, subject))
	want, err := c.Evaluate(test)
	require.NoError(t, err)

	require.Equal(t, names, r.Classes)
	right, all := 0, 0
	for class, row := range r.Confusions[0].Counts {
		right += row[class]
		for _, n := range row {
			all += n
		}
	}
	require.Equal(t, 500, all)
	require.InDelta(t, want.Accuracy, float64(right)/500, 1e-12)

	accuracy, nll := r.Sizes[0].Lines, r.Sizes[1].Lines
	require.Equal(t, []float64{1, 2, 3}, accuracy[0].X)
	for k := range 2 { // in order, and at random
		require.InDelta(t, want.Accuracy, accuracy[k].Y[2], 1e-12)
		require.InDelta(t, want.NLL, nll[k].Y[2], 1e-9)
	}
	require.InDelta(t, want.MemberAccuracy[0], accuracy[0].Y[0], 1e-12)
	require.InDelta(t, want.MemberAccuracy[0], accuracy[2].Y[0], 1e-12, "the network")
	require.InDelta(t, want.MemberNLL[0], nll[2].Y[1], 1e-9)

	// All 500 test images are looked at. At level 0 they are as they are, at level 5 worse.
	require.Len(t, r.Shifts, 12)
	for k, p := range r.Shifts {
		committee, member := p.Lines[0].Y, p.Lines[1].Y
		require.Len(t, committee, 6)
		if k < 6 {
			require.InDelta(t, want.Accuracy, committee[0], 1e-12, p.Title)
			require.InDelta(t, want.MemberAccuracyMean(), member[0], 1e-12, p.Title)
			require.Less(t, committee[5], committee[0], p.Title)
		} else {
			require.InDelta(t, want.NLL, committee[0], 1e-9, p.Title)
			require.InDelta(t, want.MemberNLLMean(), member[0], 1e-9, p.Title)
			require.Greater(t, committee[5], committee[0], p.Title)
		}
	}

	// Galleries are what their names say.
	require.Len(t, r.Galleries, 3)
	for _, image := range r.Galleries[1].Images {
		require.NotEqual(t, image.True, image.Predicted)
	}
	for _, image := range r.Galleries[2].Images {
		require.Equal(t, image.True, image.Predicted)
		votes := 0
		for _, n := range image.Votes {
			votes += n
		}
		require.Equal(t, 3, votes)
	}

	columns := []string{"Test images", "Noise", "AUROC", "False alarms at 95%"}
	require.Equal(t, columns, r.Tables[2].Columns)
	for _, table := range r.Tables {
		for _, row := range table.Rows {
			require.Len(t, row.Values, len(table.Columns), "%s, %s", table.Title, row.Name)
		}
	}
	var out bytes.Buffer
	require.NoError(t, r.Write(&out))
	require.NotContains(t, out.String(), "<b>zero")
	require.Contains(t, out.String(), "&lt;b&gt;zero")

	// The same subject makes the same page.
	again := &report.Report{Title: "Test"}
	require.NoError(t, Fill(again, subject))
	var other bytes.Buffer
	require.NoError(t, again.Write(&other))
	require.Equal(t, out.String(), other.String())
}

// One member has no sizes and no disagreement, and nobody's networks are no row.
func TestFillOfOneMember(t *testing.T) {
	r := new(report.Report)
	require.NoError(t, Fill(r, Subject{Committee: committee(t, 1), Test: digits(t, 200)}))
	require.Empty(t, r.Sizes)
	require.Len(t, r.Reliability, 2)
	rows := make(map[string][]report.Value)
	for _, table := range r.Tables {
		for _, row := range table.Rows {
			rows[row.Name] = row.Values
		}
	}
	require.Equal(t, report.Value{}, rows["Disagreement"][0])
	require.NotContains(t, rows, "Network at the start")
	require.Equal(t, rows["Ensemble, arithmetic mean"][:3], rows["Mean member"][:3])
	require.NoError(t, r.Write(new(bytes.Buffer)))
}

func TestFillRefuses(t *testing.T) {
	c := committee(t, 2)
	weighted, err := ensemble.NewWeighted(c.Network(), [][]float32{c.Member(0), c.Member(1)}, []float64{1, 2})
	require.NoError(t, err)
	unlabeled, err := data.NewInputs(make([]float32, 2*28*28), []int{1, 28, 28})
	require.NoError(t, err)
	for says, s := range map[string]Subject{
		"fewer than 2 test images": {Committee: c, Test: digits(t, 1)},
		"no labels":                {Committee: c, Test: unlabeled},
		"members have weights":     {Committee: weighted, Test: digits(t, 10)},
	} {
		require.ErrorContains(t, Fill(new(report.Report), s), says)
	}
}
