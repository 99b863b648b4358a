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
	problem   *problem
	chains    []*chain
	gradients []*nn.Gradients // one for each goroutine that runs chains, or for each chain
	savers    []*cli.Saver    // one for each run that has checkpoints of its own
	progress  *cli.Progress
	lines     *cli.Lines
	stderr    io.Writer
}

// A chain is a network that is trained, and then walks.
type chain struct {
	*langevin.Chain
	record
	number int             // from 0
	trace  *langevin.Trace // nil: none is asked for
	begin  time.Time       // of the sampling
	before float64         // seconds of sampling until then
}

func newWalk(o *options, p *problem, stdout, stderr io.Writer) (*walk, error) {
	n := o.trajectories()
	w := &walk{options: o, problem: p, stderr: stderr, progress: cli.NewProgress(stderr, n), lines: cli.NewLines(o.json, stdout)}
	var err error
	if w.savers, err = o.openCheckpoints(stderr); err != nil {
		return nil, err
	}
	for k := range n {
		w.chains = append(w.chains, &chain{number: k})
	}
	lanes := o.goroutines()
	if o.ordinary() {
		lanes = n // each chain has gradients of its own, and waits for its turn
	}
	for range lanes {
		gradients, err := nn.NewGradients(p.net, p.train, p.loss, nn.Config{Workers: max(1, o.workers/lanes)})
		if err != nil {
			w.close()
			return nil, err
		}
		w.gradients = append(w.gradients, gradients)
	}
	return w, nil
}

// openCheckpoints returns what writes them: for each chain, for all walkers, or, as MILE does so
// itself, for none.
func (o *options) openCheckpoints(stderr io.Writer) ([]*cli.Saver, error) {
	switch {
	case o.walkers > 0:
		return o.checkpoints.OpenChains(stderr, 1)
	case o.name == mileName:
		return o.checkpoints.Open(stderr)
	}
	return o.checkpoints.OpenChains(stderr, o.chains)
}

func (w *walk) close() {
	for _, g := range w.gradients {
		g.Close()
	}
}

// lanes are the gradients.
func (w *walk) lanes() []langevin.Gradient {
	list := make([]langevin.Gradient, len(w.gradients))
	for k, g := range w.gradients {
		list[k] = g
	}
	return list
}

// run runs what was asked for.
func (w *walk) run(ctx context.Context) error {
	defer w.progress.End()
	switch {
	case w.walkers > 0:
		return w.runWalkers(ctx)
	case w.name == mileName:
		return w.runMILE(ctx)
	}
	return w.runChains(ctx)
}

// runChains runs the chains, as many at a time as there are workers.
func (w *walk) runChains(ctx context.Context) error {
	errs := make([]error, len(w.chains))
	slots := make(chan struct{}, w.goroutines())
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
	return errors.Join(errs...)
}

// runChain trains a network, and lets it walk.
func (w *walk) runChain(ctx context.Context, c *chain) error {
	gradients, saver := w.gradients[c.number], w.savers[c.number]
	start, err := w.startOf(ctx, c.number, gradients, saver)
	if err != nil {
		return err
	}
	curvature, err := w.curvature(ctx, gradients, start, c.number)
	if err != nil {
		return err
	}
	if c.Chain, err = langevin.NewChain(w.config(c.number, start, w.problem.train.Len(), curvature), gradients); err != nil {
		return err
	}
	parts, err := w.parts(c)
	if err != nil {
		return err
	}
	if err := saver.Start(c, parts...); err != nil {
		return err
	}
	observers, err := w.observers(c)
	if err != nil {
		return err
	}
	c.begin, c.before = time.Now(), c.Seconds
	keep := langevin.Every(1, func(*langevin.Chain) error { return saver.SaveIfDue(c) })
	err = c.Run(ctx, w.burnIn+w.steps, append(observers, keep)...)
	return errors.Join(err, saver.Save(c), c.closeTrace())
}

// startOf returns the network, trained, from which chain k begins: the one that was kept, if the
// run goes on.
func (w *walk) startOf(ctx context.Context, k int, gradients *nn.Gradients, saver *cli.Saver) ([]float32, error) {
	start := make([]float32, w.problem.net.Params())
	if saver.Resumes() {
		return start, keptStart(saver, start)
	}
	nn.InitUniform(start, w.problem.net, w.source(startStream, k))
	if w.epochs > 0 {
		if err := w.descend(ctx, k, gradients, start); err != nil {
			return nil, err
		}
	}
	return start, keepStart(saver, start)
}

// parts returns what is to be saved with a chain.
func (w *walk) parts(c *chain) ([]tps.Part, error) {
	parts := []tps.Part{{Name: "record", State: &c.record}}
	if w.trace == "" {
		return parts, nil
	}
	var err error
	if c.trace, err = w.newTrace(c.number); err != nil {
		return nil, err
	}
	return append(parts, tps.Part{Name: "trace", State: c.trace.File}), nil
}

// observers returns what a chain that begins or goes on is observed by, and opens its trace.
func (w *walk) observers(c *chain) ([]langevin.Observer, error) {
	observers, err := c.startTrace(w.trace)
	if err != nil {
		return nil, err
	}
	return append(observers, langevin.EachStep(func(_ *langevin.Chain, step langevin.Step) error { return w.observe(c, step) })), nil
}

// newTrace returns the trace of chain k.
func (w *walk) newTrace(k int) (*langevin.Trace, error) {
	columns := []langevin.Column{langevin.LossColumn(), langevin.PotentialColumn()}
	if w.method.thermal {
		columns = append(columns, langevin.KineticColumn())
	}
	columns = append(columns, langevin.VirialColumn(), langevin.AcceptanceColumn())
	return langevin.NewTrace(trace.ChainPath(w.trace, k, len(w.chains)), trace.Config{
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

// closeTrace closes the trace, if there is one.
func (c *chain) closeTrace() error {
	if c.trace == nil {
		return nil
	}
	return c.trace.Close()
}

// closeTraces closes those of all chains.
func (w *walk) closeTraces() (err error) {
	for _, c := range w.chains {
		err = errors.Join(err, c.closeTrace())
	}
	return err
}

// descend trains the network of chain k.
func (w *walk) descend(ctx context.Context, k int, gradients *nn.Gradients, model []float32) error {
	_, err := descent.Run(ctx, model, gradients, descent.Config{
		Epochs:   w.epochs,
		Schedule: descent.Cosine{Peak: w.rate, WarmUp: 0.1},
		Source:   w.source(descentStream, k),
		Progress: func(e descent.Epoch) error {
			w.show(w.chains[k], "gradient descent", fmt.Sprintf("epoch %d of %d", e.Number, w.epochs), fmt.Sprintf("loss %.4f", e.Loss))
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
func keepStart(saver *cli.Saver, start []float32) error {
	trajectory, err := tps.RandomWalk(1, start, 0, rand.NewPCG(0, 0))
	if err != nil {
		return err
	}
	return saver.Keep(startFile, trajectory.WriteNPZ)
}

// keptStart reads it.
func keptStart(saver *cli.Saver, start []float32) error {
	file, err := saver.Kept(startFile)
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
func (w *walk) curvature(ctx context.Context, gradients *nn.Gradients, model []float32, k int) (float64, error) {
	if w.method.step == 0 || w.step > 0 && (w.friction > 0 || !w.method.friction) {
		return 1, nil
	}
	e, err := hessian.Expand(ctx, gradients, model, hessian.ExpandConfig{Directions: 1, Source: w.source(curvatureStream, k)})
	if err != nil {
		return 0, err
	}
	return e.Curvatures[0], nil
}

// show shows how far a chain is.
func (w *walk) show(c *chain, fields ...string) {
	if len(w.chains) > 1 {
		fields = append([]string{fmt.Sprintf("%s %d", w.what(), c.number+1)}, fields...)
	}
	w.progress.Show(c.number, fields...)
}

// what is what one of several chains is called.
func (o *options) what() string {
	switch {
	case o.walkers > 0:
		return "walker"
	case o.name == mileName:
		return "member"
	}
	return "chain"
}

// ordinary tells whether the chains have nothing to do with each other.
func (o *options) ordinary() bool { return o.walkers == 0 && o.name != mileName }

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
	return nil
}
