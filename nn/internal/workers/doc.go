// Package workers divides the work of a call among goroutines that stay.
//
// A [Team] is the calling goroutine and its workers. Each has a [Doer], with
// scratch memory of its own; what a call is about, all of them find in a place
// that the doers know. Between calls the workers wait at a latch: awake for a
// short time, as a chain calls again soon, then asleep.
package workers
