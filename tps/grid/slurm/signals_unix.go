//go:build unix

package slurm

import (
	"os"
	"syscall"
)

// ending are the signals on which a task saves what it has.
var ending = []os.Signal{syscall.SIGUSR1, syscall.SIGTERM}
