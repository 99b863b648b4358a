package tps

import "flag"

// long makes the statistical tests precise enough to see a bias of 1 %, which
// takes many minutes.
var long = flag.Bool("long", false, "take many minutes for precise statistical tests")
