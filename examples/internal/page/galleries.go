package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/trajens/trajens/ensemble/report"
)

// shown is the number of images in a gallery.
const shown = 16

// galleries appends images that tell something about the committee.
func (j *judgment) galleries(r *report.Report) error {
	mean := j.methods.mean
	loss, confidence := mean.NLLPerSample(), mean.ConfidencePerSample()
	var all, right, wrong []int
	for i, correct := range mean.CorrectPerSample() {
		all = append(all, i)
		if correct == 1 {
			right = append(right, i)
		} else {
			wrong = append(wrong, i)
		}
	}
	sayLoss := func(i int) string { return fmt.Sprintf("loss %.2f nats", loss[i]) }
	sayConfidence := func(i int) string { return fmt.Sprintf("confidence %.3f", confidence[i]) }
	rising := func(values []float64) func(a, b int) int {
		return func(a, b int) int { return cmp.Compare(values[a], values[b]) }
	}
	falling := func(values []float64) func(a, b int) int {
		return func(a, b int) int { return cmp.Compare(values[b], values[a]) }
	}
	r.Galleries = append(r.Galleries,
		j.gallery("Hardest", "The test images of largest loss, the negative logarithm of the mean probability of the true class. "+
			"Predicted is the class of the largest mean probability; bars are the votes of the members.", all, falling(loss), sayLoss),
		j.gallery("Wrong and most certain", "Of the wrong predictions those of the largest confidence, which is the mean probability of the predicted class.", wrong, falling(confidence), sayConfidence),
		j.gallery("Right and least certain", "Of the right predictions those of the smallest confidence.", right, rising(confidence), sayConfidence),
	)
	return nil
}

// gallery returns the first of some test images in an order, with a note on each.
func (j *judgment) gallery(title, caption string, samples []int, order func(a, b int) int, note func(i int) string) report.Gallery {
	g := report.Gallery{Title: title, Caption: caption}
	height, width := size(j.Test.Shape())
	if height == 0 {
		return g
	}
	samples = slices.Clone(samples)
	slices.SortStableFunc(samples, order)
	p := j.predictions
	for _, i := range samples[:min(shown, len(samples))] {
		votes := make([]int, p.Classes)
		for class := range votes {
			votes[class] = int(math.Round(p.VoteShares[i*p.Classes+class] * float64(j.Committee.Len())))
		}
		g.Images = append(g.Images, report.Image{
			Width: width, Height: height, Pixels: j.Test.Input(i),
			True: j.labels[i], Predicted: p.Class(i), Votes: votes, Note: note(i),
		})
	}
	return g
}

// size returns the size of images of one channel, or 0.
func size(shape []int) (height, width int) {
	if len(shape) != 3 || shape[0] != 1 {
		return 0, 0
	}
	return shape[1], shape[2]
}
