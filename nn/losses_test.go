package nn

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/random"
)

func TestNewLossesErrors(t *testing.T) {
	net := MairCNN()
	images := labeled(t, 3, []int{1, 28, 28}, 10, 0)
	line := targeted(t, 3, []int{1}, 1)
	inputs, err := data.NewInputs(make([]float32, 28*28), []int{1, 28, 28})
	require.NoError(t, err)
	for _, c := range []struct {
		name   string
		net    *Network
		data   *data.Dataset
		loss   Loss
		config Config
		want   string
	}{
		{"no network", nil, images, CrossEntropy, Config{}, "nn: the network is nil"},
		{"no dataset", net, nil, CrossEntropy, Config{}, "nn: the dataset is nil"},
		{"other size", net, labeled(t, 3, []int{1, 28, 27}, 10, 0), CrossEntropy, Config{}, "nn: the dataset's inputs are 1×28×27, but the network's are 1×28×28"},
		{"other shape", net, labeled(t, 3, []int{784}, 10, 0), CrossEntropy, Config{}, "nn: the dataset's inputs are 784, but the network's are 1×28×28"},
		{"few classes", net, labeled(t, 3, []int{1, 28, 28}, 9, 0), CrossEntropy, Config{}, "nn: the network has 10 outputs, but the dataset has 9 classes"},
		{"many classes", net, labeled(t, 3, []int{1, 28, 28}, 11, 0), CrossEntropy, Config{}, "but the dataset has 11 classes"},
		{"labels", net, images, HalfSquaredError, Config{}, "nn: loss HalfSquaredError needs real targets, but the dataset has labels"},
		{"no answers", net, inputs, CrossEntropy, Config{}, "nn: loss CrossEntropy needs labels, but the dataset has neither labels nor targets"},
		{"no answers", net, inputs, HalfSquaredError, Config{}, "nn: loss HalfSquaredError needs real targets, but the dataset has neither labels nor targets"},
		{"targets", LinearPerceptron(1), line, CrossEntropy, Config{}, "nn: loss CrossEntropy needs labels, but the dataset has real targets"},
		{"many targets", LinearPerceptron(1), targeted(t, 3, []int{1}, 2), HalfSquaredError, Config{}, "nn: the network has 1 outputs, but the dataset has 2 targets a sample"},
		{"labels", net, images, GaussianExp, Config{}, "nn: loss GaussianExp needs real targets, but the dataset has labels"},
		{"no scale", LinearPerceptron(1), line, GaussianExp, Config{}, "nn: the network has 1 outputs, but loss GaussianExp needs 2, twice the dataset's 1 targets a sample: means, then scales"},
		{"half", mustNetwork([]int{1}, Dense{Outputs: 2}), targeted(t, 3, []int{1}, 2), GaussianSoftplus, Config{}, "nn: the network has 2 outputs, but loss GaussianSoftplus needs 4, twice the dataset's 2 targets a sample"},
		{"no answers", net, inputs, GaussianSoftplus, Config{}, "nn: loss GaussianSoftplus needs real targets, but the dataset has neither labels nor targets"},
		{"no loss", net, images, 0, Config{}, "nn: loss = 0, want HalfSquaredError, CrossEntropy, GaussianExp or GaussianSoftplus"},
		{"other loss", net, images, 7, Config{}, "nn: loss = 7, want"},
		{"negative workers", net, images, CrossEntropy, Config{Workers: -1}, "nn: Workers = -1, want 0 to 1024"},
		{"too many workers", net, images, CrossEntropy, Config{Workers: 1_000_000}, "nn: Workers = 1000000, want 0 to 1024"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := NewLosses(c.net, c.data, c.loss, c.config)
			assert.Nil(t, l)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestLossesSizes(t *testing.T) {
	l := newLosses(t, MairCNN(), labeled(t, 17, []int{1, 28, 28}, 10, 0), CrossEntropy, 1)
	assert.Equal(t, 17, l.Samples())
	assert.Equal(t, 1906, l.Params())
}

func newLosses(t testing.TB, net *Network, d *data.Dataset, loss Loss, workers int) *Losses {
	t.Helper()
	l, err := NewLosses(net, d, loss, Config{Workers: workers})
	require.NoError(t, err)
	t.Cleanup(l.Close)
	return l
}

// Several models on samples in any order, some of them twice, through a view
// of the dataset, must give what one model and one sample at a time do.
func TestLossesOfSeveralModels(t *testing.T) {
	all := labeled(t, 30, []int{1, 28, 28}, 10, 0.8)
	view, err := all.Subset([]int{29, 3, 3, 17, 0, 8, 11})
	require.NoError(t, err)
	net := MairCNN()
	l := newLosses(t, net, view, CrossEntropy, 1)
	models := randomModels(net, 3, 5)
	samples := []int{6, 0, 1, 2, 2, 5, 4}
	losses := rows(3, len(samples))
	l.Losses(losses, models, samples)
	for k := range models {
		for j, i := range samples {
			one := rows(1, 1)
			l.Losses(one, models[k:k+1], []int{i})
			assert.Equal(t, one[0][0], losses[k][j])
			output := make([]float32, 10)
			net.NewEvaluator().Outputs(output, models[k], view, []int{i})
			assert.InEpsilon(t, crossEntropyOf(output, view.Label(i)), losses[k][j], 1e-12)
		}
	}
	l.Losses(nil, nil, samples)
	l.Losses(make([][]float64, 3), models, nil)
}

func TestLossesPanics(t *testing.T) {
	for _, workers := range []int{1, 2} {
		net := LinearPerceptron(2)
		l := newLosses(t, net, targeted(t, 5, []int{2}, 1), HalfSquaredError, workers)
		models := randomModels(net, 2, 1)
		samples := []int{0, 4, 2}
		for name, call := range map[string]func(){
			"rows":          func() { l.Losses(rows(1, 3), models, samples) },
			"row length":    func() { l.Losses(rows(2, 2), models, samples) },
			"params":        func() { l.Losses(rows(2, 3), [][]float32{models[0], models[1][:2]}, samples) },
			"sample":        func() { l.Losses(rows(2, 3), models, []int{0, 1, 5}) },
			"sample below":  func() { l.Losses(rows(2, 3), models, []int{-1, 1, 2}) },
			"nil and model": func() { l.Losses(nil, models, samples) },
		} {
			assert.Panics(t, call, "%s, %d workers", name, workers)
		}
		losses := rows(2, 3)
		l.Losses(losses, models, samples) // still works
		assert.Positive(t, losses[1][2])
	}
}

// Goroutines beyond the number of samples would never have work.
func TestNoMoreWorkersThanSamples(t *testing.T) {
	before := runtime.NumGoroutine()
	l := newLosses(t, LinearPerceptron(1), targeted(t, 5, []int{1}, 1), HalfSquaredError, 1024)
	g := newGradients(t, LinearPerceptron(1), targeted(t, 5, []int{1}, 1), HalfSquaredError, 1024)
	assert.LessOrEqual(t, runtime.NumGoroutine(), before+8)
	l.Close()
	g.Close()
}

// Outputs are those of an Evaluator, into whatever slice there is.
func TestLossesOutputs(t *testing.T) {
	digits, err := data.Digits(20, random.Source(1))
	require.NoError(t, err)
	net := MairCNN()
	losses, err := NewLosses(net, digits, CrossEntropy, Config{})
	require.NoError(t, err)
	model := make([]float32, net.Params())
	InitNormal(model, 0.1, random.Source(2))
	samples := []int{3, 17, 3}
	want := make([]float32, 30)
	net.NewEvaluator().Outputs(want, model, digits, samples)
	for _, dst := range [][]float64{nil, make([]float64, 7), make([]float64, 100)} {
		got := losses.Outputs(dst, model, samples)
		require.Len(t, got, 30)
		for i, x := range want {
			require.Equal(t, float64(x), got[i])
		}
	}
	dst := make([]float64, 30)
	require.Zero(t, testing.AllocsPerRun(20, func() { losses.Outputs(dst, model, samples) }))
}
