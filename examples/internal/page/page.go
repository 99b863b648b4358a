// Package page makes pages on which examples report: how good a committee of
// classifiers of images is, as the sections of a report (ensemble/report). What only
// the example knows, such as the title and the configuration, it fills in itself.
//
// The files follow the page: methods.go has what is compared,
// metrics.go and uncertainty.go the tables, and the others a section each.
package page

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/report"
	"github.com/trajens/trajens/internal/random"
)

// A Subject is a committee and what it is judged on.
type Subject struct {
	// Committee has members that classify, of equal weight.
	Committee *ensemble.Committee

	// Networks are those that the members come from, to be compared with. nil: none.
	Networks *ensemble.Committee

	// Test has the images and labels that the committee is judged on, at least 2. It
	// must have no part in the training.
	Test *data.Dataset

	// Outside has images of another kind, which no class fits. nil: none.
	Outside *Outside

	// Seed is what the random numbers derive from: bootstrap samples, halves of the
	// test images, orders of the members, shifts.
	Seed uint64
}

// Outside is a set of images of another kind.
type Outside struct {
	Name string
	Data *data.Dataset
}

// pageStream is the stream of this package among the sources that a seed has.
const pageStream = 0x70616765 // "page"

// Streams of what is random in a page.
const (
	halvesStream = iota
	bootstrapStream
	orderStream
	sampleStream
	shiftStream
)

// Fill appends what there is to say of a subject to a report, and names its classes.
// It evaluates the committee four times on the test images and on up to 54,000
// more, and takes some seconds for the intervals of 10,000 test images.
func Fill(r *report.Report, s Subject) error {
	switch {
	case s.Committee.Weights() != nil || s.Networks != nil && s.Networks.Weights() != nil:
		return errors.New("page: members have weights, want equal ones")
	case s.Test.Classes() == 0:
		return errors.New("page: the test images have no labels")
	case s.Test.Len() < 2:
		return errors.New("page: there are fewer than 2 test images")
	}
	j, err := newJudgment(s)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	r.Classes = s.Test.ClassNames()
	for _, section := range []func(*report.Report) error{
		j.metrics, j.uncertainty, j.calibration, j.confusion, j.sizes, j.shifts, j.galleries,
	} {
		if err := section(r); err != nil {
			return fmt.Errorf("page: %w", err)
		}
	}
	return nil
}

// A judgment is a subject with what its committees say of the test images.
type judgment struct {
	Subject
	labels      []int
	predictions *ensemble.ClassPredictions // of Committee
	networks    *ensemble.ClassPredictions // of Networks; nil if there are none
	methods     methods
}

func newJudgment(s Subject) (*judgment, error) {
	j := &judgment{Subject: s, labels: s.Test.Labels()}
	var err error
	if j.predictions, j.networks, err = j.predict(s.Test); err != nil {
		return nil, err
	}
	return j, j.compare()
}

// predict returns what the committee says of images, and the networks, if there are any.
func (j *judgment) predict(d *data.Dataset) (committee, networks *ensemble.ClassPredictions, err error) {
	if committee, err = j.Committee.PredictClasses(d); err != nil || j.Networks == nil {
		return committee, nil, err
	}
	networks, err = j.Networks.PredictClasses(d)
	return committee, networks, err
}

// source returns the random numbers of a stream.
func (j *judgment) source(stream uint64) rand.Source {
	return random.Source(j.Seed, pageStream, stream)
}

// atRandom returns a number of images of a dataset at random, or all if there are not
// more: the first ones of a file may be easier than the others.
func (j *judgment) atRandom(d *data.Dataset, images int) (*data.Dataset, error) {
	if images >= d.Len() {
		return d, nil
	}
	some, _, err := d.Split(images, j.source(sampleStream))
	return some, err
}
