// Package processor tells what a program has cost.
package processor

import "time"

// Time returns for how long processors have worked for this process, all threads together, in
// user's and system's code. Where the system does not tell, it is the time of the clock since
// the process began. It never goes back.
func Time() time.Duration { return used() }
