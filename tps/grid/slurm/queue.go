package slurm

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// A Queue has the tasks of this user that wait or run.
type Queue struct {
	states map[place]string
}

// A place is a task by what submitted it, which is known even if a kill came
// between the submission and the note of its number.
type place struct {
	script string
	index  int // in the array
}

// AskQueue asks Slurm what this user has in its queue.
func AskQueue(ctx context.Context) (Queue, error) {
	// -r: a line for each task. The script comes last, as it may have a | in it.
	text, err := call(ctx, "squeue", "--noheader", "--array", "--me", "--format=%K|%T|%o")
	if err != nil {
		return Queue{}, err
	}
	return parseQueue(text)
}

func parseQueue(text string) (Queue, error) {
	q := Queue{map[place]string{}}
	for line := range strings.Lines(text) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), "|", 3)
		if len(parts) != 3 {
			return Queue{}, fmt.Errorf("slurm: squeue shows %q, which is not of the form index|state|script", line)
		}
		if index, err := strconv.Atoi(parts[0]); err == nil { // N/A for a job that is no array
			q.states[place{parts[2], index}] = parts[1]
		}
	}
	return q, nil
}
