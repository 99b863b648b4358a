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
	"github.com/trajens/trajens/examples/internal/judge"
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
		for _, i := range shown {
			object[judge.Columns[i].Name] = cli.Number(row.Measures[i])
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
		_, err = fmt.Fprintf(r.stdout, "%s. Seeds: %d. In brackets: standard errors. See -h.\n", r.sets.Describe(), len(r.seeds))
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
	for _, i := range shown {
		column := judge.Columns[i]
		object[column.Name], object[column.Name+"_error"] = cli.Number(s.mean[i]), cli.Number(s.errors[i])
	}
	return object
}

// printTable writes the table of a view.
func (r *report) printTable(title string, rows []summary) {
	fmt.Fprintf(r.stdout, "%-40s", title)
	for _, i := range shown {
		fmt.Fprintf(r.stdout, " %*s", judge.Width(i), judge.Columns[i].Title)
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
		for _, i := range shown {
			fmt.Fprintf(r.stdout, " %*s", judge.Width(i), judge.Short(i, s.mean[i], s.errors[i]))
		}
		equivalent := fmt.Sprintf("%.2f", s.equivalent)
		if math.IsInf(s.equivalent, 1) {
			equivalent = fmt.Sprintf("> %d", r.networks)
		}
		fmt.Fprintf(r.stdout, " %6s\n", equivalent)
	}
	fmt.Fprintln(r.stdout)
}

// writeCSV writes summaries as CSV. What has no value is empty.
func (r *report) writeCSV(all []summary) error {
	if r.out == "" {
		return nil
	}
	rows := [][]string{{"view", "method", "scaled", "seeds", "equivalent"}}
	for _, i := range shown {
		name := judge.Columns[i].Name
		rows[0] = append(rows[0], name, name+"_error")
	}
	for _, s := range all {
		cells := []string{s.view, s.method, strconv.FormatBool(s.scaled), strconv.Itoa(s.seeds), judge.Exactly(s.equivalent)}
		for _, i := range shown {
			cells = append(cells, judge.Exactly(s.mean[i]), judge.Exactly(s.errors[i]))
		}
		rows = append(rows, cells)
	}
	return cli.WriteFile(filepath.Join(r.out, "uncertainty.csv"), func(w io.Writer) error { return csv.NewWriter(w).WriteAll(rows) })
}
