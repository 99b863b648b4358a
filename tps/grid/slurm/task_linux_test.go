package slurm

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/trajens/trajens/internal/atomicfile"
)

// The test program is also what the tasks of the tests run: with this first
// argument, then a submission, the number of steps of each run, the length of a
// step, and whether to save only once SIGTERM has come.
const taskArgument = "run-a-task"

func TestMain(m *testing.M) {
	if len(os.Args) < 2 || os.Args[1] != taskArgument {
		os.Exit(m.Run())
	}
	if err := runTask(os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func runTask(args []string) error {
	flags := flag.NewFlagSet(taskArgument, flag.ContinueOnError)
	dir := flags.String("submission", "", "")
	index := flags.Int("index", -1, "")
	steps := flags.Int("steps", 0, "")
	step := flags.Duration("step", 0, "")
	late := flags.Bool("late", false, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	s, err := Read(*dir)
	if err != nil {
		return err
	}
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	outcome, err := s.Work(context.Background(), *index, os.Stdout, func(ctx context.Context, runs []string) (left int, err error) {
		for k, run := range runs {
			if err := count(ctx, filepath.Join(s.Dir, run), *steps, *step); err != nil {
				if *late {
					<-terminated
				}
				return len(runs) - k, err
			}
		}
		return 0, nil
	})
	fmt.Println("outcome:", outcome)
	return err
}

// count is a run that makes steps, and adds a line to a file for each: those
// since the last line when it is interrupted or comes to its end. So the file
// has the numbers from 1 to steps, if nothing was lost or done twice.
func count(ctx context.Context, path string, steps int, length time.Duration) error {
	saved, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	text := string(saved)
	for k := strings.Count(text, "\n"); k < steps; k++ {
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), save(path, text))
		case <-time.After(length):
			text += strconv.Itoa(k+1) + "\n"
		}
	}
	return save(path, text)
}

func save(path, text string) error {
	return atomicfile.Write(path, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
}
