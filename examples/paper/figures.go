package main

import (
	"encoding/csv"
	"io"
	"path/filepath"
	"strconv"

	"github.com/trajens/trajens/examples/internal/cli"
)

// A sheet is what a figure is drawn from: the cells, and where it goes.
type sheet struct {
	cells []*cell
	dir   string
	about string // scale and data, for titles
}

// drawings are how figures are drawn, each with a table of its numbers beside it.
var drawings = map[string]func(s *sheet, name string) error{
	"1c": (*sheet).drawPerceptron,
	"2b": (*sheet).drawLoss,
	"2c": (*sheet).drawAccuracy,
	"2d": (*sheet).drawBatch,
	"3a": (*sheet).drawLossCurve,
	"3b": (*sheet).drawAccuracyCurve,
	"4":  (*sheet).drawNormality,
}

// draw draws a figure.
func (s *sheet) draw(figure string) error { return drawings[figure](s, "figure-"+figure) }

// writeTable writes a table as CSV.
func (s *sheet) writeTable(name string, rows [][]string) error {
	return cli.WriteFile(filepath.Join(s.dir, name+".csv"), func(w io.Writer) error {
		return csv.NewWriter(w).WriteAll(rows)
	})
}

// number writes a number in the shortest form, to six digits.
func number(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

// cellHead and cellFields are the columns of tables of cells.
var cellHead = []string{
	"sampler", "tau", "s", "runs", "loss", "stderr_within", "stderr_between", "minibatch_loss", "exact", "z", "r_hat",
	"accuracy", "accuracy_stderr", "member_accuracy", "mean_batch", "data_over_batch", "acceptance", "doubtful",
}

func (c *cell) fields() []string {
	loss := c.loss()
	accuracy := c.over(func(r *result) float64 { return float64(r.Accuracy) })
	batch := c.batch().Mean
	of := func(f func(r *result) cli.Number) string {
		return number(c.over(func(r *result) float64 { return float64(f(r)) }).Mean)
	}
	return []string{
		c.config.Sampler, strconv.Itoa(c.config.Tau), number(c.config.S), strconv.Itoa(len(c.runs)),
		number(loss.Mean), number(loss.Within), number(loss.Between), of(func(r *result) cli.Number { return r.MinibatchLoss }),
		of(func(r *result) cli.Number { return r.Exact }), number(c.z()), number(c.rHat()),
		number(accuracy.Mean), number(accuracy.Between), of(func(r *result) cli.Number { return r.Members }),
		number(batch), number(float64(c.runs[0].Samples) / batch),
		of(func(r *result) cli.Number { return r.Acceptance }), of(func(r *result) cli.Number { return r.Doubtful }),
	}
}

// writeCells writes the table of all cells.
func (s *sheet) writeCells(name string) error {
	rows := [][]string{cellHead}
	for _, c := range s.cells {
		rows = append(rows, c.fields())
	}
	return s.writeTable(name, rows)
}
