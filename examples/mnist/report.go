package main

import (
	"fmt"
	"io"
)

// result is what came out of a run.
type result struct {
	Final              bool    `json:"final"`
	Dataset            string  `json:"dataset"`
	TrainSamples       int     `json:"train_samples"`
	TestSamples        int     `json:"test_samples"`
	Accuracy           float64 `json:"accuracy"` // of the majority vote
	NLL                number  `json:"nll"`      // of the mean probabilities, in nats
	MemberAccuracyMean float64 `json:"member_accuracy_mean"`
	StepsPerSecond     number  `json:"steps_per_second"`
	SamplesPerSecond   number  `json:"samples_per_second"` // losses of one model on one sample
	DataUse            int     `json:"data_use"`
	MeanBatch          number  `json:"mean_batch"`
	FullDataRatio      number  `json:"full_data_ratio"` // TrainSamples/MeanBatch

	label   string
	steps   int
	seconds float64
}

// print writes the result for people.
func (r *result) print(w io.Writer) {
	fmt.Fprintf(w, "dataset            %s, %d samples to train on, %d to test on\n", r.label, r.TrainSamples, r.TestSamples)
	fmt.Fprintf(w, "training           %d steps in %.1f s: %.0f steps/s, %.0f losses/s\n",
		r.steps, r.seconds, r.StepsPerSecond, r.SamplesPerSecond)
	fmt.Fprintf(w, "data use           %d samples, %.1f a step, 1/%.0f of the data\n", r.DataUse, r.MeanBatch, r.FullDataRatio)
	fmt.Fprintf(w, "accuracy           %.4f by majority vote\n", r.Accuracy)
	fmt.Fprintf(w, "member accuracy    %.4f on average\n", r.MemberAccuracyMean)
	fmt.Fprintf(w, "neg. log-likelih.  %.4f nats\n", r.NLL)
}

// A beginning is where a chain begins that starts from a network trained by
// gradient descent.
type beginning struct {
	Chain              int     `json:"chain,omitempty"`  // from 1, or 0 for the only one
	Chains             int     `json:"chains,omitempty"` // their number, if it is of all together
	Begin              bool    `json:"begin"`
	Epochs             int     `json:"epochs"`
	TrainSeconds       float64 `json:"train_seconds"`
	TrainLoss          float64 `json:"train_loss"`       // mean over the last epoch
	NetworkAccuracy    float64 `json:"network_accuracy"` // of the network
	NetworkNLL         number  `json:"network_nll"`
	Accuracy           float64 `json:"accuracy"` // of the trajectory that starts from it
	NLL                number  `json:"nll"`
	MemberAccuracyMean float64 `json:"member_accuracy_mean"`

	Curvatures []float64 `json:"curvatures,omitempty"` // leading eigenvalues of the Hessian at the network
}

// print writes the beginning for people.
func (b *beginning) print(w io.Writer) {
	what := "the network "
	if b.Chain > 0 {
		fmt.Fprintf(w, "chain %d:\n", b.Chain)
	}
	if b.Chains > 0 {
		fmt.Fprintf(w, "all %d chains:\n", b.Chains)
		what = "the networks"
	}
	fmt.Fprintf(w, "gradient descent   %d epochs in %.1f s, loss %.4f\n", b.Epochs, b.TrainSeconds, b.TrainLoss)
	fmt.Fprintf(w, "%s       accuracy %.4f, neg. log-likelihood %.4f nats\n", what, b.NetworkAccuracy, b.NetworkNLL)
	fmt.Fprintf(w, "start of sampling  accuracy %.4f by majority vote, %.4f on average, neg. log-likelihood %.4f nats\n",
		b.Accuracy, b.MemberAccuracyMean, b.NLL)
	if len(b.Curvatures) > 0 {
		fmt.Fprintf(w, "curvatures         %.3g\n", b.Curvatures)
	}
}
