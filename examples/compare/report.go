package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/judge"
)

// shown are the measures that there are columns of.
var shown = []int{
	judge.Members, judge.Parameters, judge.Seconds, judge.Accuracy, judge.NLL, judge.CalibratedNLL, judge.ECE,
	judge.Brier, judge.AUROC, judge.ShiftAccuracy, judge.ShiftNLL,
}

// views are the two parts of the table and their titles.
var views = [][2]string{{equalMembers, "Equal members"}, {equalSeconds, "Equal seconds"}}

// report prints the table and writes the files.
func (c *comparison) report(stdout io.Writer) error {
	var all []summary
	for _, view := range views {
		rows := c.summaries(view[0])
		if all = append(all, rows...); len(rows) > 0 {
			c.print(stdout, view[1], rows)
		}
	}
	if len(all) == 0 {
		return nil
	}
	fmt.Fprintf(stdout, "%s. Seeds: %d. See -h for the ways and the columns.\n", c.sets.Describe(), c.seeds)
	if c.out == "" {
		return nil
	}
	for _, write := range []func([]summary) error{c.writeCSV, c.writePage, c.plot} {
		if err := write(all); err != nil {
			return err
		}
	}
	return nil
}

// print writes a part of the table.
func (c *comparison) print(stdout io.Writer, title string, rows []summary) {
	fmt.Fprintf(stdout, "%-25s", title)
	for _, i := range shown {
		fmt.Fprintf(stdout, " %*s", judge.Width(i), judge.Columns[i].Title)
	}
	fmt.Fprintln(stdout)
	for _, s := range rows {
		name := s.way
		if s.seeds < c.seeds {
			name += fmt.Sprintf(" (of %d)", s.seeds)
		}
		fmt.Fprintf(stdout, "%-25s", name)
		for _, i := range shown {
			fmt.Fprintf(stdout, " %*s", judge.Width(i), judge.Short(i, s.mean[i], s.errors[i]))
		}
		fmt.Fprintln(stdout)
	}
	fmt.Fprintln(stdout)
}

// writeCSV writes the table as CSV. What has no value is empty.
func (c *comparison) writeCSV(all []summary) error {
	rows := [][]string{{"equal", "way", "seeds"}}
	for _, i := range shown {
		name := judge.Columns[i].Name
		rows[0] = append(rows[0], name, name+"_error")
	}
	for _, s := range all {
		cells := []string{s.view, s.way, strconv.Itoa(s.seeds)}
		for _, i := range shown {
			cells = append(cells, judge.Exactly(s.mean[i]), judge.Exactly(s.errors[i]))
		}
		rows = append(rows, cells)
	}
	return cli.WriteFile(filepath.Join(c.out, "compare.csv"), func(w io.Writer) error { return csv.NewWriter(w).WriteAll(rows) })
}
