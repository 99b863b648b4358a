package report_test

import (
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/ensemble/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The bytes of a PNG file depend on the compression of the Go release.
var dataURIs = regexp.MustCompile(`data:image/png;base64,[^"]+`)

// TestGolden compares the page with one that was looked at. On a difference the
// page is left beside the golden file, with the ending .got.
func TestGolden(t *testing.T) {
	golden := filepath.Join("testdata", "small.html")
	got := dataURIs.ReplaceAllString(write(t, small()), "data:image/png;base64,")
	parse(t, got)
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err, "run the test with -update")
	if got != string(want) {
		require.NoError(t, os.WriteFile(golden+".got", []byte(got), 0o644))
		t.Fatalf("the page differs from %s: compare with %s.got", golden, golden)
	}
}

func TestSameReportGivesSameBytes(t *testing.T) {
	first := write(t, sample(t))
	require.True(t, first == write(t, sample(t)))
}

func TestEmptyReport(t *testing.T) {
	page := write(t, &report.Report{})
	d := parse(t, page)
	assert.Equal(t, []string{"Ensemble report"}, d.texts["h1"])
	assert.Equal(t, []string{"Ensemble report"}, d.texts["title"])
	for _, tag := range []string{"section", "svg", "nav", "dl", "table", "img"} {
		assert.Empty(t, d.texts[tag], tag)
	}
}

// TestSections has each field alone, with data and without.
func TestSections(t *testing.T) {
	full := small()
	for _, c := range []struct {
		name        string
		with, empty report.Report
	}{
		{"Configuration", report.Report{Configuration: full.Configuration}, report.Report{Configuration: []report.Setting{}}},
		{"Training", report.Report{Training: full.Training}, report.Report{Training: []report.Plot{{Title: "no lines"}}}},
		{"Training", report.Report{Histograms: full.Histograms}, report.Report{Histograms: []report.Histogram{{Title: "no bars"}}}},
		{"Metrics", report.Report{Tables: full.Tables}, report.Report{Tables: []report.Table{{Title: "no rows"}}}},
		{"Calibration", report.Report{Reliability: full.Reliability}, report.Report{Reliability: []report.Reliability{{Title: "no bins"}}}},
		{"Confusions", report.Report{Confusions: full.Confusions}, report.Report{Confusions: []report.Confusion{{Title: "no classes"}}, Classes: full.Classes}},
		{"Number of members", report.Report{Sizes: full.Sizes}, report.Report{Sizes: []report.Plot{{}}}},
		{"Shifted data", report.Report{Shifts: full.Shifts}, report.Report{Shifts: []report.Plot{{}}}},
		{"Images", report.Report{Galleries: full.Galleries}, report.Report{Galleries: []report.Gallery{{Title: "no images"}}}},
		{"Notes", report.Report{Notes: full.Notes}, report.Report{Notes: []string{}}},
	} {
		assert.Equal(t, []string{c.name}, parse(t, write(t, &c.with)).texts["h2"])
		assert.Empty(t, parse(t, write(t, &c.empty)).texts["h2"], c.name)
	}
}

// TestNeedsNothingElse demands that the page has no scripts and loads nothing.
func TestNeedsNothingElse(t *testing.T) {
	page := write(t, sample(t))
	for _, tag := range parse(t, page).tags {
		name, _, _ := strings.Cut(tag, " ")
		assert.NotContains(t, []string{"script", "link", "iframe", "object", "embed", "image", "use", "foreignObject"}, name)
	}
	for _, word := range []string{"http:", "https:", "@import", "url(", "src=\"//"} {
		assert.NotContains(t, page, word)
	}
	assert.Contains(t, page, `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`)
}

func TestEachDrawingHasNameAndDescription(t *testing.T) {
	page := write(t, sample(t))
	drawings := regexp.MustCompile(`role="img" aria-labelledby="([^"]+)"`).FindAllStringSubmatch(page, -1)
	require.Len(t, drawings, 1+2+3+1+2+5+24)
	seen := map[string]bool{}
	for _, drawing := range drawings {
		for _, id := range strings.Fields(drawing[1]) {
			assert.False(t, seen[id], id)
			seen[id] = true
			assert.Equal(t, 1, strings.Count(page, `id="`+id+`"`), id)
		}
	}
}

func TestNumbersThatAreNot(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	r := report.Report{
		Headlines: []report.Headline{
			{Value: report.Number(nan)}, {Value: report.Number(inf)}, {Value: report.Number(-inf)}, {},
			{Value: report.Estimate(1, nan, inf)}, {Value: report.Estimate(1, nan, nan)},
		},
	}
	d := parse(t, write(t, &r))
	assert.Equal(t, []string{"–", "∞", "−∞", "–", "1", "– to ∞", "1"}, d.texts["dd"])
	page := write(t, stress())
	for _, word := range []string{"Inf", "nan", "+Inf", "NaN "} {
		assert.NotContains(t, page, word)
	}
	assert.Equal(t, 1, strings.Count(page, "NaN"), "but for the name of a headline")
}

func TestUndrawnValuesAreCounted(t *testing.T) {
	line := func(y ...float64) []report.Line { return []report.Line{{X: []float64{1, 2, 3, 4}, Y: y}} }
	for want, p := range map[string]report.Plot{
		"":              {Lines: line(1, 2, 3, 4)},
		"One value has": {Lines: line(1, math.NaN(), 3, 4)},
		"2 values have": {Lines: line(-1, 2, 0, 4), Y: report.Axis{Logarithmic: true}},
		"4 values have": {Lines: line(-1, -2, 0, math.Inf(1)), Y: report.Axis{Logarithmic: true}},
	} {
		page := write(t, &report.Report{Training: []report.Plot{p}})
		if want == "" {
			assert.NotContains(t, page, "no place in the chart")
		} else {
			assert.Contains(t, page, want+" no place in the chart")
		}
	}
}

func TestShiftsShareAnAxis(t *testing.T) {
	shift := func(label string, low float64) report.Plot {
		return report.Plot{Title: "shift", Y: report.Axis{Label: label}, Lines: []report.Line{{X: []float64{0, 1}, Y: []float64{0.95, low}}}}
	}
	ticks := func(plots ...report.Plot) []string {
		page := write(t, &report.Report{Shifts: plots})
		var drawings []string
		for _, part := range strings.Split(page, "<svg")[1:] {
			grid := regexp.MustCompile(`class="tick end"[^>]*>([^<]*)`).FindAllStringSubmatch(part, -1)
			labels := ""
			for _, g := range grid {
				labels += g[1] + " "
			}
			drawings = append(drawings, labels)
		}
		return drawings
	}
	alone := ticks(shift("accuracy", 0.9))
	together := ticks(shift("accuracy", 0.9), shift("accuracy", 0.1), shift("error", 0.9))
	assert.Equal(t, together[0], together[1])
	assert.NotEqual(t, alone[0], together[0])
	assert.Equal(t, alone[0], together[2], "another metric")
}

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, small().WriteFile(path))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, write(t, small()), string(content))
	wrong := report.Report{Training: []report.Plot{{Lines: []report.Line{{X: []float64{1}}}}}}
	require.Error(t, wrong.WriteFile(path))
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, content, after)
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteReturnsErrorOfWriter(t *testing.T) {
	require.ErrorIs(t, small().Write(brokenWriter{}), errBroken)
}

func TestErrors(t *testing.T) {
	line := func(l report.Line) []report.Plot {
		return []report.Plot{{}, {Lines: []report.Line{{}, l}}}
	}
	image := func(i report.Image) []report.Gallery { return []report.Gallery{{Images: []report.Image{i}}} }
	two := []float64{1, 2}
	for want, r := range map[string]report.Report{
		"report: Training[1]: Lines[1]: X has 2 numbers and Y 1, want as many":                {Training: line(report.Line{X: two, Y: two[:1]})},
		"report: Sizes[1]: Lines[1]: one of Low and High is nil, want both or none":           {Sizes: line(report.Line{X: two, Y: two, Low: two})},
		"report: Shifts[1]: Lines[1]: Low has 2 numbers and High 1, want 2 as in X":           {Shifts: line(report.Line{X: two, Y: two, Low: two, High: two[:1]})},
		"report: Histograms[0]: 2 edges for 2 counts, want 3":                                 {Histograms: []report.Histogram{{Edges: two, Counts: two}}},
		"report: Histograms[0]: 2 edges for 0 counts, want 1":                                 {Histograms: []report.Histogram{{Edges: two}}},
		"report: Tables[0]: Rows[0] has 2 values, want 1 as there are columns":                {Tables: []report.Table{{Columns: []string{"a"}, Rows: []report.Row{{Values: make([]report.Value, 2)}}}}},
		"report: Confusions[0]: Counts[1] has 1 numbers, want 2 as there are rows":            {Confusions: []report.Confusion{{Counts: [][]int{{1, 2}, {3}}}}},
		"report: Galleries[0]: Images[0]: the image is 0 × 2 pixels, want 1 to 4096 each way": {Galleries: image(report.Image{Height: 2})},
		"report: Galleries[0]: Images[0]: 3 pixels, want 2 × 2":                               {Galleries: image(report.Image{Width: 2, Height: 2, Pixels: make([]float32, 3)})},
	} {
		var out strings.Builder
		require.EqualError(t, r.Write(&out), want)
		require.Empty(t, out.String(), "nothing is written on an error")
	}
}

// TestManyPoints demands that the size of the page does not grow with the
// number of steps.
func TestManyPoints(t *testing.T) {
	const n = 300_000
	l := report.Line{X: make([]float64, n), Y: make([]float64, n), Low: make([]float64, n), High: make([]float64, n)}
	for i := range l.X {
		l.X[i], l.Y[i] = float64(i), math.Sin(float64(i)*0.7)
		l.Low[i], l.High[i] = l.Y[i]-1, l.Y[i]+1
	}
	page := write(t, &report.Report{Training: []report.Plot{{Lines: []report.Line{l}}}})
	// At most four corners in each of 720 half pixels, of a line and two edges
	// of a band, 14 bytes each, and the style sheet.
	assert.Less(t, len(page), 720*4*3*14+20_000)
}
