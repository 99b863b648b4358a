package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	document "github.com/trajens/trajens/ensemble/report"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/page"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/tps/diagnostics"
)

// checkReport returns a UsageError if the page could not be written.
func (o *options) checkReport() error { return cli.CheckFile("report", o.reportTo) }

// writePage writes the page that -report asks for, on the ensemble of some chains.
func (t *training) writePage(good []*chain, r *result) error {
	if t.reportTo == "" {
		return nil
	}
	start := time.Now()
	subject := page.Subject{Test: t.set.Test, Outside: t.outside(), Seed: t.Seed}
	var err error
	if subject.Committee, err = ensemble.New(t.net, t.models(good)); err != nil {
		return err
	}
	if networks := t.networks(good); networks != nil {
		if subject.Networks, err = ensemble.New(t.net, networks); err != nil {
			return err
		}
	}
	p := t.page(subject.Committee, r)
	if p.Histograms, err = t.histograms(); err != nil {
		return err
	}
	if err := page.Fill(p, subject); err != nil {
		return err
	}
	p.Headlines = append(p.Headlines, document.Headline{Name: "Sampling", Value: document.Text(fmt.Sprintf("%.1f s", r.seconds)), Note: page.Grouped(r.steps) + " steps"})
	if err := p.WriteFile(t.reportTo); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.report.stderr, "Report: %s, made in %.1f s.\n", t.reportTo, time.Since(start).Seconds())
	return err
}

// page returns a page with what is known of a run without a look at the test images.
func (t *training) page(committee *ensemble.Committee, r *result) *document.Report {
	p := &document.Report{
		Title: fmt.Sprintf("Ensemble of %s networks on %s", page.Grouped(committee.Len()), r.label),
		Subtitle: fmt.Sprintf("Convolutional networks with %s parameters, sampled by trajectories; %s training and %s test images",
			page.Grouped(t.net.Params()), page.Grouped(r.TrainSamples), page.Grouped(r.TestSamples)),
		Configuration: t.settings(),
		Notes: []string{
			"A run like this one: " + t.command(),
			"The intervals are of the choice of test images. They say nothing about other seeds of the training, by which numbers may differ more.",
		},
	}
	if t.lossCurve().Lines != nil {
		p.Training = append(p.Training, t.lossCurve())
	}
	if t.init == "sgd" && t.networks(t.chains) == nil {
		p.Notes = append(p.Notes, "The run went on from a checkpoint, which does not hold the network that it started from. So the network is not among what is compared.")
	}
	return p
}

// networks returns the trained networks that chains began at, or nil if they are not
// known of all.
func (t *training) networks(chains []*chain) (networks [][]float32) {
	for _, c := range chains {
		if c.begin == nil {
			return nil
		}
		networks = append(networks, c.begin.networks...)
	}
	return networks
}

// settings says how the run was set up.
func (t *training) settings() (settings []document.Setting) {
	add := func(name, format string, args ...any) {
		settings = append(settings, document.Setting{Name: name, Value: fmt.Sprintf(format, args...)})
	}
	add("Data", "%s, %s samples to train on, %s to test on", t.set.Label(), page.Grouped(t.set.Train.Len()), page.Grouped(t.set.Test.Len()))
	add("Network", "%s", t.net.Architecture())
	add("Start", "%s", t.startSetting())
	add("Members of a trajectory (τ)", "%d", t.Tau)
	if len(t.chains) > 1 {
		add("Chains", "%d", len(t.chains))
	}
	if n := t.options.snapshots; n > 1 {
		add("Snapshots", "%d", n)
	}
	add("Coupling (σ)", "%g", t.Sigma)
	if t.Anneal > 0 {
		add("Tilt (s)", "rises from a tenth to %g in the first %s steps", t.S, page.Grouped(t.Anneal))
	} else {
		add("Tilt (s)", "%g", t.S)
	}
	add("Moves", "%s", t.moveSetting())
	if t.Move.Prior > 0 {
		add("Prior", "normal, standard deviation %g", t.Move.Prior)
	}
	add("Acceptance test", "%s", t.testSetting())
	for _, c := range t.chains {
		name := "Steps"
		if c.number > 0 {
			name = fmt.Sprintf("Steps of chain %d", c.number)
		}
		add(name, "%s", page.Grouped(c.Steps()))
	}
	add("Seed", "%d", t.Seed)
	return settings
}

func (t *training) startSetting() string {
	switch {
	case t.init == "sgd" && t.descent.Work(&t.Flags) > 0:
		return fmt.Sprintf("a network trained for %d epochs, learning rate up to %g; the others go on from it with noise of width σ for %d epochs, up to %g", t.descent.Epochs, t.descent.Rate, t.descent.Restarts, t.descent.RestartRate)
	case t.init == "sgd":
		return fmt.Sprintf("a network trained for %d epochs, learning rate up to %g", t.descent.Epochs, t.descent.Rate)
	}
	distribution := map[string]string{"random": "normal", "uniform": "uniform"}[t.init]
	return fmt.Sprintf("random networks, %s parameters", distribution)
}

func (t *training) moveSetting() string {
	m := &t.Move
	switch m.Name {
	case sampler.Harmonic:
		return fmt.Sprintf("%s, %d directions, size %.3g", m.Name, m.Directions, m.Size)
	case sampler.Autoregressive:
		return fmt.Sprintf("%s, size %.3g", m.Name, m.Size)
	}
	if t.Anneal > 0 {
		return fmt.Sprintf("%s, a share of %g, smaller while s rises", m.Name, t.Fraction)
	}
	return fmt.Sprintf("%s, a share of %g", m.Name, t.Fraction)
}

func (t *training) testSetting() string {
	if t.Test.Name != "adaptive" {
		return t.Test.Name + ", on all the data"
	}
	return fmt.Sprintf("%s, %s, %s estimates, at least %d samples, σc = %g", t.Test.Name, t.Test.Rule, t.Test.Estimate, t.Test.Chunk, t.Test.Sigma)
}

// command returns what makes such a run, without the names of files.
func (t *training) command() string {
	words := []string{"go run ./examples/mnist", "-dataset=" + t.set.Name}
	t.flags.Visit(func(f *flag.Flag) {
		if f.Name != "dataset" && !slices.Contains(asides, f.Name) {
			words = append(words, "-"+f.Name+"="+f.Value.String())
		}
	})
	return strings.Join(words, " ")
}

// lossCurve is the loss of each chain over its steps.
func (t *training) lossCurve() document.Plot {
	p := document.Plot{
		Title:   "Loss",
		Caption: "Mean cross-entropy of the networks on the minibatches of the acceptance tests, over the steps from a point to the next.",
		X:       document.Axis{Label: "step"}, Y: document.Axis{Label: "loss (nats)"},
	}
	for _, c := range t.chains {
		if len(c.meter.Points) == 0 {
			continue
		}
		var line document.Line
		if c.number > 0 {
			line.Name = fmt.Sprintf("chain %d", c.number)
		}
		for _, point := range c.meter.Points {
			line.X, line.Y = append(line.X, float64(point.Step)), append(line.Y, float64(point.Loss))
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

// histograms returns what the steps of all chains did.
func (t *training) histograms() ([]document.Histogram, error) {
	var outlines []*diagnostics.Blocks
	for _, c := range t.chains {
		outlines = append(outlines, c.meter.Outcomes)
	}
	tally, err := tallyOf(t.chains)
	if err != nil {
		return nil, err
	}
	return []document.Histogram{page.Acceptance(outlines), page.Batches(tally)}, nil
}

// outside returns images that are no digits, or no clothes, where they are found.
func (t *training) outside() *page.Outside {
	name, load := "Fashion-MNIST", data.FashionMNIST
	if t.set.Name == "fashion" {
		name, load = "MNIST", data.MNIST
	}
	_, test, err := load("")
	if err != nil {
		if !errors.Is(err, data.ErrNoMNIST) && !errors.Is(err, data.ErrNoFashionMNIST) {
			fmt.Fprintf(t.report.stderr, "The report is without %s: %v\n", name, err)
		}
		return nil
	}
	return &page.Outside{Name: name, Data: test}
}
