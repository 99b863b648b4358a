package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/examples/internal/clitest"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
)

// letters are names of classes that are no digits.
var letters = []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}

// A fixture is an ensemble in a file, and images with labels in files.
type fixture struct {
	dir, ensemble, images, labels string
	committee                     *ensemble.Committee
	test                          *data.Dataset
}

// newFixture returns an ensemble of three networks that know a little, and 1,100
// images, which are more than a block.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	net := nn.MairCNN()
	train, err := data.Digits(300, rand.NewPCG(1, 0))
	require.NoError(t, err)
	gradients, err := nn.NewGradients(net, train, nn.CrossEntropy, nn.Config{})
	require.NoError(t, err)
	defer gradients.Close()
	models := make([][]float32, 3)
	for k := range models {
		models[k] = make([]float32, net.Params())
		nn.InitUniform(models[k], net, rand.NewPCG(2, uint64(k)))
		_, err := descent.Run(t.Context(), models[k], gradients, descent.Config{Epochs: 6, Schedule: descent.Constant(0.01), Source: rand.NewPCG(3, uint64(k))})
		require.NoError(t, err)
	}
	f := &fixture{dir: t.TempDir()}
	f.committee, err = ensemble.New(net, models)
	require.NoError(t, err)
	f.ensemble = f.save(t, "ensemble.npz", ensemble.Info{Loss: nn.CrossEntropy, Classes: letters})
	f.test, err = data.Digits(1100, rand.NewPCG(4, 0))
	require.NoError(t, err)
	f.images, f.labels = filepath.Join(f.dir, "images.gz"), filepath.Join(f.dir, "labels")
	var pixels, labels []byte
	for i := range f.test.Len() {
		pixels, labels = append(pixels, levels(f.test.Input(i))...), append(labels, byte(f.test.Label(i)))
	}
	writeIDX(t, f.images, pixels, f.test.Len(), 28, 28)
	writeIDX(t, f.labels, labels, f.test.Len())
	return f
}

func (f *fixture) save(t *testing.T, name string, info ensemble.Info) string {
	t.Helper()
	path := filepath.Join(f.dir, name)
	require.NoError(t, f.committee.Save(path, info))
	return path
}

// levels returns an input as the bytes that it was made of.
func levels(input []float32) []byte {
	bytes := make([]byte, len(input))
	for i, x := range input {
		bytes[i] = byte(x*255 + 0.5)
	}
	return bytes
}

func writeIDX(t *testing.T, path string, elements []byte, shape ...int) {
	t.Helper()
	var b bytes.Buffer
	b.Write([]byte{0, 0, 8, byte(len(shape))})
	for _, n := range shape {
		require.NoError(t, binary.Write(&b, binary.BigEndian, uint32(n)))
	}
	b.Write(elements)
	if strings.HasSuffix(path, ".gz") {
		plain := bytes.Clone(b.Bytes())
		b.Reset()
		zip := gzip.NewWriter(&b)
		_, err := zip.Write(plain)
		require.NoError(t, err)
		require.NoError(t, zip.Close())
	}
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o666))
}

// writePNGs writes the first images as PNG files.
func (f *fixture) writePNGs(t *testing.T, n int) (paths []string) {
	t.Helper()
	for i := range n {
		picture := image.NewGray(image.Rect(0, 0, 28, 28))
		copy(picture.Pix, levels(f.test.Input(i)))
		path := filepath.Join(f.dir, "image"+strconv.Itoa(i)+".png")
		file, err := os.Create(path)
		require.NoError(t, err)
		require.NoError(t, png.Encode(file, picture))
		require.NoError(t, file.Close())
		paths = append(paths, path)
	}
	return paths
}

// What is printed is what the committee says.
func TestIDX(t *testing.T) {
	f := newFixture(t)
	want, err := f.committee.Evaluate(f.test)
	require.NoError(t, err)
	require.Greater(t, want.Accuracy, 0.4)
	require.Less(t, want.Accuracy, 0.95)
	stdout, stderr := clitest.Run(t, run, "-ensemble", f.ensemble, "-images", f.images, "-labels", f.labels, "-json")
	require.Equal(t, "Ensemble: 3 networks of 1906 parameters.\n", stderr)
	objects := clitest.Objects(t, stdout)
	require.Len(t, objects, f.test.Len()+1)
	probabilities, err := f.committee.Probabilities(f.test)
	require.NoError(t, err)
	votes, err := f.committee.Votes(f.test)
	require.NoError(t, err)
	entropy, mutual := 0.0, 0.0
	for i, object := range objects[:f.test.Len()] {
		require.Equal(t, strconv.Itoa(i), object["image"])
		for k, p := range object["probabilities"].([]any) {
			require.InDelta(t, probabilities[10*i+k], p, 1e-12)
			require.LessOrEqual(t, p, object["probability"])
		}
		require.Equal(t, letters[f.test.Label(i)], object["label"])
		require.Equal(t, object["class"] == object["label"], object["correct"])
		members := 0.0
		for k, v := range object["votes"].([]any) {
			vote := v.(map[string]any)
			members += vote["members"].(float64)
			if k == 0 {
				require.Equal(t, letters[votes[i]], vote["class"])
			}
		}
		require.Equal(t, 3.0, members)
		entropy += object["entropy"].(float64) / float64(f.test.Len())
		mutual += object["mutual_information"].(float64) / float64(f.test.Len())
	}
	require.InDelta(t, want.Entropy, entropy, 1e-9)
	require.InDelta(t, want.Entropy-want.MemberEntropy, mutual, 1e-9)
	final := objects[f.test.Len()]
	require.Equal(t, true, final["final"])
	require.Equal(t, 1100.0, final["images"])
	require.Equal(t, 3.0, final["members"])
	require.InDelta(t, want.MeanProbabilityAccuracy, final["accuracy"], 1e-12)
	require.InDelta(t, want.Accuracy, final["vote_accuracy"], 1e-12)
	require.InDelta(t, want.NLL, final["nll"], 1e-9)

	// Without labels there is no accuracy, and -first is the first.
	stdout, _ = clitest.Run(t, run, "-ensemble", f.ensemble, "-images", f.images, "-json", "-first", "7")
	some := clitest.Objects(t, stdout)
	require.Len(t, some, 8)
	require.NotContains(t, some[7], "accuracy")
	require.NotContains(t, some[0], "label")
	require.Equal(t, objects[3]["entropy"], some[3]["entropy"])
}

// Pictures of their own are judged as those of one file, wherever the flags stand.
func TestPNG(t *testing.T) {
	f := newFixture(t)
	paths := f.writePNGs(t, 6)
	stdout, _ := clitest.Run(t, run, "-ensemble", f.ensemble, "-images", f.images, "-first", "6", "-json")
	want := clitest.Objects(t, stdout)
	args := append(append([]string{"-images"}, paths...), "-ensemble", f.ensemble, "-json")
	stdout, _ = clitest.Run(t, run, args...)
	objects := clitest.Objects(t, stdout)
	require.Len(t, objects, 7)
	for i, object := range objects[:6] {
		require.Equal(t, paths[i], object["image"])
		require.Equal(t, want[i]["class"], object["class"])
		require.Equal(t, want[i]["votes"], object["votes"])
		require.InDelta(t, want[i]["probability"], object["probability"], 1e-6)
		require.InDelta(t, want[i]["mutual_information"], object["mutual_information"], 1e-6)
	}
	require.Positive(t, objects[6]["microseconds_per_image"])
	stdout, _ = clitest.Run(t, run, append(args, "-first", "1", "-invert", "-digit")...)
	require.NotEqual(t, objects[0]["probabilities"], clitest.Objects(t, stdout)[0]["probabilities"])
}

func TestText(t *testing.T) {
	f := newFixture(t)
	stdout, _ := clitest.Run(t, run, "-ensemble", f.ensemble, "-images", f.images, "-labels", f.labels)
	lines := strings.Split(stdout, "\n")
	require.Regexp(t, `^image +class +label +probability +votes +entropy +mutual info$`, lines[0])
	require.Regexp(t, `^0 +[a-j] +`+letters[f.test.Label(0)]+` +0\.\d{4}  [a-j]: [1-3].* \d\.\d{4} +\d\.\d{4}  (very |fairly |un)*certain`, lines[1])
	require.Contains(t, stdout, " (wrong)\n")
	require.Regexp(t, `\n\n1100 images, \d+ µs each, together\naccuracy 0\.\d{4}, by majority vote 0\.\d{4}, neg\. log-likelihood \d\.\d{4} nats\n$`, stdout)
	column := strings.Index(lines[0], "entropy")
	for _, line := range lines[1:1101] {
		number := string([]rune(line)[column : column+len("entropy")])
		_, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		require.NoError(t, err, "the columns are in line:\n%s\n%s", lines[0], line)
	}
	short, _ := clitest.Run(t, run, "-ensemble", f.ensemble, "-images", f.images, "-summary")
	require.Regexp(t, `^1100 images, \d+ µs each, together\n$`, short)
	stdout, _ = clitest.Run(t, run, append([]string{"-ensemble", f.ensemble, "-images"}, f.writePNGs(t, 2)...)...)
	require.Regexp(t, `\n\n2 images, \d+ µs each, one after the other\n$`, stdout)
}

// The digits that are drawn are those that examples/mnist tests on.
func TestDrawn(t *testing.T) {
	f := newFixture(t)
	accuracy := func(seed string) any {
		stdout, _ := clitest.Run(t, run, "-ensemble", f.ensemble, "-drawn", "200", "-summary", "-json", "-seed", seed)
		objects := clitest.Objects(t, stdout)
		require.Len(t, objects, 1)
		return objects[0]["nll"]
	}
	require.Equal(t, accuracy("1"), accuracy("1"))
	require.NotEqual(t, accuracy("1"), accuracy("2"))
}
