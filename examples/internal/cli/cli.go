// Package cli has what the examples share: running with flags, an interrupt
// and an exit code, flags that hold lists, and JSON lines.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Program runs an example: its arguments without the name, results to
// stdout, everything else to stderr.
type Program func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// Interrupted is the exit code of a run that the user has interrupted, as
// shells have it: 128 and the number of the signal.
const Interrupted = 130

// interruptTime is how long several signals count as one.
const interruptTime = 500 * time.Millisecond

// Main runs a program until it ends or the user interrupts it, and exits: 0
// on success and after -h, 2 if the flags are wrong, Interrupted after an
// interrupt, however good the result is that the program has written by then,
// and 1 on any other error. Half a second after the first interrupt, which ends
// the program's context, signals have their usual effect again: a second one kills
// a program that takes too long. Signals within the half second are the first one
// once more, as that of timeout -s INT is, which sends two.
func Main(program Program) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		time.Sleep(interruptTime)
		stop()
	})
	err := program(ctx, os.Args[1:], os.Stdout, os.Stderr)
	interrupted := ctx.Err() != nil // stop would set it, too
	stop()
	var usage *UsageError
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.As(err, &usage):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	case interrupted && (err == nil || errors.Is(err, context.Canceled)):
		os.Exit(Interrupted)
	case err != nil:
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// A UsageError is a mistake in the flags.
type UsageError struct{ problem string }

// Error returns the problem.
func (e *UsageError) Error() string { return e.problem }

// Usagef returns a UsageError.
func Usagef(format string, args ...any) error {
	return &UsageError{fmt.Sprintf(format, args...)}
}

// Given tells whether a flag stood on the command line.
func Given(flags *flag.FlagSet, name string) (found bool) {
	flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// NewFlagSet returns the flag set of an example, whose usage says what it is.
func NewFlagSet(name, about string, stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, "%s\n\nFlags of go run ./examples/%s:\n", about, name)
		flags.PrintDefaults()
	}
	return flags
}

// Parse parses the flags, and returns a UsageError if they are wrong or words
// are left.
func Parse(flags *flag.FlagSet, args []string) error {
	words, err := ParseWords(flags, args)
	if err == nil && len(words) > 0 {
		err = Usagef("unexpected argument %q; see -h for the flags", words[0])
	}
	return err
}

// ParseWords parses the flags and returns the words that stand between and after
// them. It returns a UsageError if the flags are wrong.
func ParseWords(flags *flag.FlagSet, args []string) (words []string, err error) {
	// The flag package would print the whole usage after each mistake.
	usage := flags.Usage
	flags.Usage = func() {}
	defer func() { flags.Usage = usage }()
	for {
		err := flags.Parse(args)
		switch {
		case errors.Is(err, flag.ErrHelp):
			usage()
			return nil, err
		case err != nil:
			return nil, Usagef("see -h for the flags")
		case flags.NArg() == 0:
			return words, nil
		}
		words, args = append(words, flags.Arg(0)), flags.Args()[1:]
	}
}

// Ints is a flag that holds whole numbers separated by commas.
type Ints []int

// String implements flag.Value.
func (l *Ints) String() string { return join(*l, strconv.Itoa) }

// Set implements flag.Value.
func (l *Ints) Set(text string) error { return split((*[]int)(l), text, strconv.Atoi) }

// Floats is a flag that holds numbers separated by commas.
type Floats []float64

// String implements flag.Value.
func (l *Floats) String() string {
	return join(*l, func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) })
}

// Set implements flag.Value.
func (l *Floats) Set(text string) error {
	return split((*[]float64)(l), text, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
}

func join[T any](list []T, format func(T) string) string {
	words := make([]string, len(list))
	for i, x := range list {
		words[i] = format(x)
	}
	return strings.Join(words, ",")
}

func split[T any](list *[]T, text string, parse func(string) (T, error)) error {
	var values []T
	for word := range strings.SplitSeq(text, ",") {
		value, err := parse(strings.TrimSpace(word))
		if err != nil {
			return fmt.Errorf("%q is not a number of the kind wanted", word)
		}
		values = append(values, value)
	}
	*list = values
	return nil
}

// Lines writes one JSON object a line. On a nil *Lines, Write does nothing.
type Lines struct{ encoder *json.Encoder }

// NewLines returns lines written to w if on is true, and nil if not.
func NewLines(on bool, w io.Writer) *Lines {
	if !on {
		return nil
	}
	return &Lines{json.NewEncoder(w)}
}

// Write writes an object.
func (l *Lines) Write(object any) error {
	if l == nil {
		return nil
	}
	return l.encoder.Encode(object)
}
