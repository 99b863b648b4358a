package grid

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
)

// machine names what process numbers are of: this start of this machine, and the
// namespace of this process. It is empty if that is not known.
var machine = sync.OnceValue(func() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(boot)) + "/" + namespace
})

// processStart returns when a process of this machine began, in the kernel's ticks,
// as numbers of processes are used again. It is empty if there is none, or if it has
// ended and nobody has asked how.
func processStart(process int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	if err != nil {
		return ""
	}
	// The second field, a name in parentheses, may have any characters.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
		return ""
	}
	return string(fields[19])
}
