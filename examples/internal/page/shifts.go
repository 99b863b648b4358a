package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/report"
)

// At most shiftImages are looked at at each level of a shift, fewer for committees of
// many members, of which each image takes the longer, but no fewer than fewestImages.
const (
	shiftImages  = 2000
	fewestImages = 500
	shiftEffort  = 64_000 // images times members
)

// shifts appends accuracy and NLL at the levels of each shift.
func (j *judgment) shifts(r *report.Report) error {
	if len(j.Test.Shape()) != 3 {
		return nil
	}
	images := min(max(shiftEffort/j.Committee.Len(), fewestImages), shiftImages)
	some, err := j.atRandom(j.Test, images)
	if err != nil {
		return err
	}
	plain, err := j.atLevel(some)
	if err != nil {
		return err
	}
	accuracy := func(r *ensemble.Report) (whole float64, members []float64) { return r.Accuracy, r.MemberAccuracy }
	likelihood := func(r *ensemble.Report) (whole float64, members []float64) { return r.NLL, r.MemberNLL }
	var accuracies, likelihoods []report.Plot
	for _, shift := range data.Shifts() {
		levels := []*level{plain}
		for k := range data.ShiftLevels {
			shifted, err := some.Shifted(shift, k+1, j.source(shiftStream))
			if err != nil {
				return err
			}
			l, err := j.atLevel(shifted)
			if err != nil {
				return err
			}
			levels = append(levels, l)
		}
		name := shift.String()
		name = strings.ToUpper(name[:1]) + name[1:]
		accuracies = append(accuracies, j.shiftPlot(name+": accuracy", "accuracy", levels, accuracy))
		likelihoods = append(likelihoods, j.shiftPlot(name+": NLL", "NLL (nats)", levels, likelihood))
	}
	accuracies = append(accuracies, average("All shifts: accuracy", accuracies))
	likelihoods = append(likelihoods, average("All shifts: NLL", likelihoods))
	accuracies[0].Caption = fmt.Sprintf("On %s of the test images, taken at random: the majority vote and the members alone. Bands reach from the worst to the best member.", Grouped(some.Len()))
	likelihoods[0].Caption = "Negative log-likelihood of the mean probabilities and of the members alone."
	r.Shifts = append(append(r.Shifts, accuracies...), likelihoods...)
	return nil
}

// A level is how good the committee is on shifted images, and the networks, if there
// are any.
type level struct{ committee, networks *ensemble.Report }

func (j *judgment) atLevel(d *data.Dataset) (*level, error) {
	l := new(level)
	var err error
	if l.committee, err = j.Committee.Classify(d); err != nil {
		return nil, err
	}
	if j.Networks != nil {
		l.networks, err = j.Networks.Classify(d)
	}
	return l, err
}

// shiftPlot returns a plot of a number over the levels of a shift.
func (j *judgment) shiftPlot(title, label string, levels []*level, of func(*ensemble.Report) (float64, []float64)) report.Plot {
	committee, member, network := report.Line{Name: "ensemble"}, report.Line{Name: "mean member"}, report.Line{}
	for k, l := range levels {
		x := float64(k)
		whole, members := of(l.committee)
		mean := 0.0
		for _, v := range members {
			mean += v / float64(len(members))
		}
		committee.X, committee.Y = append(committee.X, x), append(committee.Y, whole)
		member.X, member.Y = append(member.X, x), append(member.Y, mean)
		member.Low, member.High = append(member.Low, slices.Min(members)), append(member.High, slices.Max(members))
		if l.networks != nil {
			whole, _ := of(l.networks)
			network.X, network.Y = append(network.X, x), append(network.Y, whole)
		}
	}
	p := report.Plot{Title: title, X: report.Axis{Label: "level"}, Y: report.Axis{Label: label}, Lines: []report.Line{committee, member}}
	if j.Networks != nil {
		network.Name = lower(j.methods.network.name)
		p.Lines = append(p.Lines, network)
	}
	return p
}

// average returns the mean of plots of the same lines.
func average(title string, plots []report.Plot) report.Plot {
	p := report.Plot{Title: title, Caption: "The mean of the others.", X: plots[0].X, Y: plots[0].Y}
	for k, first := range plots[0].Lines {
		line := report.Line{Name: first.Name, X: first.X, Y: make([]float64, len(first.Y))}
		for _, plot := range plots {
			for i, y := range plot.Lines[k].Y {
				line.Y[i] += y / float64(len(plots))
			}
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

func lower(name string) string {
	return strings.ToLower(name[:1]) + name[1:]
}
