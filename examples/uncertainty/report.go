package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"time"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/sampler"
)

// A report judges the models of seeds as they come and writes what they are worth: JSON
// lines at once, tables and files at the end.
type report struct {
	*options
	sets           *sets
	stdout, stderr io.Writer
	progress       *cli.Progress
	begin          time.Time
	lines          *cli.Lines
	doubt          sampler.Doubt
	seeds          []*comparison
}

func newReport(o *options, s *sets, stdout, stderr io.Writer) *report {
	return &report{
		options: o, sets: s, stdout: stdout, stderr: stderr,
		progress: cli.NewProgress(stderr, 1), begin: time.Now(), lines: cli.NewLines(o.json, stdout),
	}
}

// judge measures the committees of a seed, from 0.
func (r *report) judge(seed int, models *seedModels) error {
	r.progress.Show(0, fmt.Sprintf("seed %d of %d: judging", seed+1, r.options.seeds))
	c, err := r.sets.compare(models, r.chains)
	if err != nil {
		return err
	}
	r.seeds = append(r.seeds, c)
	for _, row := range c.rows {
		object := row.object()
		object["seed"] = r.Seed + uint64(seed)
		for i, v := range row.measures {
			object[columns[i].name] = cli.Number(v)
		}
		err = errors.Join(err, r.lines.Write(object))
	}
	return err
}

// views are the tables and their titles.
var views = [][2]string{{"methods", "All methods"}, {"members", "Equal numbers of members"}, {"seconds", "Equal seconds"}}

// finish writes the means over the seeds.
func (r *report) finish() error {
	curve, err := newCurve(r.seeds)
	if err != nil || curve == nil {
		return err
	}
	var all []summary
	for _, view := range views {
		some, err := summarize(view[0], r.seeds, curve)
		if err != nil {
			return err
		}
		if all = append(all, some...); r.lines == nil && len(some) > 0 {
			r.printTable(view[1], some)
		}
	}
	for _, s := range all {
		err = errors.Join(err, r.lines.Write(s.object()))
	}
	if r.lines == nil {
		_, err = fmt.Fprintf(r.stdout, "%s, %d to train on, %d held out, %d to test on. Seeds: %d. In brackets: standard errors. See -h.\n",
			r.sets.label, r.sets.train.Len(), r.sets.judged[heldOut].Len(), r.sets.judged[test].Len(), len(r.seeds))
	}
	return errors.Join(err, r.writeCSV(all))
}

// object returns the name for a JSON line.
func (n *name) object() map[string]any {
	return map[string]any{"view": n.view, "method": n.method, "scaled": n.scaled}
}

func (s *summary) object() map[string]any {
	object := s.name.object()
	object["seeds"], object["equivalent"] = s.seeds, cli.Number(s.equivalent)
	object["equivalent_above"] = math.IsInf(s.equivalent, 1) // the largest number of networks
	for i, column := range columns {
		object[column.name], object[column.name+"_error"] = cli.Number(s.mean[i]), cli.Number(s.errors[i])
	}
	return object
}

// printTable writes the table of a view.
func (r *report) printTable(title string, rows []summary) {
	fmt.Fprintf(r.stdout, "%-40s", title)
	for i, column := range columns {
		fmt.Fprintf(r.stdout, " %*s", width(i), column.title)
	}
	fmt.Fprintln(r.stdout, " equiv.")
	for _, s := range rows {
		method := s.method
		if s.scaled {
			method = "  + temperature"
		}
		if s.seeds < len(r.seeds) {
			method += fmt.Sprintf(" (%d of the seeds)", s.seeds)
		}
		fmt.Fprintf(r.stdout, "%-40s", method)
		for i := range columns {
			fmt.Fprintf(r.stdout, " %*s", width(i), short(i, s.mean[i], s.errors[i]))
		}
		equivalent := fmt.Sprintf("%.2f", s.equivalent)
		if math.IsInf(s.equivalent, 1) {
			equivalent = fmt.Sprintf("> %d", r.networks)
		}
		fmt.Fprintf(r.stdout, " %6s\n", equivalent)
	}
	fmt.Fprintln(r.stdout)
}

// width returns that of a column: there is room for a standard error after the
// temperature.
func width(column int) int {
	if column <= Temperature {
		return 7
	}
	return 11
}

// short returns a number for a table: after the temperature with four decimals, its
// standard error in units of the last one, rounded up.
func short(column int, mean, err float64) string {
	switch {
	case math.IsNaN(mean):
		return "-"
	case column <= Temperature:
		return strconv.FormatFloat(mean, 'g', 3, 64)
	case math.IsNaN(err):
		return fmt.Sprintf("%.4f", mean)
	}
	return fmt.Sprintf("%.4f(%.0f)", mean, math.Ceil(1e4*err))
}

// writeCSV writes summaries as CSV. What has no value is empty.
func (r *report) writeCSV(all []summary) error {
	if r.out == "" {
		return nil
	}
	rows := [][]string{{"view", "method", "scaled", "seeds", "equivalent"}}
	for _, column := range columns {
		rows[0] = append(rows[0], column.name, column.name+"_error")
	}
	for _, s := range all {
		cells := []string{s.view, s.method, strconv.FormatBool(s.scaled), strconv.Itoa(s.seeds), exactly(s.equivalent)}
		for i := range columns {
			cells = append(cells, exactly(s.mean[i]), exactly(s.errors[i]))
		}
		rows = append(rows, cells)
	}
	return cli.WriteFile(filepath.Join(r.out, "uncertainty.csv"), func(w io.Writer) error { return csv.NewWriter(w).WriteAll(rows) })
}

// exactly returns a number for a file, nothing if it has no value.
func exactly(x float64) string {
	if math.IsInf(x, 1) {
		return "inf" // an equivalent beyond the curve
	}
	if x-x != 0 {
		return ""
	}
	return strconv.FormatFloat(x, 'g', 8, 64)
}
