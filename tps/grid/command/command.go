package command

import (
	"context"
	"fmt"
	"io"

	"github.com/trajens/trajens/tps/grid"
)

// A command is one word of the command line.
type command struct {
	name      string
	arguments string // what follows it, for people
	about     string
	run       func(ctx context.Context, args []string, stdout, stderr io.Writer) error
}

// commands returns those of a program, in the order of its help.
func commands[C any](program grid.Program[C]) []command {
	return []command{
		runCommand(program),
		listCommand(program),
		showCommand(program),
		exportCommand(program),
		slurmCommand(program),
		workCommand(program),
		mergeCommand(program),
		interruptCommand(program),
		retryCommand(program),
	}
}

// Execute runs the command that args begin with: what Main does, without an exit and
// without signals. Results go to stdout, all else to stderr.
func Execute[C any](ctx context.Context, program grid.Program[C], args []string, stdout, stderr io.Writer) error {
	all := commands(program)
	if len(args) == 0 {
		help(program.Name, all, stderr)
		return usagef("want a command")
	}
	name, args := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		if len(args) == 0 {
			help(program.Name, all, stdout)
			return nil
		}
		name, args = args[0], []string{"-h"}
	}
	for _, c := range all {
		if c.name == name {
			return c.run(ctx, args, stdout, stderr)
		}
	}
	return usagef("there is no command %q; help lists them", name)
}

func help(program string, all []command, w io.Writer) {
	fmt.Fprintf(w, "%s runs over a grid of configurations.\n\nCommands:\n", program)
	for _, c := range all {
		fmt.Fprintf(w, "  %-42s %s\n", c.name+" "+c.arguments, c.about)
	}
	fmt.Fprintf(w, "  %-42s %s\n", "help [COMMAND]", "explain a command and its flags")
}
