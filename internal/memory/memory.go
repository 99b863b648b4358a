// Package memory refuses sizes that no memory can hold, with the bytes that
// they would need, before an allocation ends the program.
package memory

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"sync"
)

// unknown is taken for the memory of a machine that does not tell: 1 TB.
const unknown = 1e12

// Total returns the bytes of memory that the machine has: on Linux what
// /proc/meminfo says, elsewhere 1 TB.
var Total = sync.OnceValue(func() float64 {
	file, err := os.Open("/proc/meminfo")
	if err != nil {
		return unknown
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		kilobytes := 0.0
		if text, ok := strings.CutPrefix(lines.Text(), "MemTotal:"); ok {
			if n, _ := fmt.Sscanf(text, "%f kB", &kilobytes); n == 1 && kilobytes > 0 {
				return 1024 * kilobytes
			}
		}
	}
	return unknown
})

// Check returns an error if bytes are more than the machine's memory. They are
// a float64 because the sizes to be refused overflow an int.
func Check(bytes float64) error {
	if bytes <= Total() {
		return nil
	}
	return fmt.Errorf("needs %s of memory, this machine has %s", Format(bytes), Format(Total()))
}

// Format returns a number of bytes in words, such as "17.6 TB".
func Format(bytes float64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB", "PB", "EB"}
	for bytes >= 1000 && len(units) > 1 {
		bytes /= 1000
		units = units[1:]
	}
	return fmt.Sprintf("%.3g %s", bytes, units[0])
}
