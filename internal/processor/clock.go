package processor

import "time"

var begin = time.Now()

// clock returns the time since the process began.
func clock() time.Duration { return time.Since(begin) }
