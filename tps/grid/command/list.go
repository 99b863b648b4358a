package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/trajens/trajens/tps/grid"
)

func listCommand[C any](program grid.Program[C]) command {
	c := command{name: "list", about: "list all runs"}
	c.run = func(_ context.Context, args []string, stdout, stderr io.Writer) error {
		flags, dir := newFlags(c, program.Name, stderr)
		lines := flags.Bool("json", false, "write a JSON object a line, with configurations and results")
		state := flags.String("state", "", "only runs in a `state`: waiting, running, interrupted, failed or done")
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
		names := labels(infos)
		shown := infos[:0:0]
		for _, info := range infos {
			if *state == "" || info.State == grid.State(*state) {
				shown = append(shown, info)
			}
		}
		if *lines {
			encoder := json.NewEncoder(stdout)
			for _, info := range shown {
				if err := encoder.Encode(info); err != nil {
					return err
				}
			}
			return nil
		}
		table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "id\tstate\tdone\tseconds\tattempts\tconfiguration\t")
		for _, info := range shown {
			fmt.Fprintf(table, "%s\t%s\t%.0f %%\t%.1f\t%d\t%s\t%s\n", info.ID, info.State, 100*info.Done, info.Seconds, info.Attempts, names[info.ID], remark(info))
		}
		if err := table.Flush(); err != nil {
			return err
		}
		if *state == "" {
			_, err = fmt.Fprintln(stdout, count(infos))
		}
		return err
	}
	return c
}

// remark says what there is to know of a run beside its numbers.
func remark(info grid.Info) string {
	text := info.Text
	switch info.State {
	case grid.Running:
		text = strings.TrimSpace(fmt.Sprintf("%s on %s (%d) %s", info.Text, info.Host, info.Process, info.Job))
	case grid.Failed, grid.Interrupted:
		text, _, _ = strings.Cut(info.Error, "\n")
	case grid.Done:
		text = ""
	}
	return text
}

// count says how many runs are in each state.
func count(infos []grid.Info) string {
	counts := make(map[grid.State]int)
	for _, info := range infos {
		counts[info.State]++
	}
	text := fmt.Sprintf("%d runs", len(infos))
	for _, state := range []grid.State{grid.Done, grid.Running, grid.Interrupted, grid.Waiting, grid.Failed} {
		if counts[state] > 0 {
			text += fmt.Sprintf(", %d %s", counts[state], state)
		}
	}
	return text
}
