package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"gonum.org/v1/gonum/stat"
)

// summarize writes a Markdown table with a line for each table and method: means over the
// splits, and their standard errors.
func summarize(w io.Writer, rows []row) error {
	type group struct{ table, method string }
	var groups []group
	of := map[group][]row{}
	for _, r := range rows {
		g := group{r.table, r.method}
		if of[g] == nil {
			groups = append(groups, g)
		}
		of[g] = append(of[g], r)
	}
	t := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintln(t, "| table |\tensemble |\tsplits |\tmodels |\tRMSE |\tNLL |\tNLL, normal |\tcoverage of 90 % |\tseconds |\tof processors |")
	fmt.Fprintln(t, "|---|\t---|\t---|\t---|\t---|\t---|\t---|\t---|\t---|\t---|")
	for _, g := range groups {
		in := of[g]
		column := func(value func(r row) float64, digits int) string {
			values := make([]float64, len(in))
			for i, r := range in {
				values[i] = value(r)
			}
			return meanAndError(values, digits)
		}
		mean := func(value func(r row) float64) string {
			sum := 0.0
			for _, r := range in {
				sum += value(r) / float64(len(in))
			}
			if math.IsNaN(sum) {
				return "–"
			}
			return fmt.Sprintf("%.3g", sum)
		}
		fmt.Fprintf(t, "| %s |\t%s |\t%d |\t%d |\t%s |\t%s |\t%s |\t%s |\t%s |\t%s |\n", g.table, g.method, len(in), in[0].models,
			column(func(r row) float64 { return r.rmse }, 4), column(func(r row) float64 { return r.nll }, 3),
			column(func(r row) float64 { return r.normalNLL }, 3), column(func(r row) float64 { return r.coverage }, 3),
			mean(func(r row) float64 { return r.seconds }), mean(func(r row) float64 { return r.processor }))
	}
	return t.Flush()
}

// meanAndError returns the mean of values and its standard error, which one value has not.
func meanAndError(values []float64, digits int) string {
	mean, deviation := stat.MeanStdDev(values, nil)
	if len(values) < 2 {
		return fmt.Sprintf("%.*f", digits, mean)
	}
	return fmt.Sprintf("%.*f ± %.*f", digits, mean, digits, stat.StdErr(deviation, float64(len(values))))
}
