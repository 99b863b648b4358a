package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/trajens/trajens/tps/grid"
)

// A usageError is a mistake on the command line.
type usageError struct{ problem string }

// Error returns the problem.
func (e *usageError) Error() string { return e.problem }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// defaultDir is where the runs are.
const defaultDir = "out"

// newFlags returns the flags of a command, of which -dir is one.
func newFlags(c command, program string, stderr io.Writer) (flags *flag.FlagSet, dir *string) {
	flags = flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, "%s %s %s: %s\n\nFlags:\n", program, c.name, c.arguments, c.about)
		flags.PrintDefaults()
	}
	dir = flags.String("dir", defaultDir, "`directory` of the runs")
	return flags, dir
}

// parse returns the words that stand before, between and after the flags, and a
// usageError if the flags are wrong, or the number of words is not from least to most.
func parse(flags *flag.FlagSet, args []string, least, most int) (words []string, err error) {
	usage := flags.Usage
	flags.Usage = func() {} // the package would print it after each mistake
	defer func() { flags.Usage = usage }()
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			usage()
			return nil, err
		}
		if err != nil {
			return nil, usagef("see help %s for the flags", flags.Name())
		}
		if flags.NArg() == 0 {
			break
		}
		words, args = append(words, flags.Arg(0)), flags.Args()[1:]
	}
	if len(words) < least {
		return nil, usagef("%s: an argument is missing; see help %[1]s", flags.Name())
	}
	if len(words) > most {
		return nil, usagef("%s: unexpected argument %q; see help %[1]s", flags.Name(), words[most])
	}
	return words, nil
}

// many is a number of words without a limit.
const many = 1 << 30

// openThere opens the grid of a directory that must be there.
func openThere[C any](dir string, program grid.Program[C]) (*grid.Grid[C], error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, usagef("-dir %s: there is no such directory", dir)
	}
	return grid.Open(dir, program)
}

// resolve returns the runs that have IDs with the prefixes.
func resolve(ids, prefixes []string) ([]string, error) {
	found := make([]string, 0, len(prefixes))
	for _, prefix := range prefixes {
		matches := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !strings.HasPrefix(id, prefix) })
		switch {
		case len(matches) == 0:
			return nil, usagef("there is no run %q; list has them", prefix)
		case len(matches) > 1:
			return nil, usagef("%q may be %d runs, %s and others: want more digits", prefix, len(matches), matches[0])
		}
		found = append(found, matches[0])
	}
	return found, nil
}

// openRuns parses flags and at least so many IDs, and opens the grid that has the runs.
func openRuns[C any](program grid.Program[C], flags *flag.FlagSet, dir *string, args []string, least int) (*grid.Grid[C], []string, error) {
	words, err := parse(flags, args, least, many)
	if err != nil {
		return nil, nil, err
	}
	g, err := openThere(*dir, program)
	if err != nil {
		return nil, nil, err
	}
	ids, err := g.Order()
	if err != nil {
		return nil, nil, err
	}
	found, err := resolve(ids, words)
	return g, found, err
}
