package main

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/examples/internal/clitest"
)

// decode returns a sheet.
func decode(t *testing.T, path string) image.Image {
	t.Helper()
	clitest.PNG(t, path)
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	picture, err := png.Decode(file)
	require.NoError(t, err)
	return picture
}

// A sheet is of any number of images, with labels or without, and as high as it
// has rows.
func TestSheet(t *testing.T) {
	f := newFixture(t)
	path := filepath.Join(f.dir, "sheet.png")
	heights := make(map[string]int)
	for _, n := range []string{"1", "2", "7", "8", "200"} {
		clitest.Run(t, run, "-ensemble", f.ensemble, "-images", f.images, "-first", n, "-sheet", path)
		picture := decode(t, path)
		require.InDelta(t, 1092, picture.Bounds().Dx(), 1)
		heights[n] = picture.Bounds().Dy()
	}
	require.Equal(t, heights["7"], heights["8"])
	require.Less(t, heights["1"], heights["2"])
	require.Less(t, heights["8"], heights["200"])
	clitest.Run(t, run, "-ensemble", f.ensemble, "-images", f.images, "-labels", f.labels, "-sheet", path)
	decode(t, path)
}

// extremes are the ends of the order by entropy.
func TestExtremes(t *testing.T) {
	var judgments []judgment
	for i := range 100 {
		judgments = append(judgments, judgment{index: i, entropy: float64(i * 37 % 100)})
	}
	certain, doubtful := extremes(judgments)
	require.Len(t, certain, columns*certainRows)
	require.Len(t, doubtful, columns*doubtRows)
	for k := range certain {
		require.Equal(t, float64(k), certain[k].entropy)
	}
	for k := range doubtful {
		require.Equal(t, float64(99-k), doubtful[k].entropy)
	}
	require.Equal(t, 37.0, judgments[1].entropy, "the order stays")
	certain, doubtful = extremes(judgments[:3])
	require.Len(t, certain, 1)
	require.Len(t, doubtful, 2)
	certain, doubtful = extremes(judgments[:1])
	require.Empty(t, certain)
	require.Len(t, doubtful, 1)
}

func TestCertainty(t *testing.T) {
	for _, c := range []struct {
		entropy, mutual float64
		words           string
	}{
		{0, 0, "certain"},
		{0.1, 0.1, "certain"},
		{0.2, 0.2, "fairly certain"},
		{0.8, 0.3, "uncertain: members have doubts"},
		{0.8, 0.5, "uncertain: members disagree"},
		{2.3, 0.5, "very uncertain: members have doubts"},
		{2.3, 2, "very uncertain: members disagree"},
	} {
		j := judgment{probabilities: make([]float64, 10), entropy: c.entropy, mutual: c.mutual}
		require.Equal(t, c.words, j.certainty())
	}
}
