package main

import (
	"fmt"
	"io"
	"math"

	"github.com/trajens/trajens/examples/internal/cli"
)

// A report writes panels to standard output, as a table or as JSON lines.
type report struct {
	w     io.Writer
	lines *cli.Lines
	head  bool // was written
}

func newReport(json bool, w io.Writer) *report {
	return &report{w: w, lines: cli.NewLines(json, w)}
}

func (r *report) add(row []panel) error {
	for _, p := range row {
		if r.lines != nil {
			if err := r.lines.Write(p); err != nil {
				return err
			}
			continue
		}
		if !r.head {
			fmt.Fprintln(r.w, "    step  move     loss      b  batches  deviation      A²    p-value  Seita's bound")
			r.head = true
		}
		loss := "-" // before the first test
		if !math.IsNaN(float64(p.Loss)) {
			loss = fmt.Sprintf("%.4f", float64(p.Loss))
		}
		_, err := fmt.Fprintf(r.w, "%8d  %-6s %6s %6d  %7d  %9.4f  %6.3f  %9.2g  %13.3f\n",
			p.Step, p.Move, loss, p.Batch, p.Batches, p.Deviation, p.AndersonDarling, p.PValue, p.Bound)
		if err != nil {
			return err
		}
	}
	return nil
}
