package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/trajens/trajens/tps/grid"
)

// interruptedCode is the exit code after an interrupt, as shells have it: 128 and the
// number of the signal.
const interruptedCode = 130

// interruptTime is how long several signals count as one: timeout -s INT sends two.
const interruptTime = 500 * time.Millisecond

// Main runs the command that the program's arguments begin with, and exits.
func Main[C any](program grid.Program[C]) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		time.Sleep(interruptTime)
		stop() // the next signal ends the program at once
	})
	err := Execute(ctx, program, os.Args[1:], os.Stdout, os.Stderr)
	interrupted := ctx.Err() != nil // stop would set it, too
	stop()
	os.Exit(exitCode(err, interrupted))
}

// exitCode prints an error, and returns its code.
func exitCode(err error, interrupted bool) int {
	var usage *usageError
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &usage):
		fmt.Fprintln(os.Stderr, err)
		return 2
	case interrupted && (err == nil || errors.Is(err, context.Canceled)):
		return interruptedCode
	case err != nil:
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	return 0
}
