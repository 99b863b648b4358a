package command

import (
	"context"
	"fmt"
	"io"

	"github.com/trajens/trajens/tps/grid"
)

func interruptCommand[C any](program grid.Program[C]) command {
	c := command{name: "interrupt", arguments: "ID…", about: "ask runs at work to interrupt themselves, as a preemption does"}
	c.run = func(_ context.Context, args []string, stdout, stderr io.Writer) error {
		flags, dir := newFlags(c, program.Name, stderr)
		g, ids, err := openRuns(program, flags, dir, args, 1)
		if err != nil {
			return err
		}
		return g.Interrupt(ids...)
	}
	return c
}

func retryCommand[C any](program grid.Program[C]) command {
	c := command{name: "retry", arguments: "[ID…]", about: "let runs that have failed wait for a worker again, all or some"}
	c.run = func(_ context.Context, args []string, stdout, stderr io.Writer) error {
		flags, dir := newFlags(c, program.Name, stderr)
		g, ids, err := openRuns(program, flags, dir, args, 0)
		if err != nil {
			return err
		}
		retried, err := g.Retry(ids...)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(stdout, "%d runs wait again\n", retried)
		return err
	}
	return c
}
