package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	document "github.com/trajens/trajens/ensemble/report"
	"github.com/trajens/trajens/examples/internal/judge"
)

// writePage writes the table and the figure as one HTML file.
func (c *comparison) writePage(all []summary) error {
	page := &document.Report{
		Title:    "Ways to an ensemble on " + c.sets.Label,
		Subtitle: fmt.Sprintf("%s; seeds: %d", c.sets.Describe(), c.seeds),
		Configuration: []document.Setting{
			{Name: "Network", Value: c.net.Architecture()},
			{Name: "Members", Value: fmt.Sprint(c.members)},
			{Name: "Epochs of a network", Value: fmt.Sprint(c.epochs)},
			{Name: "Largest learning rate", Value: fmt.Sprint(c.rate)},
			{Name: "Workers", Value: fmt.Sprint(c.workers)},
			{Name: "Seed", Value: fmt.Sprint(c.seed)},
		},
		Training: []document.Plot{c.plotOfPage(all)},
	}
	for _, view := range views {
		page.Tables = append(page.Tables, table(view[1], c.summaries(view[0])))
	}
	for _, w := range c.ways {
		page.Notes = append(page.Notes, w.name+": "+strings.Join(strings.Fields(w.about), " ")+".")
	}
	return page.WriteFile(filepath.Join(c.out, "compare.html"))
}

// table returns a part of the table with standard errors.
func table(title string, rows []summary) document.Table {
	t := document.Table{Title: title, Corner: "way", Caption: "Intervals are a standard error over the seeds to both sides. Lower is better for NLL, ECE and Brier, higher for accuracy and AUROC."}
	for _, i := range shown {
		t.Columns = append(t.Columns, columnTitle(i))
	}
	for _, s := range rows {
		r := document.Row{Name: s.way}
		for _, i := range shown {
			v := document.Number(s.mean[i])
			if e := s.errors[i]; i >= judge.Accuracy && !math.IsNaN(e) {
				v = document.Estimate(s.mean[i], s.mean[i]-e, s.mean[i]+e)
			}
			r.Values = append(r.Values, v)
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// plotOfPage returns the figure: a line for each way, from equal members to equal seconds.
func (c *comparison) plotOfPage(all []summary) document.Plot {
	p := document.Plot{
		Title:   "Calibrated NLL against the time of training",
		Caption: "Each line goes from a way's usual work for as many members as the others to as much work as takes the seconds of the deep ensemble.",
		X:       document.Axis{Label: "seconds of processors", Logarithmic: true},
		Y:       document.Axis{Label: "calibrated NLL, nats", Logarithmic: true},
	}
	for _, w := range c.ways {
		line := document.Line{Name: w.name}
		for _, s := range all {
			if s.way == w.name {
				line.X, line.Y = append(line.X, s.mean[judge.Seconds]), append(line.Y, s.mean[judge.CalibratedNLL])
			}
		}
		if line.X != nil {
			p.Lines = append(p.Lines, line)
		}
	}
	return p
}
