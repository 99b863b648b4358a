package main

import (
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/sampler"
)

// A report tells what happens: progress to stderr, and what comes out to stdout,
// for people or as JSON lines. It may be used by several goroutines at once.
type report struct {
	*options
	stdout, stderr io.Writer
	progress       *cli.Progress
	mu             sync.Mutex
	lines          *cli.Lines // nil for people
	doubt          sampler.Doubt
}

func newReport(o *options, stdout, stderr io.Writer) *report {
	return &report{options: o, stdout: stdout, stderr: stderr, progress: cli.NewProgress(stderr, o.chains), lines: cli.NewLines(o.json, stdout)}
}

// show shows how far a chain is.
func (r *report) show(c *chain, fields ...string) {
	if c.number > 0 {
		fields[0] = fmt.Sprintf("chain %d: %s", c.number, fields[0])
	}
	r.progress.Show(c.index, fields...)
}

// point tells of a point of the loss curve of a chain, if there is one.
func (r *report) point(c *chain, p *point) error {
	if p == nil {
		return nil
	}
	done := cli.Done(r.share(p.Step, p.Seconds), p.Seconds)
	if loss := float64(p.Loss); !math.IsNaN(loss) { // as it is at s = 0
		done = append(done, fmt.Sprintf("loss %.3f", loss))
	}
	r.show(c, append(done, fmt.Sprintf("acceptance %.2f", p.Acceptance),
		fmt.Sprintf("batch %.0f", p.MeanBatch), fmt.Sprintf("step %d", p.Step))...)
	r.mu.Lock()
	defer r.mu.Unlock()
	if warning := r.doubt.Warning(c.Stats()); warning != "" {
		r.progress.End()
		fmt.Fprintln(r.stderr, warning)
	}
	return r.lines.Write(p)
}

// beginning tells where a chain begins, or all together.
func (r *report) beginning(b *beginning) error {
	r.progress.End()
	if r.json {
		return r.lines.Write(b)
	}
	what := "the network "
	if b.Chain > 0 {
		fmt.Fprintf(r.stdout, "chain %d:\n", b.Chain)
	}
	if b.Chains > 0 {
		fmt.Fprintf(r.stdout, "all %d chains:\n", b.Chains)
		what = "the networks"
	}
	fmt.Fprintf(r.stdout, "gradient descent   %d epochs in %.1f s, loss %.4f\n", b.Epochs, b.TrainSeconds, b.TrainLoss)
	fmt.Fprintf(r.stdout, "%s       accuracy %.4f, neg. log-likelihood %.4f nats\n", what, b.NetworkAccuracy, b.NetworkNLL)
	if b.Restarts > 0 {
		fmt.Fprintf(r.stdout, "restarts           %d in %.1f s, loss %.4f on average\n", b.Restarts, b.RestartSeconds, b.RestartLoss)
	}
	if len(b.Curvatures) > 0 {
		fmt.Fprintf(r.stdout, "curvatures         %.3g\n", b.Curvatures)
		fmt.Fprintf(r.stdout, "temperatures       %.3g (1: Bayes' rule)\n", b.temperatures)
	}
	_, err := fmt.Fprintf(r.stdout, "start of sampling  accuracy %.4f by majority vote, %.4f on average, neg. log-likelihood %.4f nats\n",
		b.Accuracy, b.MemberAccuracyMean, b.NLL)
	return err
}

// A result is what came out of a run.
type result struct {
	Final              bool       `json:"final"`
	Dataset            string     `json:"dataset"`
	TrainSamples       int        `json:"train_samples"`
	TestSamples        int        `json:"test_samples"`
	Accuracy           float64    `json:"accuracy"` // of the majority vote
	NLL                cli.Number `json:"nll"`      // of the mean probabilities, in nats
	MemberAccuracyMean float64    `json:"member_accuracy_mean"`
	StepsPerSecond     cli.Number `json:"steps_per_second"`
	SamplesPerSecond   cli.Number `json:"samples_per_second"` // losses of one model on one sample
	DataUse            int        `json:"data_use"`
	MeanBatch          cli.Number `json:"mean_batch"`
	FullDataRatio      cli.Number `json:"full_data_ratio"` // TrainSamples/MeanBatch

	label   string
	steps   int
	seconds float64
}

// result tells what came out.
func (r *report) result(x *result) error {
	if r.json {
		return r.lines.Write(x)
	}
	fmt.Fprintf(r.stdout, "dataset            %s, %d samples to train on, %d to test on\n", x.label, x.TrainSamples, x.TestSamples)
	fmt.Fprintf(r.stdout, "training           %d steps in %.1f s: %.0f steps/s, %.0f losses/s\n",
		x.steps, x.seconds, x.StepsPerSecond, x.SamplesPerSecond)
	if x.DataUse > 0 {
		fmt.Fprintf(r.stdout, "data use           %d samples, %.1f a step, 1/%.0f of the data\n", x.DataUse, x.MeanBatch, x.FullDataRatio)
	}
	fmt.Fprintf(r.stdout, "accuracy           %.4f by majority vote\n", x.Accuracy)
	fmt.Fprintf(r.stdout, "member accuracy    %.4f on average\n", x.MemberAccuracyMean)
	_, err := fmt.Fprintf(r.stdout, "neg. log-likelih.  %.4f nats\n", x.NLL)
	return err
}
