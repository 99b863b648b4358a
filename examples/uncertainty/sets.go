package main

import (
	"context"
	"io"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/judge"
)

// sets are what models are trained and judged on, the same for all seeds.
type sets struct{ *judge.Sets }

// load returns the sets that the flags ask for. It is a UsageError if the outputs of all
// models of a seed need too much memory.
func (o *options) load(ctx context.Context, stderr io.Writer) (*sets, error) {
	s, err := judge.Load(ctx, &o.digits, o.other, &o.Flags, stderr)
	if err != nil {
		return nil, err
	}
	return &sets{s}, cli.CheckBytes("-networks, -chains and -tau", o.networks+o.chains*o.Tau, s.Samples(), s.Train.Classes(), 4)
}
