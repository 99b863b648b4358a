package page

import (
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/ensemble/report"
)

// calibration appends reliability diagrams.
func (j *judgment) calibration(r *report.Report) error {
	for _, m := range []*method{j.methods.network, j.methods.mean, j.methods.tempered} {
		if m == nil {
			continue
		}
		diagram, err := m.Reliability(metrics.Binning{})
		if err != nil {
			return err
		}
		shown := report.Reliability{Title: m.name}
		for _, b := range diagram {
			shown.Bins = append(shown.Bins, report.Bin{Confidence: b.Confidence, Accuracy: b.Accuracy, Count: b.Count})
		}
		r.Reliability = append(r.Reliability, shown)
	}
	return nil
}

// confusion appends the confusion matrix of the vote, whose accuracy is the first
// headline.
func (j *judgment) confusion(r *report.Report) error {
	vote, classes := j.methods.vote, j.predictions.Classes
	matrix := vote.ConfusionMatrix()
	counts := make([][]int, classes)
	for k := range counts {
		counts[k] = matrix[k*classes : (k+1)*classes]
	}
	r.Confusions = append(r.Confusions, report.Confusion{
		Title:   vote.name,
		Caption: "All " + Grouped(j.Test.Len()) + " test images by true class and vote.",
		Counts:  counts,
	})
	return nil
}
