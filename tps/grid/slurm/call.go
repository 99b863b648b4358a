package slurm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// callTime is how long a command of Slurm may take. It waits for a controller
// that does not answer about as long.
const callTime = time.Minute

// call runs a command of Slurm and returns what it writes.
func call(ctx context.Context, name string, arguments ...string) (string, error) {
	return callFor(ctx, "", name, arguments...)
}

// callFor is call for a command that reads a script, whose text it has for the
// environment only.
func callFor(ctx context.Context, script, name string, arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	command := exec.CommandContext(ctx, name, arguments...)
	command.Env = environment(os.Environ(), script)
	command.WaitDelay = time.Second
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return "", fmt.Errorf("slurm: %s is not there; this must run where Slurm is installed: %w", name, err)
		}
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		// scontrol writes some errors to its output.
		said := strings.Join(strings.Fields(stderr.String()+" "+stdout.String()), " ")
		return "", fmt.Errorf("slurm: %s %s: %w: %s", name, strings.Join(arguments, " "), err, said)
	}
	return stdout.String(), nil
}

// environment returns the environment of a command of Slurm: without what
// changes the form of its answer, without what a task would take for its own if
// it was submitted from another, and without variables that override options
// which the script has, if there is one. Other variables stay: they are the
// user's defaults.
func environment(of []string, script string) []string {
	var result []string
	for _, entry := range of {
		name, _, _ := strings.Cut(entry, "=")
		if !misleads(name, script) {
			result = append(result, entry)
		}
	}
	return append(result, "LC_ALL=C", "SLURM_TIME_FORMAT=standard")
}

// variables are those of sbatch whose names are not those of the options.
var variables = map[string]string{
	"ARRAY_INX":    "array",
	"MEM_PER_NODE": "mem",
	"NO_REQUEUE":   "requeue",
	"TIMELIMIT":    "time",
}

// misleads tells whether a variable is left out of an environment.
func misleads(name, script string) bool {
	switch name {
	case "LC_ALL", "SLURM_TIME_FORMAT", "SLURM_RESTART_COUNT", "SBATCH_WAIT", "SBATCH_ERROR":
		return true
	}
	for _, beginning := range []string{"SCONTROL_", "SQUEUE_", "SLURM_ARRAY_", "SLURM_JOB"} {
		if strings.HasPrefix(name, beginning) {
			return true
		}
	}
	if variable, ok := strings.CutPrefix(name, "SBATCH_"); ok {
		option := variables[variable]
		if option == "" {
			option = strings.ReplaceAll(strings.ToLower(variable), "_", "-")
		}
		return strings.Contains(script, "#SBATCH --"+option+"=") || strings.Contains(script, "#SBATCH --"+option+"\n")
	}
	return false
}
