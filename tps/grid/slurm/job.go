package slurm

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// DefaultWarning is how long before its time limit a task gets SIGUSR1, if a
// Job does not say.
const DefaultWarning = 2 * time.Minute

// DefaultTimeouts is how often a task goes on after it ran out of time, if a Job
// does not say.
const DefaultTimeouts = 10

// A Job is what becomes job arrays. The program and the directories must be
// there for all nodes.
type Job struct {
	// Name is what squeue shows. Default: grid.
	Name string
	// Command is the program of a task, an absolute path, and its arguments.
	// Four are added: -submission, the directory of the submission, -index, and
	// the number of the task, from 0.
	Command []string
	// Dir is the working directory of the tasks, an absolute path.
	Dir string
	// Time is the time limit of a task, a whole number of minutes. Default: the
	// limit that the partition has.
	Time time.Duration
	// Warning is how long before the limit a task gets SIGUSR1, a whole number
	// of seconds below Time. It must be enough to save a checkpoint. Slurm looks
	// at limits from time to time, so that the signal comes up to a minute
	// earlier. Default: DefaultWarning.
	Warning time.Duration
	// Timeouts is how often a task is requeued because it ran out of time; more
	// often, and its runs wait for another submission. Default: DefaultTimeouts.
	Timeouts int
	// CPUs is the number of processors of a task. Default: 1.
	CPUs int
	// Memory is what a task may use on its node, such as 500M or 2G. Default:
	// what the partition has.
	Memory string
	// Account, Partition and QOS are what sbatch calls so. Default: the user's.
	Account, Partition, QOS string
	// Dependency is what the arrays wait for, such as afterok:1234.
	Dependency string
	// Throttle is how many tasks run at once, of all arrays together. Default: as
	// many as the cluster allows.
	Throttle int
	// Extra are further options of sbatch in their long form, such as
	// --constraint=avx2 or --exclusive.
	Extra []string
}

// withDefaults returns the job with defaults where it does not say.
func (j Job) withDefaults() Job {
	if j.Name == "" {
		j.Name = "grid"
	}
	if j.Warning == 0 {
		j.Warning = DefaultWarning
	}
	if j.Timeouts == 0 {
		j.Timeouts = DefaultTimeouts
	}
	if j.CPUs == 0 {
		j.CPUs = 1
	}
	return j
}

var memory = regexp.MustCompile(`^[0-9]+[KMGT]?$`)

// Check returns an error that names the field, its value and what is allowed if
// the job cannot be. Create checks, too.
func (j Job) Check() error {
	j = j.withDefaults()
	if len(j.Command) == 0 || !filepath.IsAbs(j.Command[0]) {
		return fmt.Errorf("slurm: Command is %q; it must begin with the absolute path of a program", j.Command)
	}
	if !filepath.IsAbs(j.Dir) {
		return fmt.Errorf("slurm: Dir is %q; it must be an absolute path", j.Dir)
	}
	for _, argument := range j.Command {
		// A shell takes any other character between quotes.
		if strings.ContainsRune(argument, 0) {
			return fmt.Errorf("slurm: Command has the argument %q with a NUL", argument)
		}
	}
	for _, text := range []struct{ field, value string }{
		{"Name", j.Name}, {"Dir", j.Dir}, {"Account", j.Account}, {"Partition", j.Partition},
		{"QOS", j.QOS}, {"Dependency", j.Dependency},
	} {
		if err := checkText(text.field, text.value); err != nil {
			return err
		}
	}
	if j.Time < 0 || j.Time%time.Minute != 0 {
		return fmt.Errorf("slurm: Time is %v; it must be a whole number of minutes, or 0 for the limit of the partition", j.Time)
	}
	if j.Warning < time.Second || j.Warning%time.Second != 0 || j.Warning > 65535*time.Second {
		return fmt.Errorf("slurm: Warning is %v; it must be a whole number of seconds from 1s to 65535s", j.Warning)
	}
	if j.Time > 0 && j.Warning >= j.Time {
		return fmt.Errorf("slurm: Warning is %v; it must be less than Time, %v", j.Warning, j.Time)
	}
	if j.Timeouts < 0 {
		return fmt.Errorf("slurm: Timeouts is %d; it must be at least 1", j.Timeouts)
	}
	if j.CPUs < 1 {
		return fmt.Errorf("slurm: CPUs is %d; it must be at least 1", j.CPUs)
	}
	if j.Memory != "" && !memory.MatchString(j.Memory) {
		return fmt.Errorf("slurm: Memory is %q; it must be a whole number followed by K, M, G or T, as in 500M", j.Memory)
	}
	if j.Throttle < 0 {
		return fmt.Errorf("slurm: Throttle is %d; it must be at least 1, or 0 for no limit", j.Throttle)
	}
	for _, option := range j.Extra {
		if err := checkExtra(option); err != nil {
			return err
		}
	}
	return nil
}

// checkText refuses what would end a line of a script, or its text.
func checkText(field, value string) error {
	for _, r := range value {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return fmt.Errorf("slurm: %s is %q; it must be UTF-8 without line breaks and other control characters", field, value)
		}
	}
	return nil
}

// owned are the options of sbatch that fields of a Job set, or on which a
// submission depends. sbatch takes beginnings of names, too.
var owned = []string{
	"account", "array", "chdir", "cpus-per-task", "dependency", "error", "help", "job-name", "mem", "no-requeue",
	"nodes", "ntasks", "open-mode", "output", "parsable", "partition", "qos", "requeue", "signal", "test-only",
	"time", "usage", "version", "wait", "wrap",
}

var extra = regexp.MustCompile(`^--([a-z][a-z0-9-]*)(=.*)?$`)

// checkExtra returns an error if an option is none that may be added.
func checkExtra(option string) error {
	if err := checkText("Extra", option); err != nil {
		return err
	}
	parts := extra.FindStringSubmatch(option)
	if parts == nil {
		return fmt.Errorf("slurm: Extra has %q; it must be an option in the form --name or --name=value", option)
	}
	for _, name := range owned {
		if strings.HasPrefix(name, parts[1]) {
			return fmt.Errorf("slurm: Extra has %q, but --%s is for the job itself to set", option, name)
		}
	}
	return nil
}
