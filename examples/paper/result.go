package main

import "github.com/trajens/trajens/examples/internal/cli"

// A result is what came out of one run. It has no times, so that it is the same on all
// machines of one kind, however often the run was interrupted. What is not known is null.
type result struct {
	// Loss is the mean loss per model, an average over the measured steps on samples that
	// are drawn anew, and Stderr its standard error by blocking. MinibatchLoss is the same
	// as the tests' minibatches saw it: those on which a model was accepted favored it.
	Loss          cli.Number `json:"loss"`
	Stderr        cli.Number `json:"stderr"`
	MinibatchLoss cli.Number `json:"minibatch_loss"`
	// Exact is the mean loss that is known of the perceptron.
	Exact cli.Number `json:"exact"`

	// Accuracy is that of the vote on the test images, Members that of a single model,
	// means over the evaluations.
	Accuracy cli.Number `json:"accuracy"`
	Members  cli.Number `json:"members"`

	// Samples is N. MeanBatch is ⟨b⟩, the mean number of samples that a measured step
	// draws, with the passes over all data for references, if there are any.
	Samples    int        `json:"samples"`
	MeanBatch  cli.Number `json:"mean_batch"`
	Acceptance cli.Number `json:"acceptance"`
	// Doubtful is the share of decisions that tps.Stats calls so.
	Doubtful cli.Number `json:"doubtful"`
	// DataUse is D of the whole run: samples drawn, each once.
	DataUse int `json:"data_use"`

	// Outline are the means of the loss over 64 to 128 blocks of measured steps, for R̂ of
	// several runs, and Geweke how many standard errors its beginning and end differ.
	Outline []cli.Number `json:"outline"`
	Geweke  cli.Number   `json:"geweke"`

	Curve []point `json:"curve,omitempty"`
	Looks []look  `json:"looks,omitempty"`
	// Sizes are those of the moves, tuned or not.
	Sizes map[string]float64 `json:"sizes,omitempty"`
}

// A point is one of the training curve. Loss is the mean since the point before, Size the
// root mean square of all parameters, and Constant the share of models that give the same
// outputs for whatever they see: those whose units are all switched off.
type point struct {
	Step     int        `json:"step"`
	DataUse  int        `json:"data_use"`
	Loss     cli.Number `json:"loss"`
	Accuracy cli.Number `json:"accuracy"`
	Members  cli.Number `json:"members"`
	Size     cli.Number `json:"size"`
	Constant cli.Number `json:"constant"`
}

// A look is the check of one proposal with one size of minibatch.
type look struct {
	Step            int        `json:"step"`
	Move            string     `json:"move"`
	Loss            cli.Number `json:"loss"`
	Batch           int        `json:"batch"`
	Batches         int        `json:"batches"`
	Deviation       float64    `json:"deviation"`
	AndersonDarling float64    `json:"anderson_darling"`
	PValue          float64    `json:"p_value"`
	// Density is the histogram of the standardized means over ±reach.
	Density []float64 `json:"density"`
}
