package command

import (
	"context"
	"encoding/csv"
	"io"

	"github.com/trajens/trajens/internal/atomicfile"
	"github.com/trajens/trajens/tps/grid"
)

func exportCommand[C any](program grid.Program[C]) command {
	c := command{name: "export", about: "write configurations and results as CSV"}
	c.run = func(_ context.Context, args []string, stdout, stderr io.Writer) error {
		flags, dir := newFlags(c, program.Name, stderr)
		out := flags.String("out", "", "`file` to write. The standard output if it is empty")
		all := flags.Bool("all", false, "also the runs that are not done")
		if _, err := parse(flags, args, 0, 0); err != nil {
			return err
		}
		g, err := openThere(*dir, program)
		if err != nil {
			return err
		}
		infos, err := g.List()
		if err != nil {
			return err
		}
		exported := infos[:0]
		for _, info := range infos {
			if *all || info.State == grid.Done {
				exported = append(exported, info)
			}
		}
		table, err := grid.NewTable(exported)
		if err != nil {
			return err
		}
		if *out == "" {
			return writeCSV(stdout, table)
		}
		return atomicfile.Write(*out, func(w io.Writer) error { return writeCSV(w, table) })
	}
	return c
}

func writeCSV(w io.Writer, table grid.Table) error {
	lines := csv.NewWriter(w)
	if err := lines.Write(table.Columns); err != nil {
		return err
	}
	line := make([]string, len(table.Columns))
	for _, row := range table.Rows {
		for k, value := range row {
			line[k] = format(value)
		}
		if err := lines.Write(line); err != nil {
			return err
		}
	}
	lines.Flush()
	return lines.Error()
}
