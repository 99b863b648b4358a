package slurm

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// A script is the batch script of one job array.
type script struct {
	First int // the index of its first task
	Tasks int // how many it has
	Text  string
}

// scripts returns the scripts for a number of tasks in as few arrays as an
// array of at most maxArraySize tasks allows, all nearly of the same size. They
// belong to the submission in dir, an absolute path. The output of a task goes to
// a file in its logs, named after the array and the index there, and is appended
// to that of the attempts before.
func (j Job) scripts(tasks, maxArraySize int, dir string) ([]script, error) {
	if err := j.Check(); err != nil {
		return nil, err
	}
	j = j.withDefaults()
	if tasks < 1 {
		return nil, fmt.Errorf("slurm: there are %d tasks; there must be at least 1", tasks)
	}
	if maxArraySize < 2 {
		return nil, fmt.Errorf("slurm: MaxArraySize of this cluster is %d, which means that it has no job arrays", maxArraySize)
	}
	if !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("slurm: the directory of the submission is %q; it must be an absolute path", dir)
	}
	if err := checkText("the directory of the submission", dir); err != nil {
		return nil, err
	}
	if strings.Contains(dir, `\`) { // which switches off what % stands for
		return nil, fmt.Errorf(`slurm: the directory of the submission is %q; it must be without a \`, dir)
	}
	// The largest index is below MaxArraySize, and the first is 0.
	arrays := (tasks + maxArraySize - 1) / maxArraySize
	if j.Throttle > 0 && j.Throttle < arrays {
		return nil, fmt.Errorf("slurm: Throttle is %d, but the tasks are so many that they take %d arrays, and each must be allowed 1 at least; have more runs a task", j.Throttle, arrays)
	}
	result := make([]script, arrays)
	for k := range result {
		first, end := k*tasks/arrays, (k+1)*tasks/arrays
		throttle := (k+1)*j.Throttle/arrays - k*j.Throttle/arrays
		result[k] = script{First: first, Tasks: end - first, Text: j.script(first, end-first, throttle, dir)}
	}
	return result, nil
}

// script returns the text of one script. The job is complete and valid.
func (j Job) script(first, tasks, throttle int, dir string) string {
	var b strings.Builder
	option := func(name, value string) { fmt.Fprintf(&b, "#SBATCH --%s=%s\n", name, optionQuote(value)) }
	maybe := func(name, value string) {
		if value != "" {
			option(name, value)
		}
	}
	b.WriteString("#!/bin/sh\n")
	option("job-name", j.Name)
	array := fmt.Sprintf("0-%d", tasks-1)
	if throttle > 0 {
		array += fmt.Sprintf("%%%d", throttle)
	}
	option("array", array)
	option("chdir", j.Dir)
	option("output", filepath.Join(strings.ReplaceAll(dir, "%", "%%"), logsDir, "%A_%a.log"))
	option("open-mode", "append")
	b.WriteString("#SBATCH --requeue\n")
	option("signal", fmt.Sprintf("B:USR1@%d", j.Warning/time.Second))
	option("nodes", "1")
	option("ntasks", "1")
	option("cpus-per-task", fmt.Sprint(j.CPUs))
	if j.Time > 0 {
		option("time", fmt.Sprint(int64(j.Time/time.Minute)))
	}
	maybe("mem", j.Memory)
	maybe("account", j.Account)
	maybe("partition", j.Partition)
	maybe("qos", j.QOS)
	maybe("dependency", j.Dependency)
	for _, extra := range j.Extra {
		name, value, hasValue := strings.Cut(strings.TrimPrefix(extra, "--"), "=")
		if hasValue {
			option(name, value)
		} else {
			fmt.Fprintf(&b, "#SBATCH --%s\n", name)
		}
	}
	fmt.Fprintf(&b, "\nexport GOMAXPROCS=%d\n", j.CPUs)
	b.WriteString("# Not the shell's end: the program sets it anew.\ntrap '' USR1\n")
	b.WriteString("# The program takes the place of the shell, so that it gets the shell's signals.\n")
	b.WriteString("exec")
	for _, argument := range append(j.Command[:len(j.Command):len(j.Command)], "-submission", dir) {
		b.WriteString(" " + shellQuote(argument))
	}
	fmt.Fprintf(&b, " -index \"$((SLURM_ARRAY_TASK_ID + %d))\"\n", first)
	return b.String()
}
