package main

import (
	"fmt"
	"io"
	"math"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/examples/internal/cli"
)

// A point is a line of -json on the way.
type point struct {
	Chain      int        `json:"chain,omitempty"`
	Step       int        `json:"step"`
	Loss       cli.Number `json:"loss"`
	Potential  cli.Number `json:"potential"`
	Kinetic    cli.Number `json:"kinetic"`
	Virial     cli.Number `json:"virial"`
	Acceptance cli.Number `json:"acceptance"`
	Seconds    cli.Number `json:"seconds"`
}

func (w *walk) point(c *chain, r reading) point {
	p := point{
		Step: r.Step, Loss: cli.Number(r.Loss), Potential: cli.Number(r.Potential), Kinetic: cli.Number(r.Kinetic),
		Virial: cli.Number(r.Virial), Acceptance: cli.Number(r.Acceptance), Seconds: cli.Number(c.Seconds),
	}
	if len(w.chains) > 1 {
		p.Chain = c.number + 1
	}
	return p
}

// report writes the result, for people or as JSON.
func (w *walk) report(r *result, out io.Writer) error {
	if w.json {
		return w.lines.Write(r)
	}
	return r.print(out)
}

// print writes the result for people.
func (r *result) print(out io.Writer) error {
	name := r.Sampler
	if r.Walkers > 0 {
		name += fmt.Sprintf(" with %d walkers", r.Walkers)
	}
	text := fmt.Sprintf("%s, %s: %d steps in %.1f s, %.0f gradients/s", r.Dataset, name, r.Steps, r.Seconds, r.Rate)
	if !math.IsNaN(float64(r.Acceptance)) {
		text += fmt.Sprintf(", acceptance %.3f", r.Acceptance)
	}
	text += fmt.Sprintf("\n%-21s %8.4g\n", "temperature", r.Temperature)
	text += line("  kinetic", r.Kinetic, r.KineticError) + line("  virial", r.Virial, r.VirialError) + line("inertia", r.Inertia, r.InertiaError)
	text += fmt.Sprintf("%-21s %8.4f, autocorrelation time %.0f steps\n", "loss", r.Loss, r.LossTime)
	text += fmt.Sprintf("%-21s %8d\n", "members", r.Members)
	if math.IsNaN(float64(r.RMSE)) {
		text += fmt.Sprintf("%-21s %8.4f\n%-21s %8.4f\n", "accuracy", r.Accuracy, "member accuracy", r.Member)
	} else {
		text += fmt.Sprintf("%-21s %8.4f\n", "RMSE", r.RMSE)
	}
	_, err := fmt.Fprintf(out, "%s%-21s %8.4f\n", text, "NLL", r.NLL)
	return err
}

// line is a mean with its standard error, nothing if there is none.
func line(name string, mean, standardError cli.Number) string {
	if math.IsNaN(float64(mean)) {
		return ""
	}
	return fmt.Sprintf("%-21s %8.4f ± %.4f\n", name, mean, standardError)
}

// asides are the flags that do not say what a run is.
var asides = []string{"data", "workers", "json", "out", "grid", "trace", "save", "checkpoint", "resume", "checkpointevery"}

// save writes the ensemble to the file that -save names.
func (w *walk) save(r *result) error {
	if w.saveTo == "" {
		return nil
	}
	configuration, err := cli.Values(w.flags, asides...)
	if err != nil {
		return err
	}
	p := w.problem
	info := ensemble.Info{
		Loss: p.loss, Classes: p.train.ClassNames(), Columns: p.columns, Standardizer: p.scaling,
		Provenance: ensemble.Provenance{
			Program: "trajens/examples/langevin", Seeds: []uint64{w.seed}, Configuration: configuration, Data: p.train.Fingerprint(),
			Notes: map[string]string{"dataset": fmt.Sprintf("%s, %d samples", p.label, p.train.Len()), "members": fmt.Sprintf("%d of %d steps of %s", r.Members, r.Steps, r.Sampler)},
		},
	}
	if err := r.committee.Save(w.saveTo, info); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stderr, "Saved %d networks in %s.\n", r.Members, w.saveTo)
	return err
}
