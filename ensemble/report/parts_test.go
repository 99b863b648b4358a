package report_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/ensemble/report"
)

func TestBins(t *testing.T) {
	edges, counts := report.Bins([]float64{0, 1, 2, 3, 3.9, 4, 4}, 4, false)
	assert.Equal(t, []float64{0, 1, 2, 3, 4}, edges)
	assert.Equal(t, []float64{1, 1, 1, 4}, counts, "the last bin has its upper edge")

	edges, counts = report.Bins([]float64{1, 9.9, 10.1, 100, 0, -1}, 2, true)
	assert.InDeltaSlice(t, []float64{1, 10, 100}, edges, 1e-12)
	assert.Equal(t, []float64{2, 2}, counts, "numbers that are not positive are left out")

	edges, counts = report.Bins([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64}, 3, false)
	assert.Nil(t, edges)
	assert.Nil(t, counts)

	for v, want := range map[float64][]float64{3: {1.5, 4.5}, -2: {-3, -1}, 0: {-0.5, 0.5}} {
		edges, counts = report.Bins([]float64{v, v}, 10, false)
		assert.Equal(t, want, edges)
		assert.Equal(t, []float64{2}, counts)
	}
	_, counts = report.Bins([]float64{1, 2, 3}, 0, false)
	assert.Equal(t, []float64{3}, counts, "at least one bin")
}

// TestBinsCountAll demands that bins are increasing and count each value in
// the bin that has it.
func TestBinsCountAll(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		values := make([]float64, 1+rng.IntN(50))
		for i := range values {
			values[i] = math.Exp(20 * rng.NormFloat64())
		}
		edges, counts := report.Bins(values, 1+rng.IntN(20), rng.IntN(2) == 1)
		require.Len(t, edges, len(counts)+1)
		for i, count := range counts {
			require.Less(t, edges[i], edges[i+1])
			want := 0.0
			for _, v := range values {
				if v >= edges[i] && (v < edges[i+1] || v == edges[i+1] && i == len(counts)-1) {
					want++
				}
			}
			require.Equal(t, want, count)
		}
	}
}

// TestImagesArePNGs decodes an image of the page.
func TestImagesArePNGs(t *testing.T) {
	page := write(t, small())
	found := regexp.MustCompile(`src="data:image/png;base64,([^"]+)" width="3" height="2" alt="([^"]+)"`).FindStringSubmatch(page)
	require.NotNil(t, found)
	assert.Equal(t, "Image of class eel, predicted cat", found[2])
	content, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(found[1], "&#43;", "+"))
	require.NoError(t, err)
	decoded, err := png.Decode(bytes.NewReader(content))
	require.NoError(t, err)
	gray, ok := decoded.(*image.Gray)
	require.True(t, ok)
	assert.Equal(t, image.Rect(0, 0, 3, 2), gray.Rect)
	assert.Equal(t, []uint8{0, 64, 128, 255, 255, 0}, gray.Pix, "0, ¼, ½, 1, 2 and NaN")
}

func TestVotesShowTheTrueClass(t *testing.T) {
	descriptions := func(i report.Image) []string {
		i.Width, i.Height, i.Pixels = 1, 1, []float32{0}
		return parse(t, write(t, &report.Report{Galleries: []report.Gallery{{Images: []report.Image{i}}}})).texts["desc"]
	}
	votes := []int{1, 9, 3, 0, 5, 4}
	assert.Equal(t, []string{"Votes: 1: 9, 4: 5, 5: 4, 2: 3."}, descriptions(report.Image{True: 1, Votes: votes}))
	assert.Equal(t, []string{"Votes: 1: 9, 4: 5, 5: 4, 0: 1."}, descriptions(report.Image{True: 0, Votes: votes}))
	assert.Equal(t, []string{"Votes: 1: 9, 4: 5, 5: 4, 3: 0."}, descriptions(report.Image{True: 3, Votes: votes}))
	assert.Equal(t, []string{"Votes: 1: 9, 4: 5, 5: 4, 2: 3."}, descriptions(report.Image{True: -1, Votes: votes}))
	assert.Equal(t, []string{"Votes: 1: 9, 4: 5, 5: 4, 2: 3."}, descriptions(report.Image{True: 70, Votes: votes}))
	assert.Equal(t, []string{"Votes: 1: 2, 0: 0."}, descriptions(report.Image{True: 0, Votes: []int{0, 2, -3}}))
	assert.Empty(t, descriptions(report.Image{Votes: []int{0, 0}}))
	assert.Empty(t, descriptions(report.Image{}))
}

func TestCalibrationError(t *testing.T) {
	page := func(bins ...report.Bin) string {
		return write(t, &report.Report{Reliability: []report.Reliability{{Bins: bins}}})
	}
	const remark = "(expected calibration error): "
	// (4·0.25 + 16·0.125)/20
	assert.Contains(t, page(report.Bin{Confidence: 0.5, Accuracy: 0.25, Count: 4}, report.Bin{Confidence: 0.75, Accuracy: 0.875, Count: 16}), remark+"0.1500.")
	assert.NotContains(t, page(report.Bin{Confidence: math.NaN()}), remark)
}

func TestMostFrequentErrors(t *testing.T) {
	d := parse(t, write(t, &report.Report{
		Classes:    []string{"cat", "dog"}, // the third has no name
		Confusions: []report.Confusion{{Counts: [][]int{{8, 1, 1}, {3, 7, 0}, {0, 0, -4}}}},
	}))
	assert.Equal(t, []string{"dog", "cat", "3", "30.0%", "cat", "dog", "1", "10.0%", "cat", "2", "1", "10.0%"}, d.texts["td"])
}
