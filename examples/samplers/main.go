// Samplers compares the samplers of the library side by side, on ensembles of small
// convolutional networks that read handwritten digits.
//
//	go run ./examples/samplers
//	go run ./examples/samplers -s 1000 -samplers paper,autoregressive,harmonic -seconds 30 -out out
//
// The files follow a run: options.go what it is asked for, start.go where the chains
// begin, methods.go and only.go what the samplers are, run.go, recorder.go and result.go
// how each of them is run and what is measured, report.go and plot.go what comes out.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/sampler"
)

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := cli.MakeOut(o.out); err != nil {
		return err
	}
	set, err := o.digits.Load(ctx, o.Source(sampler.TrainStream, 0), o.Source(sampler.TestStream, 0), stderr)
	if err != nil {
		return err
	}
	if err := o.fit(set.Train.Len()); err != nil {
		return err
	}
	progress := cli.NewProgress(stderr, 1)
	b, err := newBench(ctx, o, set, progress)
	progress.End()
	if err != nil {
		return err
	}
	defer b.close()
	if _, err := fmt.Fprintln(stderr, b.beginning()); err != nil {
		return err
	}
	report := &report{options: o, table: stdout, lines: cli.NewLines(o.json, stdout)}
	err = b.compare(ctx, progress, report)
	progress.End()
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "Interrupted: the samplers that are left were not run.")
		if errors.Is(err, context.Cause(ctx)) {
			err = nil
		}
	}
	return errors.Join(err, report.finish(set.Label()))
}

// compare runs each sampler at each s, and reports what came out.
func (b *bench) compare(ctx context.Context, progress *cli.Progress, report *report) error {
	begin, done, all := time.Now(), 0, len(b.tilts)*len(b.methods)
	for _, s := range b.tilts {
		for _, m := range b.methods {
			show := func(phase string, share float64) {
				fields := cli.Done((float64(done)+share)/float64(all), time.Since(begin).Seconds())
				progress.Show(0, append(fields, fmt.Sprintf("s = %g", s), m.name, phase)...)
			}
			r, err := b.measure(ctx, m, s, show)
			if err != nil {
				return fmt.Errorf("%s at s = %g: %w", m.name, s, err)
			}
			progress.End()
			if err := report.add(r); err != nil {
				return err
			}
			done++
		}
	}
	return nil
}

func main() { cli.Main(run) }
