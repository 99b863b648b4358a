package command

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/grid/database"
)

func mergeCommand[C any](program grid.Program[C]) command {
	c := command{name: "merge", about: "make a SQLite file of all runs"}
	c.run = func(_ context.Context, args []string, stdout, stderr io.Writer) error {
		flags, dir := newFlags(c, program.Name, stderr)
		out := flags.String("out", "", "`file` to write. grid.db in the directory of the runs if it is empty")
		if _, err := parse(flags, args, 0, 0); err != nil {
			return err
		}
		if _, err := openThere(*dir, program); err != nil {
			return err
		}
		if *out == "" {
			*out = filepath.Join(*dir, "grid.db")
		}
		runs, err := database.Merge(*dir, *out)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(stdout, "%s: %d runs\n", *out, runs)
		return err
	}
	return c
}
