package report

import (
	"cmp"
	"slices"

	"github.com/trajens/trajens/ensemble/report/internal/chart"
	"github.com/trajens/trajens/ensemble/report/internal/number"
)

// maxErrors is the number of errors listed beside a confusion matrix.
const maxErrors = 6

// An errorView is a class that is taken for another one.
type errorView struct{ True, Predicted, Count, Share string }

func (v *view) confusions(r *Report) *section {
	s := &section{
		ID: "confusions", Title: "Confusions",
		Intro: "A row has the samples of one true class, by predicted class: right ones on the diagonal (blue), errors beside it (orange). " +
			"A stronger color is a larger share of the row; errors are shaded by the square root of their share, so that rare ones are seen.",
	}
	for _, c := range r.Confusions {
		if len(c.Counts) == 0 {
			continue
		}
		names := make([]string, len(c.Counts))
		for i := range names {
			names[i] = r.className(i)
		}
		f := v.figure(c.Title, c.Caption, "Confusion matrix", chart.Matrix(names, c.Counts))
		f.Errors = r.frequentErrors(c.Counts)
		s.Figures = append(s.Figures, f)
	}
	return s
}

// frequentErrors returns the most frequent errors, of equally frequent ones the
// first by row and column.
func (r *Report) frequentErrors(counts [][]int) []errorView {
	type entry struct{ row, column, count int }
	var errors []entry
	for i, row := range counts {
		for j, n := range row {
			if i != j && n > 0 {
				errors = append(errors, entry{i, j, n})
			}
		}
	}
	slices.SortStableFunc(errors, func(a, b entry) int { return cmp.Compare(b.count, a.count) })
	var shown []errorView
	for _, e := range errors[:min(len(errors), maxErrors)] {
		sum := 0.0
		for _, n := range counts[e.row] {
			sum += float64(max(n, 0))
		}
		shown = append(shown, errorView{
			True: r.className(e.row), Predicted: r.className(e.column),
			Count: number.Fixed(float64(e.count), 0), Share: number.Percent(float64(e.count) / sum),
		})
	}
	return shown
}
