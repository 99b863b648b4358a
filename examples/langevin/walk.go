package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/trajens/trajens/ensemble/langevin"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/descent"
	"github.com/trajens/trajens/nn/hessian"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/trace"
)

// A walk is a run of one or several chains.
type walk struct {
	*options
	problem  *problem
	chains   []*chain
	progress *cli.Progress
	lines    *cli.Lines
	stderr   io.Writer
	begin    time.Time
}

// A chain is a network that is trained, and then walks.
type chain struct {
	*langevin.Chain
	record
	number    int // from 0
	gradients *nn.Gradients
	saver     *cli.Saver
	trace     *langevin.Trace // nil: none is asked for
	begin     time.Time       // of the sampling
	before    float64         // seconds of sampling until then
}

func newWalk(o *options, p *problem, stdout, stderr io.Writer) (*walk, error) {
	w := &walk{options: o, problem: p, stderr: stderr, progress: cli.NewProgress(stderr, o.chains), lines: cli.NewLines(o.json, stdout), begin: time.Now()}
	savers, err := o.checkpoints.OpenChains(stderr, o.chains)
	if err != nil {
		return nil, err
	}
	for k := range o.chains {
		gradients, err := nn.NewGradients(p.net, p.train, p.loss, nn.Config{Workers: max(1, o.workers/o.chains)})
		if err != nil {
			w.close()
			return nil, err
		}
		w.chains = append(w.chains, &chain{number: k, gradients: gradients, saver: savers[k]})
	}
	return w, nil
}

func (w *walk) close() {
	for _, c := range w.chains {
		c.gradients.Close()
	}
}

// run runs the chains, as many at a time as there are workers.
func (w *walk) run(ctx context.Context) error {
	errs := make([]error, len(w.chains))
	slots := make(chan struct{}, min(w.workers, len(w.chains)))
	var group sync.WaitGroup
	for k, c := range w.chains {
		group.Add(1)
		go func() {
			defer group.Done()
			slots <- struct{}{}
			defer func() { <-slots }()
			errs[k] = w.runChain(ctx, c)
		}()
	}
	group.Wait()
	w.progress.End()
	return errors.Join(errs...)
}

// runChain trains a network, and lets it walk.
func (w *walk) runChain(ctx context.Context, c *chain) error {
	start := make([]float32, w.problem.net.Params())
	nn.InitUniform(start, w.problem.net, w.source(startStream, c.number))
	if w.epochs > 0 && !c.saver.Resumes() {
		if err := w.descend(ctx, c, start); err != nil {
			return err
		}
	}
	if c.saver.Resumes() {
		if err := c.keptStart(start); err != nil {
			return err
		}
	} else if err := c.keepStart(start); err != nil {
		return err
	}
	curvature, err := w.curvature(ctx, c, start)
	if err != nil {
		return err
	}
	if c.Chain, err = langevin.NewChain(w.config(c.number, start, w.problem.train.Len(), curvature), c.gradients); err != nil {
		return err
	}
	if c.trace, err = w.newTrace(c); err != nil {
		return err
	}
	parts := []tps.Part{{Name: "record", State: &c.record}}
	if c.trace != nil {
		parts = append(parts, tps.Part{Name: "trace", State: c.trace.File})
	}
	if err := c.saver.Start(c, parts...); err != nil {
		return err
	}
	observers, err := c.startTrace(w.trace)
	if err != nil {
		return err
	}
	c.begin, c.before = time.Now(), c.Seconds
	observe := langevin.EachStep(func(_ *langevin.Chain, step langevin.Step) error { return w.observe(c, step) })
	err = c.Run(ctx, w.burnIn+w.steps, append(observers, observe)...)
	err = errors.Join(err, c.saver.Save(c))
	if c.trace != nil {
		err = errors.Join(err, c.trace.Close())
	}
	return err
}

// newTrace returns the trace of a chain, nil if none is asked for.
func (w *walk) newTrace(c *chain) (*langevin.Trace, error) {
	if w.trace == "" {
		return nil, nil
	}
	columns := []langevin.Column{langevin.LossColumn(), langevin.PotentialColumn()}
	if w.method.thermal {
		columns = append(columns, langevin.KineticColumn())
	}
	columns = append(columns, langevin.VirialColumn(), langevin.AcceptanceColumn())
	return langevin.NewTrace(trace.ChainPath(w.trace, c.number, len(w.chains)), trace.Config{
		OnError: func(err error) error {
			fmt.Fprintf(w.stderr, "%v; the run goes on\n", err)
			return nil
		},
	}, columns...)
}

// startTrace opens the trace, and returns what writes it.
func (c *chain) startTrace(path string) ([]langevin.Observer, error) {
	if c.trace == nil {
		return nil, nil
	}
	if err := c.trace.Start(c); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil, cli.Usagef("-trace %s: the file exists already", path)
		}
		return nil, err
	}
	return []langevin.Observer{c.trace.Observer()}, nil
}

// descend trains the network.
func (w *walk) descend(ctx context.Context, c *chain, model []float32) error {
	_, err := descent.Run(ctx, model, c.gradients, descent.Config{
		Epochs:   w.epochs,
		Schedule: descent.Cosine{Peak: w.rate, WarmUp: 0.1},
		Source:   w.source(descentStream, c.number),
		Progress: func(e descent.Epoch) error {
			w.show(c, "gradient descent", fmt.Sprintf("epoch %d of %d", e.Number, w.epochs), fmt.Sprintf("loss %.4f", e.Loss))
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("gradient descent: %w", err)
	}
	return nil
}

// startFile is beside the checkpoints of a chain.
const startFile = "start.npz"

// keepStart keeps where a chain begins, if there are checkpoints.
func (c *chain) keepStart(start []float32) error {
	trajectory, err := tps.RandomWalk(1, start, 0, rand.NewPCG(0, 0))
	if err != nil {
		return err
	}
	return c.saver.Keep(startFile, trajectory.WriteNPZ)
}

// keptStart reads it.
func (c *chain) keptStart(start []float32) error {
	file, err := c.saver.Kept(startFile)
	if err != nil {
		return err
	}
	defer file.Close()
	trajectory, err := tps.ReadNPZ(file)
	if err != nil {
		return err
	}
	if trajectory.Params() != len(start) {
		return fmt.Errorf("%s has a model of %d parameters, want %d", file.Name(), trajectory.Params(), len(start))
	}
	copy(start, trajectory.Model(0))
	return nil
}

// curvature returns the largest of the mean loss at a model, where the size of a step follows
// from it.
func (w *walk) curvature(ctx context.Context, c *chain, model []float32) (float64, error) {
	if w.method.step == 0 || w.step > 0 && (w.friction > 0 || !w.method.friction) {
		return 1, nil
	}
	e, err := hessian.Expand(ctx, c.gradients, model, hessian.ExpandConfig{Directions: 1, Source: w.source(curvatureStream, c.number)})
	if err != nil {
		return 0, err
	}
	return e.Curvatures[0], nil
}

// show shows how far a chain is.
func (w *walk) show(c *chain, fields ...string) {
	if len(w.chains) > 1 {
		fields = append([]string{fmt.Sprintf("chain %d", c.number+1)}, fields...)
	}
	w.progress.Show(c.number, fields...)
}

// readings is how many of a run are kept, or some more.
const readings = 500

// observe keeps and shows what a step of a chain did.
func (w *walk) observe(c *chain, step langevin.Step) error {
	now, inertia := read(c.Chain, step, w.method.thermal)
	c.Seconds = c.before + time.Since(c.begin).Seconds()
	steps, all := c.Steps(), w.burnIn+w.steps
	if steps%max(1, all/readings) == 0 || steps == all {
		c.Readings = append(c.Readings, now)
		w.show(c, append(cli.Done(float64(steps)/float64(all), c.Seconds), fmt.Sprintf("step %d", steps), fmt.Sprintf("loss %.4f", now.Loss))...)
		if err := w.lines.Write(w.point(c, now)); err != nil {
			return err
		}
	}
	if k := steps - w.burnIn; k > 0 {
		c.add(now, inertia)
		c.Due = c.Due || k*w.draws/w.steps > (k-1)*w.draws/w.steps
		if c.Due && w.method.samples(w.options, step.Number) {
			c.draw(c.Params())
		}
	}
	return c.saver.SaveIfDue(c)
}
