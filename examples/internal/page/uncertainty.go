package page

import (
	"fmt"
	"math"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/ensemble/report"
)

// outsideImages is how many images of another kind are looked at.
const outsideImages = 2000

const uncertaintyCaption = "Means over the images, with 95% bootstrap intervals. The entropy of the mean probabilities is the mean of the members' entropies plus " +
	"the mutual information of class and member, which is what the differences of the members add. Disagreement: the share of pairs of members that vote for different classes."

const outsideCaption = ` %s: %s images of another kind. AUROC: the probability that such an image has a larger value than a test image, ` +
	`0.5 if the value says nothing. False alarms: the share of test images that have at least the value that 95%% of the others have.`

// A measure of uncertainty has a number for each image.
type measure struct {
	name   string
	values []float64
}

// uncertainty appends a table of what the committee is unsure of, beside images of
// another kind if there are any.
func (j *judgment) uncertainty(r *report.Report) error {
	t := report.Table{Title: "Uncertainty", Caption: uncertaintyCaption, Corner: "Measure", Columns: []string{"Test images"}}
	test, err := j.measures(j.predictions, j.networks)
	if err != nil {
		return err
	}
	for _, m := range test {
		value, err := j.meanIfAny(m.values)
		if err != nil {
			return err
		}
		t.Rows = append(t.Rows, report.Row{Name: m.name, Values: []report.Value{value}})
	}
	if j.Outside != nil {
		if err := j.lookOutside(&t, test); err != nil {
			return err
		}
	}
	r.Tables = append(r.Tables, t)
	return nil
}

// measures returns the uncertainties of images by what the committee and the networks
// say of them.
func (j *judgment) measures(committee, networks *ensemble.ClassPredictions) ([]measure, error) {
	p, err := metrics.NewPredictions(committee.LogProbabilities, committee.Classes)
	if err != nil {
		return nil, err
	}
	information, err := p.MutualInformationPerSample(committee.MemberEntropy)
	if err != nil {
		return nil, err
	}
	all := []measure{
		{"Entropy (nats)", p.EntropyPerSample()},
		{"Members' entropy (nats)", committee.MemberEntropy},
		{"Mutual information (nats)", information},
		{"Disagreement", committee.Disagreement},
	}
	if networks == nil {
		return all, nil
	}
	p, err = metrics.NewPredictions(networks.LogProbabilities, networks.Classes)
	if err != nil {
		return nil, err
	}
	return append(all, measure{j.methods.network.name + ": entropy (nats)", p.EntropyPerSample()}), nil
}

// lookOutside appends columns on images of another kind to the table of measures of
// test images.
func (j *judgment) lookOutside(t *report.Table, test []measure) error {
	some, err := j.atRandom(j.Outside.Data.Unlabeled(), outsideImages) // no class fits
	if err != nil {
		return err
	}
	committee, networks, err := j.predict(some)
	if err != nil {
		return err
	}
	outside, err := j.measures(committee, networks)
	if err != nil {
		return err
	}
	t.Caption += fmt.Sprintf(outsideCaption, j.Outside.Name, Grouped(some.Len()))
	t.Columns = append(t.Columns, j.Outside.Name, "AUROC", "False alarms at 95%")
	for k, m := range outside {
		value, err := j.meanIfAny(m.values)
		if err != nil {
			return err
		}
		row := &t.Rows[k].Values
		if math.IsNaN(m.values[0]) {
			*row = append(*row, value, value, value)
			continue
		}
		detection, err := metrics.NewDetection(test[k].values, m.values)
		if err != nil {
			return err
		}
		alarms, err := detection.FPROut(0.95)
		if err != nil {
			return err
		}
		*row = append(*row, value, report.Number(detection.AUROC()), report.Number(alarms))
	}
	return nil
}

// meanIfAny is mean, but no value for numbers that are NaN, as is the disagreement of one
// member.
func (j *judgment) meanIfAny(values []float64) (report.Value, error) {
	if math.IsNaN(values[0]) {
		return report.Value{}, nil
	}
	return j.mean(values)
}
