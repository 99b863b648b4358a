//go:build unix

package processor

import (
	"syscall"
	"time"
)

func used() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return clock()
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
