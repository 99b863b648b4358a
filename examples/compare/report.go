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

// columnName and columnTitle return those of a column, in files and in tables.
func columnName(column int) string {
	if column == judge.Seconds {
		return "processor_seconds"
	}
	return judge.Columns[column].Name
}

func columnTitle(column int) string {
	if column == judge.Seconds {
		return "proc. s"
	}
	return judge.Columns[column].Title
}

// report prints the table and writes the files.
func (c *comparison) report(stdout io.Writer) error {
	for _, view := range views {
		if rows := c.summaries(view[0]); len(rows) > 0 {
			c.print(stdout, view[1], rows)
		}
	}
	all := c.all()
	if len(all) == 0 {
		return nil
	}
	fmt.Fprintf(stdout, "%s. Seeds: %d. See -h for the ways and the columns.\n", c.sets.Describe(), c.seeds)
	if c.out == "" {
		return nil
	}
	if err := c.writePage(all); err != nil {
		return err
	}
	return c.plot(all)
}

// print writes a part of the table.
func (c *comparison) print(stdout io.Writer, title string, rows []summary) {
	fmt.Fprintf(stdout, "%-25s", title)
	for _, i := range shown {
		fmt.Fprintf(stdout, " %*s", judge.Width(i), columnTitle(i))
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

// writeCSV writes the table as CSV, if files are asked for. What has no value is empty.
func (c *comparison) writeCSV() error {
	if c.out == "" {
		return nil
	}
	rows := [][]string{{"equal", "way", "seeds"}}
	for _, i := range shown {
		rows[0] = append(rows[0], columnName(i), columnName(i)+"_error")
	}
	for _, s := range c.all() {
		cells := []string{s.view, s.way, strconv.Itoa(s.seeds)}
		for _, i := range shown {
			cells = append(cells, judge.Exactly(s.mean[i]), judge.Exactly(s.errors[i]))
		}
		rows = append(rows, cells)
	}
	return cli.WriteFile(filepath.Join(c.out, "compare.csv"), func(w io.Writer) error { return csv.NewWriter(w).WriteAll(rows) })
}
