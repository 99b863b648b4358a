package minibatch

import "flag"

// long makes the statistical tests precise enough to see a bias of 1 %, which
// takes minutes.
var long = flag.Bool("long", false, "take minutes for precise statistical tests")

// longer returns the number of decisions of a statistical test.
func longer(usual, long_ int) int {
	if *long {
		return long_
	}
	return usual
}
