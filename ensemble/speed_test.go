package ensemble

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
)

var (
	torch       = flag.Bool("torch", false, "compare the speed with PyTorch's, which takes a minute")
	torchImages = flag.Int("images", 500, "with -torch, `number` of images that are predicted at once")
)

// TestSpeedAgainstPyTorch takes turns with PyTorch, on the same members and images,
// and prints the least times: others may use the machine.
func TestSpeedAgainstPyTorch(t *testing.T) {
	if !*torch {
		t.Skip("takes a minute: run it with -args -torch")
	}
	const members = 32
	images, rounds := *torchImages, 5
	if images > 2000 {
		rounds = 2
	}
	net, models, digits := digitCommittee(t, members, images)
	c := committee(t, net, models...)
	python := startTorch(t, c, digits)

	var dst Prediction
	predictor := c.NewPredictor()
	latency := func() float64 { // as speed.py does
		const runs, calls = 7, 20
		var seconds []float64
		for range runs {
			start := time.Now()
			for range calls {
				require.NoError(t, predictor.Predict(&dst, digits.Input(0)))
			}
			seconds = append(seconds, time.Since(start).Seconds()/calls)
		}
		return slices.Min(seconds)
	}
	throughput := func(threads int) func() float64 {
		return func() float64 {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
			start := time.Now()
			_, err := c.Probabilities(digits)
			require.NoError(t, err)
			return time.Since(start).Seconds()
		}
	}
	compare := func(what string, n, threads int, ways []string, unit float64, own func() float64) {
		theirs, ours := map[string][]float64{}, []float64{}
		for range rounds {
			ours = append(ours, own())
			for _, way := range ways {
				theirs[way] = append(theirs[way], python.seconds(t, way, n, threads))
			}
		}
		t.Logf("%s, %d threads: %.4g", what, threads, unit*slices.Min(ours))
		for _, way := range ways {
			t.Logf("    PyTorch, %s: %.4g, %.3g times as long", way, unit*slices.Min(theirs[way]), slices.Min(theirs[way])/slices.Min(ours))
		}
	}
	compare(fmt.Sprintf("µs for one image by %d members", members), 1, 1, python.ways, 1e6, latency)
	var batched []string // grouped convolutions take many times as long on batches
	for _, way := range python.ways {
		if !strings.HasPrefix(way, "grouped") {
			batched = append(batched, way)
		}
	}
	for _, threads := range []int{1, 2} {
		compare(fmt.Sprintf("s for %d images by %d members", images, members), images, threads, batched, 1, throughput(threads))
	}
}

// A torchProcess runs testdata/speed.py.
type torchProcess struct {
	input  io.WriteCloser
	output *bufio.Reader
	ways   []string
}

func startTorch(t *testing.T, c *Committee, digits *data.Dataset) *torchProcess {
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import torch").Run() != nil {
		t.Skip("needs PyTorch for " + python + " (Debian's package python3-torch)")
	}
	models, images := filepath.Join(t.TempDir(), "models.npz"), filepath.Join(t.TempDir(), "images")
	require.NoError(t, c.WriteFile(models))
	file, err := os.Create(images)
	require.NoError(t, err)
	for i := range digits.Len() {
		require.NoError(t, binary.Write(file, binary.LittleEndian, digits.Input(i)))
	}
	require.NoError(t, file.Close())
	command := exec.Command(python, "-W", "ignore", "testdata/speed.py", models, images)
	command.Stderr = os.Stderr
	p := &torchProcess{}
	p.input, err = command.StdinPipe()
	require.NoError(t, err)
	output, err := command.StdoutPipe()
	require.NoError(t, err)
	p.output = bufio.NewReader(output)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		p.input.Close()
		assert.NoError(t, command.Wait())
	})
	p.ways = strings.Split(p.line(t), ";")
	prediction, err := c.Predict(digits.Input(0))
	require.NoError(t, err)
	for i, numbers := range strings.Split(p.line(t), ";") {
		for k, number := range strings.Fields(numbers) {
			y, err := strconv.ParseFloat(number, 64)
			require.NoError(t, err)
			require.InDelta(t, prediction.Outputs[k], y, 1e-4, p.ways[i])
		}
	}
	return p
}

func (p *torchProcess) line(t *testing.T) string {
	line, err := p.output.ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(line)
}

func (p *torchProcess) seconds(t *testing.T, way string, images, threads int) float64 {
	_, err := fmt.Fprintf(p.input, "%s;%d;%d\n", way, images, threads)
	require.NoError(t, err)
	seconds, err := strconv.ParseFloat(p.line(t), 64)
	require.NoError(t, err)
	return seconds
}
