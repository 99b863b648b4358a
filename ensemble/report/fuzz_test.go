package report_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/ensemble/report"
)

// A reader makes whatever is asked for from bytes, and zeros at their end.
type reader struct{ bytes []byte }

func (r *reader) take(n int) []byte {
	n = min(n, len(r.bytes))
	taken := r.bytes[:n]
	r.bytes = r.bytes[n:]
	return taken
}

// below returns a number from 0 to n − 1.
func (r *reader) below(n int) int {
	b := r.take(1)
	if len(b) == 0 {
		return 0
	}
	return int(b[0]) % n
}

var specials = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, 0.1, 1e-300, 1e-301, 5e-324, 1e300, 1.1e300, -1e300, math.MaxFloat64, -math.MaxFloat64,
	math.NaN(), math.Inf(1), math.Inf(-1), 1e6, 999999.5, 1e-3, 1e15, 1e15 + 1, 1 - 1e-16, 1 + 1e-15,
}

func (r *reader) float() float64 {
	switch i := r.below(2 * len(specials)); {
	case i < len(specials):
		return specials[i]
	case i%2 == 0:
		return float64(int8(r.below(256)))
	}
	var bits [8]byte
	copy(bits[:], r.take(8))
	return math.Float64frombits(binary.LittleEndian.Uint64(bits[:]))
}

func (r *reader) floats(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = r.float()
	}
	return values
}

func (r *reader) integer() int {
	switch r.below(4) {
	case 0:
		return 0
	case 1:
		return math.MaxInt
	case 2:
		return -1 - r.below(200)
	}
	return r.below(256)
}

func (r *reader) integers(n int) []int {
	values := make([]int, n)
	for i := range values {
		values[i] = r.integer()
	}
	return values
}

func (r *reader) text() string { return string(r.take(r.below(40))) }

func (r *reader) value() report.Value {
	switch r.below(4) {
	case 0:
		return report.Number(r.float())
	case 1:
		return report.Estimate(r.float(), r.float(), r.float())
	case 2:
		return report.Text(r.text())
	}
	return report.Value{}
}

func (r *reader) axis() report.Axis {
	return report.Axis{Label: r.text(), Logarithmic: r.below(2) == 1}
}

// list returns up to most elements.
func list[T any](r *reader, most int, make func() T) []T {
	var elements []T
	for range r.below(most + 1) {
		elements = append(elements, make())
	}
	return elements
}

func (r *reader) plot() report.Plot {
	return report.Plot{
		Title: r.text(), Caption: r.text(), X: r.axis(), Y: r.axis(),
		Lines: list(r, 3, func() report.Line {
			n := r.below(60)
			l := report.Line{Name: r.text(), X: r.floats(n), Y: r.floats(n)}
			if r.below(2) == 1 {
				l.Low, l.High = r.floats(n), r.floats(n)
			}
			return l
		}),
	}
}

func (r *reader) report() *report.Report {
	return &report.Report{
		Title: r.text(), Subtitle: r.text(),
		Training: list(r, 2, r.plot),
		Histograms: list(r, 2, func() report.Histogram {
			n := r.below(12)
			return report.Histogram{Title: r.text(), Caption: r.text(), X: r.axis(), Y: r.axis(), Edges: r.floats(n + 1), Counts: r.floats(n)}
		}),
		Classes: list(r, 12, r.text),
		Reliability: list(r, 2, func() report.Reliability {
			return report.Reliability{Title: r.text(), Bins: list(r, 20, func() report.Bin {
				return report.Bin{Confidence: r.float(), Accuracy: r.float(), Count: r.integer()}
			})}
		}),
		Confusions: list(r, 2, func() report.Confusion {
			n := r.below(14)
			c := report.Confusion{Title: r.text()}
			for range n {
				c.Counts = append(c.Counts, r.integers(n))
			}
			return c
		}),
		Galleries: list(r, 1, func() report.Gallery {
			return report.Gallery{Title: r.text(), Images: list(r, 2, func() report.Image {
				i := report.Image{Width: 1 + r.below(5), Height: 1 + r.below(5), True: r.integer(), Predicted: r.integer(), Votes: r.integers(r.below(12)), Note: r.text()}
				for range i.Width * i.Height {
					i.Pixels = append(i.Pixels, float32(r.float()))
				}
				return i
			})}
		}),
		Shifts: list(r, 2, r.plot),
		Tables: list(r, 2, func() report.Table {
			table := report.Table{Title: r.text(), Caption: r.text(), Corner: r.text(), Columns: list(r, 3, r.text)}
			table.Rows = list(r, 3, func() report.Row {
				row := report.Row{Name: r.text()}
				for range table.Columns {
					row.Values = append(row.Values, r.value())
				}
				return row
			})
			return table
		}),
		Headlines:     list(r, 3, func() report.Headline { return report.Headline{Name: r.text(), Value: r.value(), Note: r.text()} }),
		Configuration: list(r, 3, func() report.Setting { return report.Setting{Name: r.text(), Value: r.text()} }),
		Sizes:         list(r, 1, r.plot),
		Notes:         list(r, 2, r.text),
	}
}

// FuzzWrite writes reports of whatever numbers and texts, and demands that each
// is a well-formed page, whose drawings have finite coordinates.
func FuzzWrite(f *testing.F) {
	f.Add([]byte{})
	rng := rand.New(rand.NewPCG(7, 8))
	for n := range 30 {
		seed := make([]byte, 100*n)
		for i := range seed {
			seed[i] = byte(rng.Uint32())
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		parse(t, write(t, (&reader{content}).report()))
	})
}

// TestRandomReports is the property of FuzzWrite for many random reports.
func TestRandomReports(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 9))
		content := make([]byte, rng.IntN(6000))
		for i := range content {
			content[i] = byte(rng.Uint32())
		}
		r := (&reader{content}).report()
		require.NotPanics(t, func() { parse(t, write(t, r)) }, "seed %d", seed)
	}
}
