package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/trajens/trajens/examples/internal/cli"
)

// A report writes results to standard output as they come, as tables or JSON lines, and
// files at the end.
type report struct {
	*options
	table   io.Writer
	lines   *cli.Lines
	results []*result
	notes   []string // of the table in hand
}

// row is the layout of a table's row.
const row = "%-15s %-39s %8s %7s %8s %8s %9s %9s %8s %9s %9s\n"

// add reports a result.
func (r *report) add(one *result) error {
	first := len(r.results) == 0 || r.results[len(r.results)-1].S != one.S
	r.results = append(r.results, one)
	if r.lines != nil {
		return r.lines.Write(one)
	}
	if first {
		if err := r.endTable(); err != nil {
			return err
		}
		head := fmt.Sprintf(row, "", "", "", "", "losses/", "", "jump/", "jump/", "", "effective", "/s of") +
			fmt.Sprintf(row, "sampler", "sizes", "accepted", "batch", "step", "steps/s", "s", "M losses", "loss", "loss", "logits")
		if _, err := fmt.Fprintf(r.table, "s = %g\n%s", one.S, head); err != nil {
			return err
		}
	}
	if one.note != "" {
		r.notes = append(r.notes, one.note)
	}
	_, err := fmt.Fprintf(r.table, row, one.Sampler, one.sizesForPeople(),
		short(one.Acceptance), short(one.MeanBatch), short(one.LossesPerStep), short(one.StepsPerSecond),
		short(one.JumpPerSecond), short(one.JumpPerMillion), short(one.Loss), one.effectiveForPeople(one.LossesPerSecond), one.effectiveForPeople(one.LogitsPerSecond))
	return err
}

// sizesForPeople returns the sizes with a mark if the tuning was cut short.
func (r *result) sizesForPeople() string {
	switch {
	case r.Sizes == "":
		return "-"
	case !r.Tuned:
		return "~ " + r.Sizes
	}
	return r.Sizes
}

// effectiveForPeople returns a number of effective samples per second, a bound where the run
// is too short for one.
func (r *result) effectiveForPeople(n cli.Number) string {
	if math.IsNaN(float64(n)) && r.Recordings >= shortest {
		return "< " + short(cli.Number(longEnough/r.Seconds))
	}
	return short(n)
}

// short returns a number with three digits, or a dash.
func short(n cli.Number) string {
	x := float64(n)
	switch {
	case x-x != 0:
		return "-"
	case math.Abs(x) >= 100:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x != 0 && math.Abs(x) < 0.001:
		return strconv.FormatFloat(x, 'g', 2, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// endTable writes the notes of a table, and an empty line.
func (r *report) endTable() error {
	if r.lines != nil || len(r.results) < 2 && len(r.notes) == 0 {
		return nil
	}
	_, err := fmt.Fprintln(r.table, strings.Join(r.notes, "\n"))
	r.notes = nil
	return err
}

// finish ends the last table and writes the files, of what was measured of the data with
// that name.
func (r *report) finish(label string) error {
	var notes error
	if len(r.notes) > 0 {
		notes = r.endTable()
	}
	if r.out == "" || len(r.results) == 0 {
		return notes
	}
	return errors.Join(notes, r.writeTable(filepath.Join(r.out, "samplers.csv")), r.plot(label))
}

// columns are those of the CSV file, named as in JSON.
var columns = []string{
	"s", "sampler", "sizes", "tuned", "steps", "seconds", "acceptance", "mean_batch", "losses_per_step", "steps_per_second",
	"jump_per_second", "jump_per_million", "loss", "loss_samples_per_second", "logit_samples_per_second", "recordings",
}

// writeTable writes all results as CSV. What has no value is empty.
func (r *report) writeTable(path string) error {
	rows := [][]string{columns}
	for _, one := range r.results {
		cells := []string{exactly(cli.Number(one.S)), one.Sampler, one.Sizes, strconv.FormatBool(one.Tuned), strconv.Itoa(one.Steps)}
		for _, n := range []cli.Number{
			cli.Number(one.Seconds), one.Acceptance, one.MeanBatch, one.LossesPerStep, one.StepsPerSecond,
			one.JumpPerSecond, one.JumpPerMillion, one.Loss, one.LossesPerSecond, one.LogitsPerSecond,
		} {
			cells = append(cells, exactly(n))
		}
		rows = append(rows, append(cells, strconv.Itoa(one.Recordings)))
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(csv.NewWriter(file).WriteAll(rows), file.Close())
}

// exactly returns a number for a file, nothing if it has no value.
func exactly(n cli.Number) string {
	if x := float64(n); x-x == 0 {
		return strconv.FormatFloat(x, 'g', 8, 64)
	}
	return ""
}
