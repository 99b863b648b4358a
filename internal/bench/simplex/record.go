package main

import (
	"slices"

	"github.com/trajens/trajens/internal/bench/record"
)

// A stageRecord has stages, to which each is added when it is there, so that runs can be made
// one at a time and drawn together, and the file that keeps them.
type stageRecord struct {
	*record.File
	stages []stage
}

var header = []string{
	"seed", "width", "images", "epochs", "lambda", "connectors", "parameters", "log10 V", "log10 V(K)", "loss in the simplexes",
	"test accuracy", "of members", "highest loss by connector 1", "straight", "at the modes",
}

// fields returns pointers to what header names.
func (s *stage) fields() []any {
	return []any{
		&s.seed, &s.width, &s.images, &s.epochs, &s.lambda, &s.connectors, &s.params, &s.volume, &s.random, &s.loss,
		&s.accuracy, &s.alone, &s.highest, &s.straight, &s.modesLoss,
	}
}

// openRecord opens a record and reads what it has. An empty name is no file.
func openRecord(name string) (*stageRecord, error) {
	r := &stageRecord{}
	var err error
	r.File, err = record.Open(name, header, func() ([]any, func()) {
		s := &stage{}
		return s.fields(), func() { r.stages = append(r.stages, *s) }
	})
	return r, err
}

// has tells whether there is a stage with so many connectors that began like start.
func (r *stageRecord) has(start stage, connectors int) bool {
	return slices.ContainsFunc(r.stages, func(s stage) bool {
		return s.connectors == connectors && s.seed == start.seed && s.width == start.width && s.images == start.images &&
			s.epochs == start.epochs && s.lambda == start.lambda
	})
}

// add adds a stage.
func (r *stageRecord) add(s stage) error {
	r.stages = append(r.stages, s)
	return r.Add(s.fields()...)
}
