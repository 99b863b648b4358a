package slurm_test

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/trajens/trajens/tps/grid/slurm"
)

// Seven runs, at most two a task, on a cluster whose arrays have at most three
// tasks. Submit would submit the two scripts.
func Example() {
	parent, err := os.MkdirTemp("", "grid")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(parent)
	tasks, err := slurm.Split([]string{"a", "b", "c", "d", "e", "f", "g"}, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	job := slurm.Job{
		Command: []string{"/opt/paper", "work"},
		Dir:     "/data",
		Time:    2 * time.Hour,
		Memory:  "500M",
	}
	submission, err := slurm.Create(parent, job, tasks, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, array := range submission.Arrays {
		fmt.Println(filepath.Base(array.Script), "has", array.Tasks, "tasks, from", array.First, "on")
	}
	runs, err := submission.Runs(3)
	fmt.Println(runs, err)
	// Output:
	// array-1.sh has 2 tasks, from 0 on
	// array-2.sh has 2 tasks, from 2 on
	// [f g] <nil>
}
