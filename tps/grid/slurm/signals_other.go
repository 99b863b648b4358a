//go:build !unix

package slurm

import (
	"os"
	"syscall"
)

// ending are the signals on which a task saves what it has. There is no Slurm
// where there is no SIGUSR1.
var ending = []os.Signal{syscall.SIGTERM}
